import { execFileSync } from 'node:child_process';
import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Host } from '../../src/inventory/inventory.js';
import { createConnector, type ConnectorOptions } from '../../src/ssh/connector.js';
import type { UnknownHostKey } from '../../src/ssh/host-keys.js';
import { failureOf, hostAt } from './support/host.js';
import { startServer, type TestServer } from './support/server.js';
import { createWorkspace, type Workspace } from './support/workspace.js';

function fingerprintOf(file: string): string {
  return execFileSync('ssh-keygen', ['-lf', file], { encoding: 'utf8' }).split(' ')[1] ?? '';
}

describe('host keys', () => {
  let workspace: Workspace;
  let hostKey: string;
  let rsaKey: string;
  let server: TestServer;
  let host: Host;

  beforeEach(async () => {
    workspace = createWorkspace();
    workspace.keyPair('id_ed25519');
    hostKey = workspace.keyPair('host');
    rsaKey = workspace.keyPair('host_rsa', '-t', 'rsa', '-b', '2048');
    server = await startServer({ hostKeys: [hostKey, rsaKey] });
    host = hostAt(server.port);
  });
  afterEach(async () => {
    await server.close();
    workspace.remove();
  });

  const name = (): string => `[127.0.0.1]:${server.port}`;
  const connector = (options: ConnectorOptions = {}): ReturnType<typeof createConnector> =>
    createConnector({ home: workspace.home, agent: undefined, ...options });
  async function connects(options: ConnectorOptions = {}, to: Host = host): Promise<void> {
    const connection = await connector(options).connect(to)();
    expect((await connection.exec('echo in')).stdout.toString()).toBe('in\n');
    await connection.close();
  }

  it('refuses an unknown key, with its fingerprint and exit code 5, before it logs in', async () => {
    const error = await failureOf(connector().connect(host)());
    expect([error.code, error.exitCode]).toEqual(['SSH_HOST_KEY_UNKNOWN', 5]);
    expect(error.message).toContain(`ED25519 host key ${fingerprintOf(hostKey)}`);
    expect(error.hint).toContain('--accept-new-host-keys');
    expect(server.tries).toEqual([]);
    expect(workspace.knownHosts()).toBe('');
  });

  it('refuses a changed key, and no option accepts it', async () => {
    workspace.knowHost(name(), `${workspace.keyPair('other')}.pub`);
    const confirmHostKeys = vi.fn(async () => true);
    for (const options of [{}, { acceptNewHostKeys: true }, { confirmHostKeys }]) {
      const { connect, prepare } = connector(options);
      await prepare([host]);
      const error = await failureOf(connect(host)());
      expect([error.code, error.exitCode]).toEqual(['SSH_HOST_KEY_CHANGED', 5]);
      expect(error.hint).toContain(`-R '${name()}'`);
    }
    expect(confirmHostKeys).not.toHaveBeenCalled();
    expect(server.tries).toEqual([]);
  });

  it('counts a key of another type than the known one as changed', async () => {
    const ecdsa = workspace.keyPair('ecdsa', '-t', 'ecdsa');
    workspace.knowHost(name(), `${ecdsa}.pub`);
    expect((await failureOf(connector({ acceptNewHostKeys: true }).connect(host)())).code).toBe(
      'SSH_HOST_KEY_CHANGED',
    );
  });

  it('takes the key of the type that is known, when that is RSA', async () => {
    workspace.knowHost(name(), `${rsaKey}.pub`);
    await connects();
  });

  it('knows hashed names, wildcards and the name without its port', async () => {
    workspace.knowHost(`[127.0.0.*]:${server.port}`, `${hostKey}.pub`);
    await connects();
    const file = join(workspace.home, '.ssh', 'known_hosts');
    writeFileSync(file, '');
    workspace.knowHost(name(), `${hostKey}.pub`);
    execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'ignore' });
    expect(workspace.knownHosts()).toMatch(/^\|1\|/);
    await connects();
    writeFileSync(file, '');
    workspace.knowHost('127.0.0.1', `${hostKey}.pub`);
    await connects();
  });

  it('refuses a revoked key even when another line knows it', async () => {
    workspace.knowHost(name(), `${hostKey}.pub`);
    workspace.knowHost('*', `${hostKey}.pub`, '@revoked');
    const error = await failureOf(connector({ acceptNewHostKeys: true }).connect(host)());
    expect([error.code, error.exitCode]).toEqual(['SSH_HOST_KEY_REVOKED', 5]);
  });

  it('points to the other transport when only a certificate authority is known', async () => {
    workspace.knowHost('*', `${workspace.keyPair('ca')}.pub`, '@cert-authority');
    const error = await failureOf(connector({ acceptNewHostKeys: true }).connect(host)());
    expect([error.code, error.exitCode]).toEqual(['SSH_HOST_KEY_UNKNOWN', 5]);
    expect(error.hint).toContain('transport: openssh');
  });

  it('writes a new key down with --accept-new-host-keys, and knows it from then on', async () => {
    const accepted: string[] = [];
    await connects({ acceptNewHostKeys: true, onHostKeyAccepted: (key) => accepted.push(key.fingerprint) });
    expect(accepted).toEqual([fingerprintOf(hostKey)]);
    expect(statSync(join(workspace.home, '.ssh', 'known_hosts')).mode & 0o777).toBe(0o600);
    expect(
      execFileSync('ssh-keygen', [
        '-F',
        name(),
        '-f',
        join(workspace.home, '.ssh', 'known_hosts'),
      ]).toString(),
    ).toContain('found: line 1');
    await connects();
  });

  it('keeps what the file has, also when its last line has no end', async () => {
    writeFileSync(join(workspace.home, '.ssh', 'known_hosts'), '# mine');
    await connects({ acceptNewHostKeys: true });
    expect(workspace.knownHosts()).toMatch(/^# mine\n\[127\.0\.0\.1\]:\d+ ssh-ed25519 \S+\n$/);
  });

  it('does not connect when the new key cannot be written down', async () => {
    const knownHostsFile = join(workspace.home, 'folder');
    execFileSync('mkdir', [knownHostsFile]);
    chmodSync(knownHostsFile, 0o500);
    const to = hostAt(server.port, { knownHostsFile });
    const error = await failureOf(connector({ acceptNewHostKeys: true }).connect(to)());
    expect([error.code, error.exitCode]).toEqual(['SSH_HOST_KEY_UNKNOWN', 5]);
    expect(error.message).toContain('cannot be added to');
  });

  it('trusts the pinned key alone, of whichever type it is', async () => {
    await connects({}, hostAt(server.port, { hostKey: fingerprintOf(hostKey) }));
    await connects({}, hostAt(server.port, { hostKey: fingerprintOf(rsaKey) }));
    workspace.knowHost(name(), `${hostKey}.pub`);
    const wrong = hostAt(server.port, { hostKey: fingerprintOf(workspace.keyPair('other')) });
    const error = await failureOf(connector({ acceptNewHostKeys: true }).connect(wrong)());
    expect([error.code, error.exitCode]).toEqual(['SSH_HOST_KEY_CHANGED', 5]);
    expect(error.message).toContain('the hostKey of the inventory');
  });

  describe('asking about unknown keys', () => {
    it('asks once about all hosts, and connects after a yes', async () => {
      const second = await startServer({ hostKeys: [workspace.keyPair('second')] });
      const gone = { ...hostAt(1, { connectTimeout: 1 }), name: 'gone' };
      const other = { ...hostAt(second.port), name: 'node2' };
      const asked: UnknownHostKey[][] = [];
      const { connect, prepare } = connector({
        confirmHostKeys: async (keys) => {
          asked.push([...keys]);
          return true;
        },
      });
      await prepare([host, other, gone]);
      expect(asked.length).toBe(1);
      expect(asked[0]?.map((key) => key.host).sort()).toEqual(['node1', 'node2']);
      expect(asked[0]?.find((key) => key.host === 'node1')).toMatchObject({
        name: name(),
        type: 'ED25519',
        fingerprint: fingerprintOf(hostKey),
      });
      for (const each of [host, other]) await (await connect(each)()).close();
      expect((await failureOf(connect(gone)())).code).toBe('SSH_REFUSED');
      await prepare([host, other]);
      expect(asked.length).toBe(1);
      await connects();
      await second.close();
    });

    it('refuses after a no, and writes nothing', async () => {
      const { connect, prepare } = connector({ confirmHostKeys: async () => false });
      await prepare([host]);
      expect((await failureOf(connect(host)())).code).toBe('SSH_HOST_KEY_UNKNOWN');
      expect(workspace.knownHosts()).toBe('');
      expect(server.tries).toEqual([]);
    });

    it('does not connect at all when every key is known', async () => {
      workspace.knowHost(name(), `${hostKey}.pub`);
      await connector({ confirmHostKeys: async () => true }).prepare([
        host,
        hostAt(1, { hostKey: 'SHA256:x' }),
      ]);
      expect(server.connections()).toBe(0);
    });
  });
});
