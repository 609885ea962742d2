import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { SshSettings } from '../../../src/inventory/inventory.js';
import type { Connection } from '../../../src/ssh/connection.js';
import { createConnector, type Connector, type ConnectorOptions } from '../../../src/ssh/connector.js';
import { hostAt } from './host.js';
import { authorize, HAS_SSH, HAS_SSHD, startSshd, type Sshd } from './sshd.js';
import { createWorkspace, type Workspace } from './workspace.js';

export const HAS_BOTH = HAS_SSHD && HAS_SSH;

/** A real sshd for a file of tests, whose host key is known and which lets our key in. */
export interface SshdFixture {
  readonly workspace: () => Workspace;
  readonly sshd: () => Sshd;
  readonly know: (server: Sshd, publicKeyFile?: string, marker?: string) => void;
  readonly connector: (options?: ConnectorOptions) => Connector;
  readonly to: (port: number, ssh?: Partial<SshSettings>, options?: ConnectorOptions) => Promise<Connection>;
  /** Starts a further sshd, which ends with the test. Its host key is not known. */
  readonly start: (name: string, settings?: readonly string[]) => Promise<Sshd>;
}

/** To be called inside a `describe`. */
export function useSshd(): SshdFixture {
  const now: { workspace?: Workspace; sshd?: Sshd } = {};
  const started: Sshd[] = [];
  const workspace = (): Workspace => now.workspace ?? fail();
  const sshd = (): Sshd => now.sshd ?? fail();
  const know = (server: Sshd, file = `${server.hostKey}.pub`, marker?: string): void =>
    workspace().knowHost(`[127.0.0.1]:${server.port}`, file, marker);
  const connector = (options: ConnectorOptions = {}): Connector =>
    createConnector({ home: workspace().home, agent: undefined, ...options });
  const open = async (name: string, settings: readonly string[] = []): Promise<Sshd> => {
    const server = await startSshd(workspace(), name, settings);
    authorize(workspace(), name, workspace().publicKey('id_ed25519'));
    return server;
  };

  beforeAll(async () => {
    now.workspace = createWorkspace();
    now.workspace.keyPair('id_ed25519');
    now.sshd = await open('main');
    know(now.sshd);
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((each) => each.close()));
  });
  afterAll(async () => {
    await now.sshd?.close();
    now.workspace?.remove();
  });
  return {
    workspace,
    sshd,
    know,
    connector,
    to: (port, ssh = {}, options = {}) => connector(options).connect(hostAt(port, ssh))(),
    async start(name, settings) {
      const server = await open(name, settings);
      started.push(server);
      return server;
    },
  };
}

function fail(): never {
  throw new Error('the test has not begun');
}

/** Proves that scripts run as root on a connection, and closes it. */
export async function works(connection: Connection): Promise<void> {
  expect((await connection.execRoot('id -u')).stdout.toString()).toBe('0\n');
  await connection.close();
}
