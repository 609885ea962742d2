import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import ssh2, { type AuthContext } from 'ssh2';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createConnector, type ConnectorOptions } from '../../src/ssh/connector.js';
import type { SshSettings } from '../../src/inventory/inventory.js';
import { failureOf, hostAt } from './support/host.js';
import { startServer, type TestServer } from './support/server.js';
import { createWorkspace, type Workspace } from './support/workspace.js';

describe('logging in', () => {
  let workspace: Workspace;
  let server: TestServer;
  let authenticate: (context: AuthContext) => void;
  let agent: ChildProcess | undefined;

  beforeEach(async () => {
    workspace = createWorkspace();
    const hostKey = workspace.keyPair('host');
    authenticate = (context) => context.reject();
    server = await startServer({ hostKeys: [hostKey], authenticate: (context) => authenticate(context) });
    workspace.knowHost(`[127.0.0.1]:${server.port}`, `${hostKey}.pub`);
  });
  afterEach(async () => {
    agent?.kill();
    agent = undefined;
    await server.close();
    workspace.remove();
  });

  const connector = (options: ConnectorOptions = {}): ReturnType<typeof createConnector> =>
    createConnector({ home: workspace.home, agent: undefined, ...options });
  async function logsIn(ssh: Partial<SshSettings> = {}, options: ConnectorOptions = {}): Promise<void> {
    const connection = await connector(options).connect(hostAt(server.port, ssh))();
    expect((await connection.exec('echo in')).stdout.toString()).toBe('in\n');
    await connection.close();
  }
  const refusal = (
    ssh: Partial<SshSettings> = {},
    options: ConnectorOptions = {},
  ): ReturnType<typeof failureOf> => failureOf(connector(options).connect(hostAt(server.port, ssh))());

  /** Lets one public key in, with a real check of the signature. */
  function allowKey(name: string): void {
    const key = ssh2.utils.parseKey(workspace.publicKey(name));
    if (key instanceof Error) throw key;
    authenticate = (context) => {
      if (context.method !== 'publickey') return context.reject(['publickey']);
      if (!key.getPublicSSH().equals(context.key.data)) return context.reject(['publickey']);
      const { signature, blob, hashAlgo } = context;
      if (signature === undefined || blob === undefined) return context.accept();
      return key.verify(blob, signature, hashAlgo) ? context.accept() : context.reject();
    };
  }
  async function startAgent(...keys: string[]): Promise<string> {
    const socket = workspace.path('agent');
    agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    while (!existsSync(socket)) await new Promise((resolve) => setTimeout(resolve, 10));
    for (const key of keys) {
      execFileSync('ssh-add', ['-q', key], {
        env: { ...process.env, SSH_AUTH_SOCK: socket },
        stdio: 'ignore',
      });
    }
    return socket;
  }

  for (const [name, ...options] of [
    ['id_ed25519'],
    ['id_ecdsa', '-t', 'ecdsa'],
    ['id_rsa', '-t', 'rsa', '-b', '2048'],
  ] as const) {
    it(`finds ~/.ssh/${name} by itself`, async () => {
      workspace.keyPair(name, ...options);
      allowKey(name);
      await logsIn();
    });
  }

  it('uses the identity file of the inventory, before anything else', async () => {
    workspace.keyPair('id_ed25519');
    const identityFile = workspace.keyPair('special');
    allowKey('special');
    await logsIn({ identityFile });
    expect(new Set(server.tries)).toEqual(new Set(['publickey root']));
  });

  it('decrypts a key once for any number of connections', async () => {
    const identityFile = workspace.keyPair('locked', '-N', 'open sesame');
    allowKey('locked');
    const parse = vi.spyOn(ssh2.utils, 'parseKey');
    const { connect } = connector();
    const connections = await Promise.all(
      Array.from({ length: 5 }, () =>
        connect(hostAt(server.port, { identityFile, passphrase: 'open sesame' }))(),
      ),
    );
    expect(parse).toHaveBeenCalledTimes(1);
    parse.mockRestore();
    await Promise.all(connections.map((connection) => connection.close()));
  });

  it('asks for a passphrase once, only when the key is needed', async () => {
    workspace.keyPair('id_ed25519', '-N', 'open sesame');
    allowKey('id_ed25519');
    const askPassphrase = vi.fn(async () => 'open sesame');
    const { connect } = connector({ askPassphrase });
    expect(askPassphrase).not.toHaveBeenCalled();
    const connections = await Promise.all(Array.from({ length: 3 }, () => connect(hostAt(server.port))()));
    expect(askPassphrase).toHaveBeenCalledTimes(1);
    await Promise.all(connections.map((connection) => connection.close()));
  });

  it('does not count the time in which somebody types', async () => {
    workspace.keyPair('id_ed25519', '-N', 'open sesame');
    allowKey('id_ed25519');
    await logsIn({ connectTimeout: 1 }, { askPassphrase: typeSlowly });
  });

  it('says what is wrong with keys that cannot be used', async () => {
    workspace.keyPair('id_ed25519', '-N', 'open sesame');
    writeFileSync(`${workspace.home}/.ssh/id_rsa`, 'rubbish');
    const error = await refusal();
    expect([error.code, error.exitCode]).toEqual(['SSH_AUTH', 4]);
    expect(error.message).toContain('there is nothing to log in with as root');
    expect(error.message).toMatch(/id_ed25519: encrypted, no passphrase given/);
    expect(error.message).toMatch(/id_rsa: not understood/);
    expect(error.hint).toContain('ssh-add');
    const wrong = await refusal({ identityFile: `${workspace.home}/.ssh/id_ed25519`, passphrase: 'wrong' });
    expect(wrong.message).toContain('wrong passphrase');
    const missing = await refusal({ identityFile: '~/.ssh/nothing' });
    expect(missing.message).toContain('/.ssh/nothing: no such file');
  });

  it('lists what was tried and what the server accepts', async () => {
    workspace.keyPair('id_ed25519');
    authenticate = (context) => context.reject(['publickey', 'hostbased']);
    const error = await refusal({ password: 'guess' });
    expect(error.message).toMatch(
      /root at 127\.0\.0\.1 port \d+ was refused with key \S+id_ed25519; the server accepts publickey, hostbased\./,
    );
    expect(error.hint).toContain('ssh-copy-id -p');
    expect(JSON.stringify(error) + error.message).not.toContain('guess');
  });

  it('logs in with a password', async () => {
    authenticate = (context) =>
      context.method === 'password' && context.password === 'right'
        ? context.accept()
        : context.reject(['password']);
    await logsIn({ password: 'right' });
    expect((await refusal({ password: 'wrong' })).message).toContain('was refused with password;');
  });

  it('sends a wrong password once, not again as an answer to a question', async () => {
    const passwords: string[] = [];
    authenticate = (context) => {
      if (context.method === 'password') passwords.push(context.password);
      if (context.method !== 'keyboard-interactive')
        return context.reject(['password', 'keyboard-interactive']);
      return context.prompt([{ prompt: 'Password: ', echo: false }], (answers) => {
        passwords.push(...answers);
        context.reject(['password', 'keyboard-interactive']);
      });
    };
    expect((await refusal({ password: 'wrong' })).code).toBe('SSH_AUTH');
    expect(passwords).toEqual(['wrong']);
  });

  it('answers the question for the password', async () => {
    authenticate = (context) => {
      if (context.method !== 'keyboard-interactive') return context.reject(['keyboard-interactive']);
      return context.prompt([{ prompt: 'Passwort: ', echo: false }], ([answer]) =>
        answer === 'right' ? context.accept() : context.reject(),
      );
    };
    await logsIn({ password: 'right' });
  });

  it('puts the question for a one-time password to the operator, and never hangs without one', async () => {
    authenticate = (context) => {
      if (context.method !== 'keyboard-interactive') return context.reject(['keyboard-interactive']);
      return context.prompt(
        [
          { prompt: 'Password: ', echo: false },
          { prompt: 'Verification code: ', echo: false },
        ],
        (answers) => (answers.join(' ') === 'right 123456' ? context.accept() : context.reject()),
      );
    };
    const askOperator = vi.fn(async () => '123456');
    await logsIn({ password: 'right' }, { askOperator });
    expect(askOperator).toHaveBeenCalledWith('node1', 'Verification code: ', false);
    const begin = Date.now();
    expect((await refusal({ password: 'right' })).code).toBe('SSH_AUTH');
    expect(Date.now() - begin).toBeLessThan(2000);
  });

  it('goes on after the first of two factors', async () => {
    workspace.keyPair('id_ed25519');
    let first = false;
    authenticate = (context) => {
      if (context.method === 'publickey' && !first) {
        if (context.signature === undefined) return context.accept();
        first = true;
        return context.reject(['password'], true);
      }
      return first && context.method === 'password' && context.password === 'right'
        ? context.accept()
        : context.reject(first ? ['password'] : ['publickey']);
    };
    await logsIn({ password: 'right' });
  });

  it('uses the keys of an agent, and a key file whose key the agent holds without its passphrase', async () => {
    const file = workspace.keyPair('agent_key');
    allowKey('agent_key');
    const socket = await startAgent(file);
    await logsIn({}, { agent: socket });
    renameSync(file, `${file}.away`);
    writeFileSync(file, '');
    await logsIn({ identityFile: file }, { agent: socket });
  });

  it('goes on with the next key when the agent does not sign', async () => {
    const file = workspace.keyPair('agent_key');
    workspace.keyPair('id_ed25519');
    const socket = await startAgent(file);
    const both = new Map(
      ['agent_key', 'id_ed25519'].map((name) => [workspace.publicKey(name).split(' ')[1], name]),
    );
    const signed: string[] = [];
    authenticate = (context) => {
      if (context.method !== 'publickey') return context.reject(['publickey']);
      const name = both.get(context.key.data.toString('base64')) ?? '';
      if (context.signature !== undefined) signed.push(name);
      // The agent forgets its keys between the question and the signature.
      else if (name === 'agent_key')
        execFileSync('ssh-add', ['-q', '-D'], {
          env: { ...process.env, SSH_AUTH_SOCK: socket },
          stdio: 'ignore',
        });
      return context.accept();
    };
    await logsIn({}, { agent: socket });
    expect(signed).toEqual(['id_ed25519']);
  });

  it('works without the agent when its socket is dead', async () => {
    workspace.keyPair('id_ed25519');
    allowKey('id_ed25519');
    await logsIn({}, { agent: workspace.path('nothing') });
  });

  it('says when the server hangs up in the middle', async () => {
    workspace.keyPair('id_ed25519');
    authenticate = () => server.cut();
    const error = await refusal();
    expect(error.code).toBe('SSH_LOST');
    expect(error.message).toContain('closed the connection while logging in');
  });
});

async function typeSlowly(): Promise<string> {
  await new Promise((resolve) => setTimeout(resolve, 1500));
  return 'open sesame';
}
