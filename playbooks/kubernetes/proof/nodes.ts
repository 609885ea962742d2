import { readFileSync } from 'node:fs';
import type { Task } from '../../../src/engine/task.js';
import { lines, rawScript, sh } from '../../../src/shell/script.js';
import { command } from '../../../src/tasks/command.js';
import { keyOf } from '../../key-of.js';
import { isProven, recordProof } from '../../proven-once.js';
import { INIT, JOIN } from '../constants.js';
import type { KubernetesContext } from '../context.js';
import { KUBECTL } from '../kubectl.js';

const FUNCTIONS = lines(KUBECTL, rawScript(readFileSync(new URL('./nodes.sh', import.meta.url), 'utf8')));
const ID = 'kubernetes-nodes';
/** Seconds in which nodes that have joined must be ready, but for the pod network. */
const DEADLINE = 300;

/**
 * Every host of the inventory is a node under its private address, and ready or waiting for the pod network alone, which is the
 * next stage's (pitfall cni-not-configured); the control planes and kube-proxy run.
 */
export function nodesWell(context: KubernetesContext): Task {
  const { members } = context;
  const names = members.all.map(({ name }) => name);
  const pairs = members.all.flatMap(({ name, address }) => [name, address]);
  const key = keyOf(pairs);
  return command({
    id: ID,
    title: 'all nodes are members under their private addresses, and the control planes run',
    after: [INIT, ...names.map((name) => `${name}:${JOIN}`)],
    prevents: ['kubeadm-advertise-address', 'cni-not-configured'],
    timeout: { check: 90, apply: DEADLINE + 90 },
    check: sh`${FUNCTIONS}
${key}
${isProven(ID)} || differs 'the nodes have not been seen well' || exit
are_well no ${pairs} || exit
note_strangers ${names}`,
    apply: sh`${FUNCTIONS}
${key}
wait_until_well ${[DEADLINE, 'no', ...pairs]} && ${recordProof(ID)}`,
  });
}
