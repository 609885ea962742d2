import { EventEmitter, once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Connect } from '../../src/ssh/connection.js';
import { createConnector } from '../../src/ssh/connector.js';
import { reconnect } from '../../src/ssh/reconnect.js';
import { failureOf, hostAt } from './support/host.js';
import { startProxy, type Proxy } from './support/proxy.js';
import { startServer, type TestServer } from './support/server.js';
import { createWorkspace, type Workspace } from './support/workspace.js';

describe('a connection that breaks', () => {
  let workspace: Workspace;
  let server: TestServer;
  let proxy: Proxy;
  let connect: Connect;

  beforeEach(async () => {
    workspace = createWorkspace();
    workspace.keyPair('id_ed25519');
    const hostKey = workspace.keyPair('host');
    server = await startServer({ hostKeys: [hostKey] });
    proxy = await startProxy(server.port);
    workspace.knowHost(`[127.0.0.1]:${proxy.port}`, `${hostKey}.pub`);
    const limits = { keepaliveInterval: 200, keepaliveCount: 2 };
    connect = createConnector({ home: workspace.home, agent: undefined, limits }).connect(hostAt(proxy.port));
  });
  afterEach(async () => {
    await proxy.close();
    await server.close();
    workspace.remove();
  });

  it('does not end the program when it is idle', async () => {
    const uncaught: unknown[] = [];
    const listen = (error: unknown): unknown => uncaught.push(error);
    process.on('uncaughtException', listen);
    const connection = await connect();
    proxy.cut();
    await wait(100);
    process.off('uncaughtException', listen);
    expect(uncaught).toEqual([]);
    const error = await failureOf(connection.exec('true'));
    expect(error.code).toBe('SSH_LOST');
    expect(error.exitCode).toBe(4);
    await connection.close();
  });

  it('rejects the running programs, with the reason', async () => {
    const connection = await connect();
    const output = new EventEmitter();
    const start = once(output, 'chunk');
    const running = connection.exec('echo start; sleep 5', { onStdout: () => output.emit('chunk') });
    const script = connection.execRoot('sleep 5');
    await start;
    proxy.cut();
    const error = await failureOf(running);
    expect(error.code).toBe('SSH_LOST');
    expect(error.message).toMatch(/^The connection to node1 was lost: .+\.$/);
    expect((await failureOf(script)).code).toBe('SSH_LOST');
  });

  it('is found out by keep-alive when the link is frozen', async () => {
    const connection = await connect();
    const begin = Date.now();
    const running = connection.exec('sleep 20');
    await wait(50);
    proxy.freeze();
    const error = await failureOf(running);
    expect(error.message).toBe('The connection to node1 was lost: Keepalive timeout.');
    expect(Date.now() - begin).toBeLessThan(3000);
  });

  it('is found out when the link freezes before a program is started', async () => {
    const connection = await connect();
    proxy.freeze();
    expect((await failureOf(connection.exec('true'))).code).toBe('SSH_LOST');
  });

  it('comes back when the host does', async () => {
    const connection = await connect();
    proxy.refuse(true);
    proxy.cut();
    setTimeout(() => proxy.refuse(false), 700);
    const attempts: number[] = [];
    const again = await reconnect(connect, {
      deadlineMs: 10_000,
      onAttempt: (attempt) => attempts.push(attempt),
    });
    expect((await again.exec('echo back')).stdout.toString()).toBe('back\n');
    expect(attempts[0]).toBe(1);
    await connection.close();
    await again.close();
  });

  it('is tried again until the deadline, not longer', async () => {
    await server.close();
    const begin = Date.now();
    const error = await failureOf(reconnect(connect, { deadlineMs: 1000 }));
    expect(['SSH_REFUSED', 'SSH_LOST', 'SSH_TIMEOUT']).toContain(error.code);
    expect(Date.now() - begin).toBeLessThan(2500);
  });
});
