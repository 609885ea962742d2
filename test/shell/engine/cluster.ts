import type { RunEvent } from '../../../src/engine/events.js';
import type { Playbook } from '../../../src/engine/play.js';
import { newRunId } from '../../../src/engine/run-id.js';
import type { UpRequest } from '../../../src/engine/run-request.js';
import { ExitCode, ProvisionError } from '../../../src/errors.js';
import type { Host, Inventory } from '../../../src/inventory/inventory.js';
import type { Shell } from '../run-task.js';
import { localHost } from './fixtures.js';
import { type LocalHost, localConnection } from './local-connection.js';

export type TestHost = LocalHost & { readonly base: string };

/** Hosts that are shells of this machine, and what a run on them told. */
export interface Cluster {
  readonly hosts: ReadonlyMap<string, TestHost>;
  readonly request: (playbooks: readonly Playbook[], more?: Partial<UpRequest>) => UpRequest;
  /** `host task status` of each task that ended since the last call, sorted. */
  readonly statuses: () => string[];
  /** `host note` of each note since the last call to `statuses`. */
  readonly notes: () => string[];
  readonly masked: string[];
}

/** @param dead hosts that do not answer */
export async function cluster(
  shell: Shell,
  names: readonly string[],
  dead: readonly string[] = [],
): Promise<Cluster> {
  const hosts = new Map<string, TestHost>();
  for (const name of names) hosts.set(name, await localHost(shell, name));
  let events: RunEvent[] = [];
  const masked: string[] = [];
  const inventory = {
    cluster: 'test',
    hosts: names.map((name) => ({ name, address: '127.0.0.1', roles: [], ssh: {} })),
  } as unknown as Inventory;
  const connect = (host: Host) => async () => {
    const local = hosts.get(host.name);
    if (local === undefined || dead.includes(host.name)) {
      throw new ProvisionError('SSH_TIMEOUT', `${host.name} does not answer.`, {
        exitCode: ExitCode.unreachable,
      });
    }
    return localConnection(local);
  };
  const never = new AbortController().signal;
  return {
    hosts,
    masked,
    request: (playbooks, more = {}) => ({
      run: newRunId(),
      inventory,
      playbooks,
      pitfalls: [],
      hosts: [],
      forks: 10,
      keepGoing: false,
      sink: (event) => events.push(event),
      connect,
      softStop: never,
      hardStop: never,
      record: undefined,
      mask: (secret) => masked.push(secret),
      ...more,
    }),
    notes: () =>
      events.flatMap((event) =>
        event.kind === 'task-end' ? event.detail.notes.map((note) => `${event.host} ${note}`) : [],
      ),
    statuses: () => {
      const ends = events.flatMap((event) =>
        event.kind === 'task-end' ? [`${event.host} ${event.task} ${event.status}`] : [],
      );
      events = [];
      return ends.sort();
    },
  };
}
