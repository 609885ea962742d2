import { execFileSync } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { SshSettings } from '../../src/inventory/inventory.js';
import type { Connection } from '../../src/ssh/connection.js';
import type { ConnectorOptions } from '../../src/ssh/connector.js';
import { HAS_BOTH, useSshd, works } from './support/fixture.js';
import { failureOf, hostAt } from './support/host.js';
import { startProxy } from './support/proxy.js';

const TRANSPORTS = ['ssh2', 'openssh'] as const;

describe.runIf(HAS_BOTH)(
  'either transport against the real sshd (only where openssh-server is and we are root)',
  () => {
    const { workspace, sshd, know, connector, to, start } = useSshd();

    describe.each(TRANSPORTS)('with transport %s', (transport) => {
      const connect = (
        ssh: Partial<SshSettings> = {},
        options: ConnectorOptions = {},
        port = sshd().port,
      ): Promise<Connection> => to(port, { transport, ...ssh }, options);

      it('runs programs and scripts', async () => {
        const connection = await connect();
        const bytes = Buffer.from([0, 255, 10, 13, 128, 0]);
        const result = await connection.exec('cat; echo problem >&2; exit 7', { input: bytes });
        expect([result.code, result.stdout.equals(bytes), result.stderr.toString()]).toEqual([
          7,
          true,
          'problem\n',
        ]);
        const script = await connection.execRoot('cat; echo "$0"; echo err >&2; exit 9');
        expect([script.code, script.stdout.toString(), script.stderr.toString()]).toEqual([
          9,
          '/bin/sh\n',
          'err\n',
        ]);
        expect((await connection.exec('exit 255')).code).toBe(255);
        await connection.close();
      });

      it('runs more programs at once than sshd allows sessions', async () => {
        const connection = await connect();
        const codes = await Promise.all(
          Array.from({ length: 40 }, async (_, index) => (await connection.exec(`exit ${index}`)).code),
        );
        expect(codes).toEqual(Array.from({ length: 40 }, (_, index) => index));
        await connection.close();
      });

      it('sends and takes megabytes', async () => {
        const connection = await connect();
        const result = await connection.exec('cat', { input: Buffer.alloc(8_000_000, 'ж') });
        expect(result.stdout.equals(Buffer.alloc(8_000_000, 'ж'))).toBe(true);
        await connection.close();
      });

      it('is stopped by time limit and signal', async () => {
        const connection = await connect();
        expect((await failureOf(connection.exec('sleep 5', { timeout: 100 }))).code).toBe('EXEC_TIMEOUT');
        const stopped = connection.execRoot('sleep 5', { signal: AbortSignal.timeout(100) });
        await expect(stopped).rejects.toMatchObject({ name: 'TimeoutError' });
        await works(connection);
      });

      it('notices when the server kills the session', async () => {
        const connection = await connect();
        const running = connection.exec('echo up; sleep 20');
        await wait(200);
        sshd().killSessions();
        const error = await failureOf(running);
        expect([error.code, error.exitCode]).toEqual(['SSH_LOST', 4]);
        expect((await failureOf(connection.exec('true'))).code).toBe('SSH_LOST');
        await connection.close();
      });

      it('notices a frozen link by keep-alive', async () => {
        const proxy = await startProxy(sshd().port);
        workspace().knowHost(`[127.0.0.1]:${proxy.port}`, `${sshd().hostKey}.pub`);
        const limits = { keepaliveInterval: 1000, keepaliveCount: 1 };
        const connection = await connect({}, { limits }, proxy.port);
        const running = failureOf(connection.exec('sleep 30'));
        proxy.freeze();
        expect((await running).code).toBe('SSH_LOST');
        await connection.close();
        await proxy.close();
      });

      it('refuses unknown, changed and revoked host keys with exit code 5', async () => {
        const server = await start(`keys-${transport}`);
        const refused = async (options: ConnectorOptions = {}): Promise<unknown[]> => {
          const error = await failureOf(connect({}, options, server.port));
          return [error.code, error.exitCode];
        };
        expect(await refused()).toEqual(['SSH_HOST_KEY_UNKNOWN', 5]);
        const file = workspace().keyPair(`other-${transport}`);
        know(server, `${file}.pub`);
        expect(await refused()).toEqual(['SSH_HOST_KEY_CHANGED', 5]);
        expect(await refused({ acceptNewHostKeys: true })).toEqual(['SSH_HOST_KEY_CHANGED', 5]);
        know(server, `${server.hostKey}.pub`, '@revoked');
        expect(await refused()).toEqual(['SSH_HOST_KEY_REVOKED', 5]);
      });

      it('accepts new host keys when told so, and writes them down', async () => {
        const server = await start(`new-${transport}`);
        await works(await connect({}, { acceptNewHostKeys: true }, server.port));
        execFileSync('ssh-keygen', [
          '-F',
          `[127.0.0.1]:${server.port}`,
          '-f',
          `${workspace().home}/.ssh/known_hosts`,
        ]);
        await works(await connect({}, {}, server.port));
      });

      it('asks about a new host key, and connects after a yes', async () => {
        const server = await start(`asked-${transport}`);
        const asked: string[] = [];
        const { connect: ask, prepare } = connector({
          confirmHostKeys: async (keys) => {
            asked.push(...keys.map((key) => key.name));
            return true;
          },
        });
        const host = hostAt(server.port, { transport });
        await prepare([host]);
        expect(asked).toEqual([`[127.0.0.1]:${server.port}`]);
        await works(await ask(host)());
      });

      it('takes a pinned host key of any type, and no other', async () => {
        const rsa = workspace().keyPair(`pinned-${transport}`, '-t', 'rsa', '-b', '2048');
        const server = await start(`pin-${transport}`, [`HostKey ${rsa}`]);
        for (const file of [server.hostKey, rsa]) {
          const hostKey = execFileSync('ssh-keygen', ['-lf', file], { encoding: 'utf8' }).split(' ')[1] ?? '';
          await works(await connect({ hostKey }, {}, server.port));
        }
        const error = await failureOf(connect({ hostKey: `SHA256:${'a'.repeat(43)}` }, {}, server.port));
        expect([error.code, error.exitCode]).toEqual(['SSH_HOST_KEY_CHANGED', 5]);
      });

      it('takes the RSA key when that is the known one', async () => {
        const rsa = workspace().keyPair(`rsa-${transport}`, '-t', 'rsa', '-b', '2048');
        const server = await start(`rsa-only-${transport}`, [`HostKey ${rsa}`]);
        know(server, `${rsa}.pub`);
        await works(await connect({}, {}, server.port));
      });

      it('goes through two jump hosts, each verified', async () => {
        const [outer, inner] = [await start(`outer-${transport}`), await start(`inner-${transport}`)];
        const proxyJump = [outer, inner].map(({ port }) => `root@127.0.0.1:${port}`);
        know(outer);
        const error = await failureOf(connect({ proxyJump }));
        expect([error.code, error.exitCode]).toEqual(['SSH_HOST_KEY_UNKNOWN', 5]);
        know(inner);
        await works(await connect({ proxyJump }));
      });

      it('reports a refused key with what was tried', async () => {
        const error = await failureOf(
          connect({ identityFile: workspace().keyPair(`stranger-${transport}`) }),
        );
        expect([error.code, error.exitCode]).toEqual(['SSH_AUTH', 4]);
        expect(error.message).toMatch(
          transport === 'ssh2'
            ? /refused with key .*stranger.*accepts publickey/
            : /Permission denied \(publickey\)/,
        );
      });

      it('reports names, refusals and silence by their codes', async () => {
        const port = 1;
        expect((await failureOf(connect({ host: 'no-such-host.invalid' }))).code).toBe('SSH_NAME');
        expect((await failureOf(connect({}, {}, port))).code).toBe('SSH_REFUSED');
        const { createServer } = await import('node:net');
        const silent = createServer().listen(0, '127.0.0.1');
        await new Promise((resolve) => silent.on('listening', resolve));
        const address = silent.address();
        const silentPort = typeof address === 'object' && address !== null ? address.port : 0;
        const begin = Date.now();
        const error = await failureOf(connect({ connectTimeout: 1 }, {}, silentPort));
        expect([error.code, error.exitCode]).toEqual(['SSH_TIMEOUT', 4]);
        expect(Date.now() - begin).toBeLessThan(2500);
        silent.close();
      });

      it('stops connecting at the signal', async () => {
        const signal = AbortSignal.abort(new Error('no more'));
        await expect(connector().connect(hostAt(sshd().port, { transport }))(signal)).rejects.toThrow(
          'no more',
        );
      });
    });
  },
);
