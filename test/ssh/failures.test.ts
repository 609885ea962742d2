import { createServer, Socket, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createConnector } from '../../src/ssh/connector.js';
import { failureOf, hostAt } from './support/host.js';
import { startServer } from './support/server.js';
import { createWorkspace, type Workspace } from './support/workspace.js';

describe('hosts that cannot be reached', () => {
  let workspace: Workspace;
  const servers: Server[] = [];
  const sockets: Socket[] = [];

  beforeAll(() => {
    workspace = createWorkspace();
    workspace.keyPair('id_ed25519');
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  });
  afterAll(() => workspace.remove());

  async function listen(onSocket: (socket: Socket) => void): Promise<number> {
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined);
      onSocket(socket);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }
  const connector = (): ReturnType<typeof createConnector> =>
    createConnector({ home: workspace.home, agent: undefined });

  it('says when nobody listens', async () => {
    const port = await listen(() => undefined);
    await new Promise((resolve) => servers.splice(0)[0]?.close(resolve));
    const error = await failureOf(connector().connect(hostAt(port))());
    expect([error.code, error.exitCode, error.host]).toEqual(['SSH_REFUSED', 4, 'node1']);
    expect(error.message).toBe(`Cannot connect to node1: 127.0.0.1 port ${port} refused the connection.`);
    expect(error.hint).toContain('node1 in the inventory');
  });

  it('says when the name does not exist', async () => {
    const error = await failureOf(connector().connect(hostAt(22, { host: 'no-such-host.invalid' }))());
    expect([error.code, error.exitCode]).toEqual(['SSH_NAME', 4]);
    expect(error.message).toContain('"no-such-host.invalid" cannot be resolved');
  });

  it('says when a machine accepts the connection and stays silent', async () => {
    const port = await listen(() => undefined);
    const error = await failureOf(connector().connect(hostAt(port, { connectTimeout: 0.3 }))());
    expect([error.code, error.exitCode]).toEqual(['SSH_TIMEOUT', 4]);
    expect(error.message).toContain('did not answer within 0.3 s (waiting for the ssh greeting)');
  });

  it('says when a machine stops in the middle of the handshake', async () => {
    const port = await listen((socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'));
    const error = await failureOf(connector().connect(hostAt(port, { connectTimeout: 0.3 }))());
    expect(error.message).toContain('did not answer within 0.3 s (shaking hands)');
  });

  it('reports any number of silent machines in the time of one timeout', async () => {
    const port = await listen((socket) => socket.write(sockets.length % 2 ? 'SSH-2.0-OpenSSH_9.2\r\n' : ''));
    const { connect } = createConnector({
      home: workspace.home,
      agent: undefined,
      limits: { handshakes: 100 },
    });
    const begin = Date.now();
    const errors = await Promise.all(
      Array.from({ length: 60 }, () => failureOf(connect(hostAt(port, { connectTimeout: 1 }))())),
    );
    expect(new Set(errors.map((error) => error.code))).toEqual(new Set(['SSH_TIMEOUT']));
    expect(Date.now() - begin).toBeLessThan(2500);
  });

  it('does not count the wait for a turn to shake hands', async () => {
    const port = await listen((socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'));
    const hostKey = workspace.keyPair('patient');
    const server = await startServer({ hostKeys: [hostKey] });
    workspace.knowHost(`[127.0.0.1]:${server.port}`, `${hostKey}.pub`);
    const limits = { handshakes: 1 };
    const { connect } = createConnector({ home: workspace.home, agent: undefined, limits });
    const stuck = failureOf(connect(hostAt(port, { connectTimeout: 1.5 }))());
    await new Promise((resolve) => setTimeout(resolve, 100));
    const connection = await connect(hostAt(server.port, { connectTimeout: 0.7 }))();
    expect((await stuck).code).toBe('SSH_TIMEOUT');
    await connection.close();
    await server.close();
  });

  it('tries again when the server hangs up before its greeting, then says so', async () => {
    let accepted = 0;
    const port = await listen((socket) => {
      accepted++;
      socket.end('Exceeded MaxStartups\r\n');
    });
    const error = await failureOf(connector().connect(hostAt(port))());
    expect(accepted).toBe(6);
    expect(error.code).toBe('SSH_REFUSED');
    expect(error.message).toContain('closed the connection before it greeted ("Exceeded MaxStartups")');
  });

  it('gets through a server that hangs up now and then', async () => {
    const hostKey = workspace.keyPair('dropping');
    const server = await startServer({ hostKeys: [hostKey] });
    let accepted = 0;
    const port = await listen((socket) => {
      if (++accepted < 4) return accepted === 2 ? socket.resetAndDestroy() : socket.end();
      const inner = new Socket();
      sockets.push(inner);
      inner.on('error', () => undefined).connect(server.port, '127.0.0.1');
      return socket.pipe(inner).pipe(socket);
    });
    workspace.knowHost(`[127.0.0.1]:${port}`, `${hostKey}.pub`);
    const connection = await connector().connect(hostAt(port))();
    expect((await connection.exec('echo in')).stdout.toString()).toBe('in\n');
    await connection.close();
    await server.close();
  });

  it('says when it is no ssh server', async () => {
    const port = await listen((socket) => socket.end(`${'x'.repeat(300)}\r\n`.repeat(40)));
    const error = await failureOf(connector().connect(hostAt(port))());
    expect(['SSH_UNSUPPORTED', 'SSH_REFUSED']).toContain(error.code);
  });

  it('suggests the other transport when there is no key exchange in common', async () => {
    const hostKey = workspace.keyPair('gex');
    const server = await startServer({
      hostKeys: [hostKey],
      algorithms: { kex: ['diffie-hellman-group-exchange-sha256'] },
    });
    const error = await failureOf(connector().connect(hostAt(server.port))());
    expect([error.code, error.exitCode]).toEqual(['SSH_UNSUPPORTED', 4]);
    expect(error.message).toContain('no matching key exchange algorithm');
    expect(error.hint).toContain('transport: openssh');
    await server.close();
  });

  it('stops at the signal, with its reason', async () => {
    const port = await listen(() => undefined);
    const connecting = connector().connect(hostAt(port))(AbortSignal.timeout(50));
    await expect(connecting).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});
