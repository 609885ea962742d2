import { readFileSync } from 'node:fs';
import type { Task } from '../../src/engine/task.js';
import { lines, rawScript, sh } from '../../src/shell/script.js';
import { command } from '../../src/tasks/command.js';
import { INIT, JOIN } from '../kubernetes/constants.js';
import { KUBECTL } from '../kubernetes/kubectl.js';
import type { NetworkContext } from './context.js';

/** What the nodes and the DNS of the cluster say: see ready.sh. */
export const READY = lines(KUBECTL, rawScript(readFileSync(new URL('./ready.sh', import.meta.url), 'utf8')));

export const NETWORK_READY = 'network-ready';
/** Seconds: an image of the plugin may still have to come to each node. */
const DEADLINE = 300;
/** Seconds that the last questions and the reasons may take. */
const LAST_ANSWER = 90;

/**
 * The nodes are ready, each by its private address, and the cluster's DNS runs. Before this stage a node without a network is as
 * it should be; from here on it is an error.
 * @param after ids of tasks without which nothing can be ready.
 */
export function networkReady({ members, plugin }: NetworkContext, after: readonly string[]): Task {
  const nodes = members.all.map(({ name, address }) => `${name}=${address}`);
  return command({
    id: NETWORK_READY,
    title: 'the nodes are ready, and the DNS of the cluster runs',
    after: [INIT, ...members.all.map(({ name }) => `${name}:${JOIN}`), ...after],
    prevents: [
      'cni-not-configured',
      ...(plugin === 'flannel' ? ['flannel-wrong-interface', 'flannel-node-not-found'] : []),
    ],
    timeout: { check: DEADLINE + LAST_ANSWER },
    check: sh`${READY}
check_ready ${[DEADLINE, plugin, ...nodes]}`,
  });
}
