import type { ProvisionError } from '../errors.js';
import type { Connection } from '../ssh/connection.js';
import type { HostFacts } from './facts.js';
import { RunHosts } from './run-hosts.js';
import type { RunRequest } from './run-request.js';
import { inParallel } from './work-pool.js';

/** The hosts as they are: facts of those that answered, errors of those that did not. */
export interface Gathered {
  readonly facts: ReadonlyMap<string, HostFacts>;
  readonly errors: ReadonlyMap<string, ProvisionError>;
}

/** Connects to the hosts of a request and does something on each that answers; the others' errors are collected. */
export async function gatherAll(
  request: RunRequest,
  visit: (host: string, connection: Connection) => Promise<void> = async () => undefined,
): Promise<Gathered> {
  const errors = new Map<string, ProvisionError>();
  const hosts = new RunHosts(request, (event) => {
    if (event.kind === 'unreachable') errors.set(event.host, event.error);
  });
  try {
    await hosts.open();
    const there = hosts.selected().filter(({ name }) => hosts.isIn(name));
    await inParallel(there, request.forks, ({ name }) =>
      hosts.session(name).use((connection) => visit(name, connection)),
    );
  } finally {
    await hosts.close();
  }
  return { facts: hosts.facts, errors };
}
