import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connection } from '../../src/ssh/connection.js';
import { createConnector } from '../../src/ssh/connector.js';
import { failureOf, hostAt } from './support/host.js';
import { startServer, type TestServer } from './support/server.js';
import { createWorkspace, type Workspace } from './support/workspace.js';

describe('programs over the built-in transport', () => {
  let workspace: Workspace;
  let server: TestServer;
  let connection: Connection;

  beforeAll(async () => {
    workspace = createWorkspace();
    workspace.keyPair('id_ed25519');
    const hostKey = workspace.keyPair('host');
    server = await startServer({ hostKeys: [hostKey], maxSessions: 6 });
    workspace.knowHost(`[127.0.0.1]:${server.port}`, `${hostKey}.pub`);
    connection = await createConnector({ home: workspace.home, agent: undefined }).connect(
      hostAt(server.port),
    )();
  });
  afterAll(async () => {
    await connection.close();
    await server.close();
    workspace.remove();
  });

  it('gives exit code, both outputs and input', async () => {
    const result = await connection.exec('cat; echo problem >&2; exit 7', { input: 'in\n' });
    expect(result.code).toBe(7);
    expect(result.stdout.toString()).toBe('in\n');
    expect(result.stderr.toString()).toBe('problem\n');
  });

  it('resolves a failed program and a warning on stderr alike', async () => {
    expect((await connection.exec('exit 3')).code).toBe(3);
    expect((await connection.exec('echo warn >&2')).code).toBe(0);
  });

  it('gives 128 and the number of the signal that ended the program', async () => {
    expect((await connection.exec('kill -TERM $$')).code).toBe(143);
    expect((await connection.exec('kill -KILL $$')).code).toBe(137);
  });

  it('closes the input when there is none', async () => {
    expect((await connection.exec('cat; echo end')).stdout.toString()).toBe('end\n');
  });

  it('keeps text that is cut between the bytes of a character, and blanks at the ends', async () => {
    const text = ' \n' + 'ж界🙂'.repeat(40_000) + '\n \n';
    const result = await connection.exec('cat', { input: text });
    expect(result.stdout.toString() === text).toBe(true);
  });

  it('keeps bytes as they are, in both directions, more than the window holds', async () => {
    const bytes = randomBytes(5 * 1024 * 1024);
    const result = await connection.exec('cat', { input: bytes });
    expect(result.stdout.equals(bytes)).toBe(true);
  });

  it('hands chunks on as they come, and does not collect them', async () => {
    const times: number[] = [];
    const begin = Date.now();
    const result = await connection.exec('echo a; sleep 0.4; echo b; echo c >&2', {
      onStdout: () => times.push(Date.now() - begin),
      onStderr: () => undefined,
    });
    expect(times.length).toBe(2);
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(200);
    expect(result.stdout.length + result.stderr.length).toBe(0);
  });

  it('runs many programs at once without a warning, above MaxSessions too', async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error): unknown => warnings.push(warning);
    process.on('warning', listen);
    const codes = await Promise.all(
      Array.from(
        { length: 40 },
        async (_, index) => (await connection.exec(`sleep 0.02; exit ${index}`)).code,
      ),
    );
    await wait(10);
    process.off('warning', listen);
    expect(codes).toEqual(Array.from({ length: 40 }, (_, index) => index));
    expect(warnings).toEqual([]);
    expect(server.mostSessions()).toBe(4);
  });

  it('asks again when sshd refuses a session', async () => {
    const wide = createConnector({ home: workspace.home, agent: undefined, limits: { channels: 12 } });
    const other = await wide.connect(hostAt(server.port))();
    const codes = await Promise.all(
      Array.from({ length: 12 }, async () => (await other.exec('sleep 0.1')).code),
    );
    await other.close();
    expect(codes).toEqual(Array.from({ length: 12 }, () => 0));
  });

  it('gives up at the time limit', async () => {
    const error = await failureOf(connection.exec('sleep 5', { timeout: 100 }));
    expect(error.code).toBe('EXEC_TIMEOUT');
    expect(error.message).toBe('A command on node1 did not end within 0.1 s.');
    expect((await connection.exec('echo still here')).stdout.toString()).toBe('still here\n');
  });

  it('gives up at the signal, with its reason', async () => {
    const controller = new AbortController();
    const running = connection.exec('sleep 5', { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('enough')), 50);
    await expect(running).rejects.toThrow('enough');
    await expect(connection.exec('true', { signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow(
      'before',
    );
  });

  it('counts the wait for a free channel into the time limit', async () => {
    const sleeping = Array.from({ length: 4 }, () => connection.exec('sleep 0.5'));
    expect((await failureOf(connection.exec('true', { timeout: 100 }))).code).toBe('EXEC_TIMEOUT');
    await Promise.all(sleeping);
  });

  it('ends when the program does not read its input', async () => {
    expect((await connection.exec('exec true', { input: randomBytes(3 * 1024 * 1024) })).code).toBe(0);
  });

  it('runs scripts far longer than a command line may be, whose children read the standard input', async () => {
    const lines = Array.from(
      { length: 1000 },
      (_, index) => `echo line ${index}; head -c 100 >/dev/null; : ${'x'.repeat(100)}`,
    );
    const result = await connection.execRoot(`${lines.join('\n')}\necho last\nexit 5`);
    expect(result.code).toBe(5);
    expect(result.stdout.toString().split('\n').slice(-3)).toEqual(['line 999', 'last', '']);
  });

  it('runs a script as root', async () => {
    const result = await connection.execRoot('id -u; echo two >&2; exit 3');
    expect([result.code, result.stdout.toString(), result.stderr.toString()]).toEqual([3, '0\n', 'two\n']);
  });

  it('hands on the output of a script as root as it comes', async () => {
    let said = '';
    await connection.execRoot('echo one; echo two', { onStdout: (chunk) => (said += chunk.toString()) });
    expect(said).toBe('one\ntwo\n');
  });

  it('never puts a script on the command line', async () => {
    await connection.execRoot('echo SECRETWORD');
    expect(server.commands.some((command) => command.includes('SECRETWORD'))).toBe(false);
  });

  it('takes a channel that closes without an exit code for a loss', async () => {
    const hostKey = workspace.keyPair('closing');
    const closing = await startServer({
      hostKeys: [hostKey],
      onExec: (_command, channel) => channel.end('partial'),
    });
    workspace.knowHost(`[127.0.0.1]:${closing.port}`, `${hostKey}.pub`);
    const other = await createConnector({ home: workspace.home, agent: undefined }).connect(
      hostAt(closing.port),
    )();
    const error = await failureOf(other.exec('anything'));
    expect(error.code).toBe('SSH_LOST');
    expect(error.message).toContain('without an exit code');
    await other.close();
    await closing.close();
  });

  it('closes more than once without an error, and refuses programs after that', async () => {
    const other = await createConnector({ home: workspace.home, agent: undefined }).connect(
      hostAt(server.port),
    )();
    await other.close();
    await other.close();
    expect((await failureOf(other.exec('true'))).code).toBe('SSH_LOST');
  });
});
