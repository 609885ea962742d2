import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Host } from '../../src/inventory/inventory.js';
import { createConnector, type ConnectorOptions } from '../../src/ssh/connector.js';
import { failureOf, hostAt } from './support/host.js';
import { startServer, type TestServer } from './support/server.js';
import { createWorkspace, writeConfig, type Workspace } from './support/workspace.js';

describe('jump hosts', () => {
  let workspace: Workspace;
  let outer: TestServer;
  let inner: TestServer;
  let end: TestServer;

  beforeEach(async () => {
    workspace = createWorkspace();
    workspace.keyPair('id_ed25519');
    outer = await startServer({ hostKeys: [workspace.keyPair('outer')] });
    inner = await startServer({ hostKeys: [workspace.keyPair('inner')] });
    end = await startServer({ hostKeys: [workspace.keyPair('end')] });
  });
  afterEach(async () => {
    await Promise.all([outer.close(), inner.close(), end.close()]);
    workspace.remove();
  });

  const know = (server: TestServer, name: string): void =>
    workspace.knowHost(`[127.0.0.1]:${server.port}`, `${workspace.home}/.ssh/${name}.pub`);
  const connector = (options: ConnectorOptions = {}): ReturnType<typeof createConnector> =>
    createConnector({ home: workspace.home, agent: undefined, ...options });
  const behind = (...jumps: TestServer[]): Host =>
    hostAt(end.port, { proxyJump: jumps.map(({ port }) => `root@127.0.0.1:${port}`), connectTimeout: 5 });

  it('goes through several, and verifies each of them', async () => {
    know(outer, 'outer');
    know(inner, 'inner');
    know(end, 'end');
    const connection = await connector().connect(behind(outer, inner))();
    expect((await connection.execRoot('echo there')).stdout.toString()).toBe('there\n');
    expect([outer.commands.length, inner.commands.length, end.commands.length]).toEqual([0, 0, 1]);
    await connection.close();
  });

  for (const [wrong, label] of [
    ['outer', 'jump host 127.0.0.1'],
    ['inner', 'jump host 127.0.0.1'],
    ['end', 'node1'],
  ] as const) {
    it(`refuses the whole way when the key of the ${wrong} one is wrong`, async () => {
      for (const name of ['outer', 'inner', 'end'] as const) {
        know({ outer, inner, end }[name], name === wrong ? workspace.keyPair('wrong') && 'wrong' : name);
      }
      const error = await failureOf(connector().connect(behind(outer, inner))());
      expect([error.code, error.exitCode, error.host]).toEqual(['SSH_HOST_KEY_CHANGED', 5, 'node1']);
      expect(error.message).toContain(label);
      expect(end.tries).toEqual([]);
    });
  }

  it('shares one connection to a jump host among all hosts behind it, and ends it with the last', async () => {
    know(outer, 'outer');
    know(end, 'end');
    const { connect } = connector();
    const connections = await Promise.all(Array.from({ length: 30 }, () => connect(behind(outer))()));
    expect(outer.connections()).toBe(1);
    const results = await Promise.all(connections.map((connection) => connection.exec('echo one')));
    expect(results.every((result) => result.code === 0)).toBe(true);
    await Promise.all(connections.map((connection) => connection.close()));
    for (let tries = 0; outer.connections() > 0 && tries < 100; tries++)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(outer.connections()).toBe(0);
  });

  it('reports the loss of a jump host as the loss of the host, and connects anew after it', async () => {
    know(outer, 'outer');
    know(end, 'end');
    const { connect } = connector();
    const connection = await connect(behind(outer))();
    const running = failureOf(connection.exec('sleep 5'));
    await new Promise((resolve) => setTimeout(resolve, 100));
    outer.cut();
    expect((await running).code).toBe('SSH_LOST');
    const again = await connect(behind(outer))();
    expect((await again.exec('echo back')).stdout.toString()).toBe('back\n');
    await again.close();
  });

  it('says which jump host cannot be reached, for each host behind it', async () => {
    const dead = await startServer({ hostKeys: [`${workspace.home}/.ssh/outer`] });
    await dead.close();
    const { connect } = connector();
    const hosts = ['node1', 'node2'].map((name) => ({ ...behind(dead), name }));
    const errors = await Promise.all(hosts.map((host) => failureOf(connect(host)())));
    expect(errors.map((error) => [error.code, error.host])).toEqual([
      ['SSH_REFUSED', 'node1'],
      ['SSH_REFUSED', 'node2'],
    ]);
    expect(errors[1]?.message).toMatch(
      /^Cannot connect to node2: jump host 127\.0\.0\.1: 127\.0\.0\.1 port \d+ refused/,
    );
  });

  it('says when the jump host cannot reach the host, or may not', async () => {
    know(outer, 'outer');
    await end.close();
    const error = await failureOf(connector().connect(behind(outer))());
    expect([error.code, error.exitCode]).toEqual(['SSH_REFUSED', 4]);
    expect(error.message).toContain('jump host 127.0.0.1');
    end = await startServer({ hostKeys: [`${workspace.home}/.ssh/end`] });
  });

  it('reads ProxyJump from ~/.ssh/config', async () => {
    know(outer, 'outer');
    know(end, 'end');
    writeConfig(
      workspace,
      `Host bastion\n  HostName 127.0.0.1\n  Port ${outer.port}\n  User root\nHost there\n  HostName 127.0.0.1\n  Port ${end.port}\n  ProxyJump bastion\n`,
    );
    const connection = await connector().connect(
      hostAt(22, { host: 'there', port: undefined, user: undefined }),
    )();
    expect((await connection.exec('echo by config')).stdout.toString()).toBe('by config\n');
    expect(outer.connections()).toBe(1);
    await connection.close();
  });

  it('asks about the jump host first, then about the hosts behind it', async () => {
    const asked: string[][] = [];
    const { connect, prepare } = connector({
      confirmHostKeys: async (keys) => {
        asked.push(keys.map((key) => key.name));
        return true;
      },
    });
    await prepare([behind(outer)]);
    expect(asked).toEqual([[`[127.0.0.1]:${outer.port}`], [`[127.0.0.1]:${end.port}`]]);
    await (await connect(behind(outer))()).close();
  });
});
