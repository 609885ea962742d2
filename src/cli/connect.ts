import type { Inventory } from '../inventory/inventory.js';
import { createConnector, type Connector } from '../ssh/connector.js';
import type { UnknownHostKey } from '../ssh/host-keys.js';
import type { Context } from './context.js';

export interface ConnectorSettings {
  readonly inventory: Inventory;
  /** Names of the hosts that take part; all when empty. */
  readonly hosts: readonly string[];
  readonly acceptNewHostKeys: boolean;
  /** Keeps a live display away while a question is asked. */
  readonly quietly: <Answer>(ask: () => Promise<Answer>) => Promise<Answer>;
  readonly context: Context;
}

/**
 * What connects to the hosts of a run, with the operator's answers: unknown host keys are shown in one question before
 * anything else, passphrases and one-time passwords are asked for. Without a terminal nothing is asked.
 */
export async function openConnector(settings: ConnectorSettings): Promise<Connector> {
  const { inventory, hosts, acceptNewHostKeys, quietly, context } = settings;
  const asks = context.stdinIsTerminal;
  const oneAtATime = createQueue();
  const askSecret = (message: string): Promise<string> =>
    oneAtATime(() => quietly(() => context.prompts.password(message)));
  const connector = createConnector({
    acceptNewHostKeys,
    onHostKeyAccepted: ({ name, type, fingerprint }) =>
      context.stderr.write(`Accepted the new ${type} key of ${name}: ${fingerprint}\n`),
    confirmHostKeys: asks ? (keys) => confirmKeys(keys, context) : undefined,
    askPassphrase: asks ? (file) => askSecret(`Passphrase of ${file}:`) : undefined,
    askOperator: asks ? (host, question) => askSecret(`${host}: ${question}`) : undefined,
  });
  const chosen = inventory.hosts.filter(({ name }) => hosts.length === 0 || hosts.includes(name));
  await connector.prepare(chosen, context.softStop);
  return connector;
}

function confirmKeys(keys: readonly UnknownHostKey[], context: Context): Promise<boolean> {
  const lines = keys.map(
    ({ host, name, type, fingerprint }) => `  ${host} (${name})  ${type}  ${fingerprint}`,
  );
  context.stderr.write(`These hosts are not known yet:\n${lines.join('\n')}\n`);
  return context.prompts.confirm('Do the fingerprints match, and shall the keys be written to known_hosts?');
}

/** Hosts connect at once, but a terminal can ask one question at a time. */
function createQueue(): <Answer>(ask: () => Promise<Answer>) => Promise<Answer> {
  let last: Promise<unknown> = Promise.resolve();
  return (ask) => {
    const answer = last.then(ask, ask);
    last = answer.catch(() => undefined);
    return answer;
  };
}
