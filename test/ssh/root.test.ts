import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connection } from '../../src/ssh/connection.js';
import { createConnector } from '../../src/ssh/connector.js';
import { failureOf, hostAt } from './support/host.js';
import { startServer, type TestServer } from './support/server.js';
import { createWorkspace, type Workspace } from './support/workspace.js';

const PASSWORD = "s3cret 'x' $HOME";
const USER = 'provtest';
const UID = 64_321;
const SUDO =
  existsSync('/usr/bin/sudo') &&
  process.getuid?.() === 0 &&
  spawnSync('unshare', ['-m', 'true']).status === 0;

/**
 * The real sudo, in a mount namespace in which /etc/passwd, /etc/shadow and /etc/sudoers are our own: the machine keeps its
 * files.
 */
describe.runIf(SUDO)('becoming root by the real sudo (only where there is sudo and we are root)', () => {
  let workspace: Workspace;
  let server: TestServer;

  beforeAll(async () => {
    workspace = createWorkspace();
    chmodSync(workspace.home, 0o711);
    workspace.keyPair('id_ed25519');
    const hostKey = workspace.keyPair('host');
    const etc = workspace.path('etc');
    mkdirSync(etc);
    const hash = execFileSync('openssl', ['passwd', '-6', '-stdin'], {
      input: PASSWORD,
      encoding: 'utf8',
    }).trim();
    for (const file of ['passwd', 'shadow', 'group']) copyFileSync(`/etc/${file}`, `${etc}/${file}`);
    writeFileSync(
      `${etc}/passwd`,
      `${readFileSync('/etc/passwd', 'utf8')}${USER}:x:${UID}:${UID}::/:/bin/sh\n`,
    );
    writeFileSync(
      `${etc}/shadow`,
      `${readFileSync('/etc/shadow', 'utf8')}${USER}:${hash}:19000:0:99999:7:::\n`,
    );
    writeFileSync(`${etc}/sudoers`, '');
    chmodSync(`${etc}/sudoers`, 0o440);
    const mounts = [
      ...['passwd', 'shadow', 'sudoers'].map((file) => `mount --bind ${etc}/${file} /etc/${file}`),
      `exec setpriv --reuid ${UID} --regid ${UID} --clear-groups "$@"`,
    ].join('\n');
    server = await startServer({
      hostKeys: [hostKey],
      program: (command) => ['unshare', '-m', 'sh', '-c', mounts, 'sh', 'sh', '-c', command],
    });
    workspace.knowHost(`[127.0.0.1]:${server.port}`, `${hostKey}.pub`);
  });
  afterAll(async () => {
    await server.close();
    workspace.remove();
  });

  async function connect(sudoers: string, sudoPassword?: string): Promise<Connection> {
    const file = `${workspace.path('etc')}/sudoers`;
    chmodSync(file, 0o640);
    writeFileSync(file, `Defaults !fqdn\n${sudoers}\n`);
    chmodSync(file, 0o440);
    const { connect: to } = createConnector({ home: workspace.home, agent: undefined });
    return to(hostAt(server.port, { user: USER, sudoPassword }))();
  }
  const script = 'id -u; head -c 10; echo "noise" >&2; exit 4';
  const whole = [4, '0\n', 'noise\n'];
  async function runs(connection: Connection): Promise<void> {
    for (let times = 0; times < 3; times++) {
      const result = await connection.execRoot(script);
      expect([result.code, result.stdout.toString(), result.stderr.toString()]).toEqual(whole);
    }
    await connection.close();
  }

  it('works without a password', async () => {
    await runs(await connect(`${USER} ALL=(ALL) NOPASSWD: ALL`));
  });

  it('works with a password, with and without a pty of sudo', async () => {
    await runs(await connect(`Defaults !use_pty\n${USER} ALL=(ALL) ALL`, PASSWORD));
    await runs(await connect(`Defaults use_pty\n${USER} ALL=(ALL) ALL`, PASSWORD));
  });

  it('works when a password is given that sudo does not need, and does not run it as a command', async () => {
    await runs(await connect(`${USER} ALL=(ALL) NOPASSWD: ALL`, 'id'));
  });

  it('leaves out the lecture and what the login shell says', async () => {
    await runs(await connect(`Defaults lecture=always\n${USER} ALL=(ALL) ALL`, PASSWORD));
  });

  it('runs long scripts whole after the password', async () => {
    const connection = await connect(`${USER} ALL=(ALL) ALL`, PASSWORD);
    const lines = Array.from({ length: 5000 }, (_, index) => `: ${index} ${'x'.repeat(50)}`);
    const result = await connection.execRoot(`${lines.join('\n')}\ncat; echo end`);
    expect(result.stdout.toString()).toBe('end\n');
    await connection.close();
  });

  it('never shows the password in the arguments of a process', async () => {
    const connection = await connect(`${USER} ALL=(ALL) ALL`, PASSWORD);
    const result = await connection.execRoot(
      'cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr "\\0" "\\n"',
    );
    expect(result.stdout.length).toBeGreaterThan(1000);
    expect(result.stdout.includes('s3cret')).toBe(false);
    expect(server.commands.join('\n')).not.toContain('s3cret');
    await connection.close();
  });

  it('says when a password is wanted and none is given', async () => {
    const connection = await connect(`${USER} ALL=(ALL) ALL`);
    const error = await failureOf(connection.execRoot(script));
    expect(error.code).toBe('SUDO_PASSWORD');
    expect(error.message).toBe(
      `Cannot become root on node1 as ${USER}: sudo asks for a password ("sudo: a password is required").`,
    );
    expect(error.hint).toBe('Set ssh.sudoPassword of node1 in the inventory.');
    await connection.close();
  });

  it('says when the password is wrong, having tried it once', async () => {
    const connection = await connect(
      `Defaults logfile=${workspace.path('sudo.log')}\n${USER} ALL=(ALL) ALL`,
      'wrong',
    );
    const error = await failureOf(connection.execRoot(`${script}\n`.repeat(10)));
    expect(error.code).toBe('SUDO_PASSWORD');
    expect(error.hint).toContain('Correct ssh.sudoPassword');
    expect(error.message).not.toContain('wrong');
    for (let tries = 0; tries < 100 && !existsSync(workspace.path('sudo.log')); tries++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(readFileSync(workspace.path('sudo.log'), 'utf8')).toMatch(/1 incorrect password attempt/);
    await connection.close();
  });

  it('says when sudo does not allow it, with and without a password', async () => {
    for (const sudoPassword of [PASSWORD, undefined]) {
      const connection = await connect('root ALL=(ALL) ALL', sudoPassword);
      const error = await failureOf(connection.execRoot(script));
      expect(error.code).toBe(sudoPassword === undefined ? 'SUDO_PASSWORD' : 'SUDO_DENIED');
      if (sudoPassword !== undefined) expect(error.hint).toContain(`/etc/sudoers.d/${USER}`);
      await connection.close();
    }
  });

  it('says when sudo allows other commands only', async () => {
    const connection = await connect(`${USER} ALL=(ALL) NOPASSWD: /bin/true`, PASSWORD);
    expect((await failureOf(connection.execRoot(script))).code).toBe('SUDO_DENIED');
    await connection.close();
  });

  it('says when sudo wants a terminal', async () => {
    const connection = await connect(`Defaults requiretty\n${USER} ALL=(ALL) NOPASSWD: ALL`);
    const error = await failureOf(connection.execRoot(script));
    expect(error.code).toBe('SUDO_DENIED');
    expect(error.hint).toContain(`Defaults:${USER} !requiretty`);
    await connection.close();
  });

  it('says when the sudoers file is broken', async () => {
    const connection = await connect('this is no rule');
    expect((await failureOf(connection.execRoot(script))).code).toMatch(/^SUDO_/);
    await connection.close();
  });
});

describe('becoming root in odd places', () => {
  let workspace: Workspace;
  let hostKey: string;
  const NOBODY = 65_534;

  beforeAll(() => {
    workspace = createWorkspace();
    workspace.keyPair('id_ed25519');
    hostKey = workspace.keyPair('host');
  });
  afterAll(() => workspace.remove());

  async function on(
    options: Partial<Parameters<typeof startServer>[0]>,
    user: string,
    test: (connection: Connection) => Promise<void>,
  ): Promise<void> {
    const server = await startServer({ hostKeys: [hostKey], ...options });
    workspace.knowHost(`[127.0.0.1]:${server.port}`, `${hostKey}.pub`);
    const connection = await createConnector({ home: workspace.home, agent: undefined }).connect(
      hostAt(server.port, { user }),
    )();
    try {
      await test(connection);
    } finally {
      await connection.close();
      await server.close();
    }
  }

  it('leaves out what a login shell prints before the script', async () => {
    await on(
      { program: (command) => ['sh', '-c', `echo welcome; echo motd >&2; ${command}`] },
      'root',
      async (connection) => {
        const result = await connection.execRoot('echo out; echo err >&2');
        expect([result.stdout.toString(), result.stderr.toString()]).toEqual(['out\n', 'err\n']);
      },
    );
  });

  it.runIf(process.getuid?.() === 0)('needs no sudo when the user has uid 0 under another name', async () => {
    await on({ environment: { PATH: '/usr/bin:/bin' } }, 'toor', async (connection) => {
      expect((await connection.execRoot('id -u')).stdout.toString()).toBe('0\n');
    });
  });

  it.runIf(process.getuid?.() === 0)('says when there is no sudo', async () => {
    const bin = workspace.path('bin');
    mkdirSync(bin);
    chmodSync(workspace.home, 0o711);
    execFileSync('ln', ['-s', '/usr/bin/id', `${bin}/id`]);
    await on(
      { uid: NOBODY, program: (command) => ['/bin/sh', '-c', `PATH=${bin}; export PATH; ${command}`] },
      'nobody',
      async (connection) => {
        const error = await failureOf(connection.execRoot('true'));
        expect(error.code).toBe('SUDO_DENIED');
        expect(error.message).toContain('sudo is not installed');
      },
    );
  });

  it('says when the account has no shell', async () => {
    await on(
      { program: () => ['sh', '-c', 'echo "This account is currently not available."; exit 1'] },
      'root',
      async (connection) => {
        const error = await failureOf(connection.execRoot('true'));
        expect(error.code).toBe('SSH_SHELL');
      },
    );
  });
});
