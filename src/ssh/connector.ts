import { homedir, userInfo } from 'node:os';
import type { Host } from '../inventory/inventory.js';
import type { Connect } from './connection.js';
import { createHostKeys, type UnknownHostKey } from './host-keys.js';
import type { AskOperator } from './keyboard.js';
import { createKeyStore, type AskPassphrase } from './keys.js';
import { knownHostName } from './known-hosts.js';
import { createLimit } from './limit.js';
import { createOpensshConnect } from './openssh.js';
import { createRoutes } from './route.js';
import { createSshConfigReader } from './ssh-config.js';
import { createSsh2Connection } from './ssh2-connection.js';
import { resolveTarget, type Target } from './target.js';

export interface ConnectorOptions {
  /** `--accept-new-host-keys`: hosts of which nothing is known are trusted and written down; changed ones never. */
  readonly acceptNewHostKeys?: boolean | undefined;
  /** Shows all unknown keys at once; true accepts them all. Undefined where there is no terminal. */
  readonly confirmHostKeys?: ((keys: readonly UnknownHostKey[]) => Promise<boolean>) | undefined;
  readonly onHostKeyAccepted?: ((key: UnknownHostKey) => void) | undefined;
  readonly askPassphrase?: AskPassphrase | undefined;
  /** For servers that ask something other than the password. */
  readonly askOperator?: AskOperator | undefined;
  /** Folder that holds `.ssh`; the operator's home. */
  readonly home?: string | undefined;
  /** Socket of the ssh agent; SSH_AUTH_SOCK. */
  readonly agent?: string | undefined;
  readonly limits?: Partial<ConnectorLimits> | undefined;
}

interface ConnectorLimits {
  /** Handshakes at once. */
  readonly handshakes: number;
  /** Programs at once on one connection: sshd allows 10 sessions, and frees them late. */
  readonly channels: number;
  /** Milliseconds between keep-alive questions. */
  readonly keepaliveInterval: number;
  /** Unanswered questions after which the connection counts as lost. */
  readonly keepaliveCount: number;
}

export interface Connector {
  /** How to connect to a host. Nothing happens before the returned function is called. */
  readonly connect: (host: Host) => Connect;
  /**
   * Looks at the hosts of which no key is known, all at once, and asks one question about all of them. Hosts behind a jump
   * host whose own key is unknown are looked at, and asked about, when that one is accepted. What cannot be reached is
   * left for `connect` to report. Costs nothing when all are known.
   */
  readonly prepare: (hosts: readonly Host[], signal?: AbortSignal) => Promise<void>;
}

const LIMITS: ConnectorLimits = { handshakes: 32, channels: 4, keepaliveInterval: 10_000, keepaliveCount: 3 };

/** Makes what connects to all hosts of a run: keys are decrypted, known_hosts and ssh configuration read, only once. */
export function createConnector(options: ConnectorOptions = {}): Connector {
  const home = options.home ?? homedir();
  const agent = 'agent' in options ? options.agent : process.env['SSH_AUTH_SOCK'];
  const limits = { ...LIMITS, ...options.limits };
  const readConfig = createSshConfigReader(home);
  const hostKeys = createHostKeys({
    acceptNew: options.acceptNewHostKeys ?? false,
    onAccepted: options.onHostKeyAccepted,
  });
  const routes = createRoutes({
    hostKeys,
    keys: createKeyStore(options.askPassphrase),
    ask: options.askOperator,
    keepalive: { interval: limits.keepaliveInterval, count: limits.keepaliveCount },
    handshakes: createLimit(limits.handshakes),
  });
  const resolve = (host: Host): Promise<Target> =>
    resolveTarget(host, { readConfig, home, agent, localUser: userInfo().username });

  const throughSsh2 =
    (host: Host): Connect =>
    async (signal) => {
      const target = await resolve(host);
      const open = await routes.open(target, signal);
      const settings = { host: host.name, user: target.user, sudoPassword: host.ssh.sudoPassword };
      return createSsh2Connection(open, settings, limits.channels);
    };

  return {
    connect: (host) =>
      host.ssh.transport === 'openssh'
        ? createOpensshConnect(host, {
            readConfig,
            home,
            agent,
            limits,
            acceptNew: options.acceptNewHostKeys ?? false,
          })
        : throughSsh2(host),
    async prepare(hosts, signal) {
      const confirm = options.confirmHostKeys;
      if (confirm === undefined || options.acceptNewHostKeys === true) return;
      const resolved = await Promise.allSettled(hosts.map(resolve));
      const targets = resolved.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      const looked = new Set<string>();
      for (;;) {
        const unknown = firstUnknown(targets, hostKeys.isKnown).filter(
          (each) => !looked.has(placeName(each)),
        );
        for (const each of unknown) looked.add(placeName(each));
        await Promise.allSettled(unknown.map((target) => look(target, signal)));
        signal?.throwIfAborted();
        const keys = hostKeys.takeUnknown();
        if (keys.length === 0 || !(await confirm(keys))) return;
        hostKeys.accept(keys);
      }
    },
  };

  /** Ends at the host key; when the key turns out to be known after all, the connection is closed again. */
  async function look(target: Target, signal?: AbortSignal): Promise<void> {
    const open = await routes.open(target, signal);
    open.close();
  }
}

/** The first unknown machine on the way to each target, each machine once. */
function firstUnknown(targets: readonly Target[], isKnown: (target: Target) => boolean): Target[] {
  const found = new Map<string, Target>();
  for (const target of targets) {
    const unknown = [...target.jumps, target].find((each) => !isKnown(each));
    if (unknown !== undefined) found.set(placeName(unknown), unknown);
  }
  return [...found.values()];
}

function placeName({ knownAs, address }: Target): string {
  return `${knownHostName(knownAs)} ${address}`;
}
