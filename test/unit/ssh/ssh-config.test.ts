import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProvisionError } from '../../../src/errors.js';
import { createSshConfigReader } from '../../../src/ssh/ssh-config.js';

const HAS_SSH = spawnSync('ssh', ['-V']).error === undefined;

describe('the ssh configuration', () => {
  let home: string;
  const path = process.env['PATH'];

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'provision-config-'));
    mkdirSync(join(home, '.ssh'), { mode: 0o700 });
  });
  afterEach(() => {
    process.env['PATH'] = path;
    rmSync(home, { recursive: true, force: true });
  });
  const write = (text: string, name = 'config'): void =>
    writeFileSync(join(home, '.ssh', name), text, { mode: 0o600 });

  it('has defaults where there is none', async () => {
    const config = await createSshConfigReader(home)('node1.example');
    expect(config).toMatchObject({
      hostName: 'node1.example',
      user: undefined,
      port: undefined,
      proxyJump: [],
      identitiesOnly: false,
    });
    expect(config.identityFiles[0]).toBe(join(home, '.ssh/id_ed25519'));
    expect(config.userKnownHostsFiles[0]).toBe(join(home, '.ssh/known_hosts'));
  });

  it('starts no process when no file can matter', async () => {
    write('Host *\n  ControlMaster auto\n  ServerAliveInterval 5\n');
    process.env['PATH'] = '/nowhere';
    expect((await createSshConfigReader(home)('node1')).hostName).toBe('node1');
  });

  const CONFIG = `
Host alias
  HostName 10.0.0.7
  User deploy
  Port 2222
  IdentityFile ~/.ssh/special
  IdentitiesOnly yes
  ProxyJump gate@bastion:2200,second
  UserKnownHostsFile ~/.ssh/other_hosts
  HostKeyAlias theseven
Host *
  User fallback
`;
  const EXPECTED = {
    hostName: '10.0.0.7',
    user: 'deploy',
    port: 2222,
    identitiesOnly: true,
    proxyJump: ['gate@bastion:2200', 'second'],
    hostKeyAlias: 'theseven',
    proxyCommand: undefined,
  };

  it.runIf(HAS_SSH)('is read by ssh itself, in the given home (only where ssh is)', async () => {
    write(CONFIG);
    const read = createSshConfigReader(home);
    const config = await read('alias');
    expect(config).toMatchObject(EXPECTED);
    expect(config.identityFiles).toEqual([join(home, '.ssh/special')]);
    expect(config.userKnownHostsFiles).toEqual([join(home, '.ssh/other_hosts')]);
    expect(await read('node1')).toMatchObject({ hostName: 'node1', user: 'fallback', proxyJump: [] });
  });

  it.runIf(HAS_SSH)('follows Include and Match exec (only where ssh is)', async () => {
    write(`Include ${home}/.ssh/more\nMatch host node1 exec true\n  User matched\n`);
    write('Host node2\n  User included\n', 'more');
    const read = createSshConfigReader(home);
    expect((await read('node1')).user).toBe('matched');
    expect((await read('node2')).user).toBe('included');
  });

  it.runIf(HAS_SSH)('reports a mistake in the file (only where ssh is)', async () => {
    write('Host *\n  NoSuchWord yes\n  User a\n');
    const error: unknown = await createSshConfigReader(home)('node1').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ProvisionError);
    expect(error).toMatchObject({ code: 'SSH_CONFIG', exitCode: 2 });
    expect(String(error)).toContain('node1');
  });

  it('is read without ssh too', async () => {
    write(CONFIG);
    process.env['PATH'] = '/nowhere';
    const config = await createSshConfigReader(home)('alias');
    expect(config).toMatchObject(EXPECTED);
    expect(config.identityFiles).toEqual([join(home, '.ssh/special')]);
    expect((await createSshConfigReader(home)('node1')).user).toBe('fallback');
  });

  it('asks once for each name', async () => {
    write('Host *\n  User a\n');
    const bin = join(home, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'ssh'), `#!/bin/sh\necho asked >> ${home}/asked\necho user b\n`);
    chmodSync(join(bin, 'ssh'), 0o755);
    process.env['PATH'] = `${bin}:${path}`;
    const read = createSshConfigReader(home);
    await Promise.all([read('node1'), read('node1'), read('node1')]);
    expect((await read('node1')).user).toBe('b');
    const { readFileSync } = await import('node:fs');
    expect(readFileSync(join(home, 'asked'), 'utf8')).toBe('asked\n');
  });
});
