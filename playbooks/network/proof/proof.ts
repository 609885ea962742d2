import { readFileSync } from 'node:fs';
import type { Task } from '../../../src/engine/task.js';
import { lines, rawScript, sh } from '../../../src/shell/script.js';
import { keyOf } from '../../key-of.js';
import { provenOnce } from '../../proven-once.js';
import { advice } from '../advice.js';
import type { NetworkContext } from '../context.js';
import { largestMtu } from '../interfaces.js';
import { manifestText } from '../manifest-text.js';
import { NETWORK_READY, READY } from '../ready.js';
import { clusterNodes } from '../subnets.js';
import { serverObjects, triesObjects } from './objects.js';

const FUNCTIONS = lines(READY, rawScript(readFileSync(new URL('./proof.sh', import.meta.url), 'utf8')));
const JUDGE = readFileSync(new URL('./judge.awk', import.meta.url), 'utf8');

const ID = 'network-pairs';
/** Seconds: images come to each node, the tries take up to a minute and a half, then the probes are removed. */
const TIMEOUT = 1200;

/**
 * A probe on each node reaches that of every other: by ping and TCP, with packets of full size, by the name of a service
 * through the cluster's DNS, from the node itself, and through a port of another node. Proven once, and again when nodes, their
 * parts of the network or the settings are others.
 */
export function networkProven(context: NetworkContext): Task {
  const { members, inventory } = context;
  const nodes = members.all.map(({ name, address }) => `${name}=${address}`);
  const expected = members.all.flatMap((host) => {
    const largest = largestMtu(host, context);
    return largest === undefined ? [] : [`${host.name}=${largest}`];
  });
  const task = provenOnce({
    id: ID,
    title: 'every pod reaches every other, by address, by name and in full size',
    after: [NETWORK_READY],
    prevents: ['network-cross-node', 'calico-ipip-blocked', 'hosts-timezone-pods'],
    key: keyOf(provenFor(context)),
    due: `the pods of ${nodes.length === 1 ? 'the node' : `the ${nodes.length} nodes`} have not been proven to reach each other`,
    timeout: TIMEOUT,
    prove: sh`${FUNCTIONS}
${MATRIX}
server_objects() {
  printf %s ${manifestText(serverObjects(context))}
}
tries_objects() {
  printf %s ${manifestText(triesObjects(context))}
}
judge_tries() {
  judge_program=${JUDGE}
  awk -v nodes="$1" -v expected="$2" "$judge_program" "$3"
}
prove_network ${[inventory.kubernetes.dnsDomain, expected.join(' '), advice(context), ...nodes]}`,
  });
  return { ...task, check: withMatrix(task) };
}

const MATRIX = sh`MATRIX="$STATE"/network-pairs`;

/** Whoever has just had it proven sees the table. */
function withMatrix({ check }: Task) {
  return sh`(
${check}
) || exit
${MATRIX}
if [ "$MODE" = apply ] && [ -r "$MATRIX" ]; then sed 's/^/note: /' "$MATRIX"; fi`;
}

/** What the proof rests on. */
function provenFor(context: NetworkContext): unknown {
  const { members, settings, release, inventory } = context;
  const { podSubnet, serviceSubnet, dnsDomain } = inventory.kubernetes;
  return [
    members.all.map(({ name, address }) => [name, address]),
    clusterNodes(context).map(({ name, podSubnet: own, uid }) => [name, own, uid]),
    [podSubnet, serviceSubnet, dnsDomain, release.minor],
    [settings.plugin, settings.backend, settings.version, settings.mtu],
  ];
}
