import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type E2eLab, e2eLab } from '../lab.js';
import { named, parseJson, provision, provisionJson, startProvision } from '../provision.js';
import { until } from '../until.js';

describe('faults on three fresh hosts', () => {
  let lab: E2eLab;
  const up = ['up', 'lab.yaml', '--to', 'docker', '--yes', '--output', 'json'];

  beforeAll(async () => {
    lab = await e2eLab('faults', 3);
    await lab.snapshot();
  });

  beforeEach(async () => {
    await lab.restore();
  });

  afterAll(async () => {
    await lab.destroy();
  });

  /** Facts and checks ask dpkg, too, for a moment. */
  const dpkgInstalls = async (host: string): Promise<boolean> =>
    (await lab.exec(host, ['pgrep', '-f', '^/usr/bin/dpkg .*--(unpack|configure)'])).code === 0;

  /** Packages are small, and what is to happen in the middle of one must not depend on how quick the machine is. */
  const slowPackages = async (host: string): Promise<void> => {
    const { code } = await lab.exec(host, [
      'sh',
      '-c',
      "echo pre-invoke='sleep 10' >/etc/dpkg/dpkg.cfg.d/slow",
    ]);
    expect(code).toBe(0);
  };

  const converged = async (): Promise<void> => {
    const again = await provisionJson(lab.folder, ['up', 'lab.yaml', '--to', 'docker', '--yes']);
    expect(named(again.tasks, 'changed', 'failed', 'skipped', 'unknown')).toEqual([]);
    expect(again.code).toBe(0);
  };

  it('one host of three is powered off: the others finish their play', async () => {
    await lab.powerOff('node2');
    const outcome = await provisionJson(lab.folder, ['up', 'lab.yaml', '--to', 'docker', '--yes']);
    expect(outcome.code).toBe(4);
    expect(outcome.summary.unreachable).toBe(1);
    expect(named(outcome.tasks, 'failed')).toEqual([]);
    const done = new Set(outcome.tasks.filter(({ status }) => status === 'changed').map(({ host }) => host));
    expect(done).toEqual(new Set(['node1', 'node3']));
    await lab.powerOn('node2');
    expect((await provisionJson(lab.folder, ['up', 'lab.yaml', '--to', 'docker', '--yes'])).code).toBe(0);
    await converged();
  });

  it('the connection is cut for 20 s in the middle of a package installation: the run ends well', async () => {
    const run = startProvision(lab.folder, up);
    await until('dpkg at work on node1', 240, () => dpkgInstalls('node1'));
    await lab.cutNetwork('node1');
    await sleep(20_000);
    await lab.healNetwork('node1');
    const outcome = parseJson(await run.ended);
    expect(outcome.code).toBe(0);
    const ids = outcome.tasks.map(({ host, stage, play, task }) => `${host} ${stage} ${play} ${task}`);
    expect(new Set(ids).size).toBe(ids.length);
    const perHost = lab.hosts.map((host) => outcome.tasks.filter((task) => task.host === host).length);
    expect(new Set(perHost).size).toBe(1);
    expect((await lab.exec('node1', ['dpkg', '--audit'])).stdout).toBe('');
    await converged();
  });

  it('the controller is killed in the middle: the host ends its play, and the next up finishes', async () => {
    const run = startProvision(lab.folder, up);
    await until('dpkg at work on node1', 240, () => dpkgInstalls('node1'));
    run.child.kill('SIGKILL');
    await run.ended;
    const next = parseJson(await provision(lab.folder, up));
    expect(next.code).toBe(0);
    expect((await lab.exec('node1', ['dpkg', '--audit'])).stdout).toBe('');
    await converged();
  });

  it('two controllers at once: the second is told who holds the cluster', async () => {
    const first = startProvision(lab.folder, up);
    await until('the first run at work', 120, async () => first.printed().includes('"changed"'));
    const second = await provision(lab.folder, up);
    expect(second.code).toBe(6);
    expect(second.stderr).toContain(`process ${first.child.pid}`);
    expect((await first.ended).code).toBe(0);
  });

  it('two controllers from different folders: the second is told who holds the host', async () => {
    const first = startProvision(lab.folder, up);
    await until('dpkg at work on node1', 240, () => dpkgInstalls('node1'));
    const elsewhere = await lab.otherFolder();
    const second = await provision(elsewhere, up);
    expect(second.code).toBe(6);
    expect(second.stderr + second.stdout).toContain(`process ${first.child.pid}`);
    expect((await first.ended).code).toBe(0);
  });

  it('Ctrl-C once: the running task ends, the host goes on, and the run can be watched again', async () => {
    await slowPackages('node1');
    const run = startProvision(lab.folder, [
      'up',
      'lab.yaml',
      '--to',
      'docker',
      '--yes',
      '--output',
      'plain',
    ]);
    await until('dpkg at work on node1', 240, () => dpkgInstalls('node1'));
    run.child.kill('SIGINT');
    const outcome = await run.ended;
    expect(outcome.code).toBe(130);
    expect(outcome.stdout + outcome.stderr).toContain('--attach');
    await provision(lab.folder, ['up', 'lab.yaml', '--attach']);
    expect((await provision(lab.folder, up)).code).toBe(0);
    expect((await lab.exec('node1', ['dpkg', '--audit'])).stdout).toBe('');
  });

  it('Ctrl-C twice: the program ends at once, and up --attach watches the play to its end', async () => {
    await slowPackages('node1');
    const run = startProvision(lab.folder, [
      'up',
      'lab.yaml',
      '--to',
      'docker',
      '--yes',
      '--output',
      'plain',
    ]);
    await until('dpkg at work on node1', 240, () => dpkgInstalls('node1'));
    run.child.kill('SIGINT');
    await until('the first answer', 10, async () => run.printed().includes('--attach'));
    run.child.kill('SIGINT');
    expect((await run.ended).code).toBe(130);
    expect(await dpkgInstalls('node1')).toBe(true);

    const attached = await provisionJson(lab.folder, ['up', 'lab.yaml', '--attach']);
    expect(attached.code).toBe(0);
    expect(named(attached.tasks, 'changed')).toContain('node1 hosts/base-packages');
    const whole = attached.tasks.filter(({ host }) => host === 'node1').at(-1);
    expect(whole).toMatchObject({ play: 'base', task: 'kernel-settings' });
    expect(await dpkgInstalls('node1')).toBe(false);
    expect((await provision(lab.folder, up)).code).toBe(0);
  });

  it('another process holds the dpkg lock for 15 s: the run waits and says for whom', async () => {
    const holder = lab.exec('node1', [
      'perl',
      '-e',
      'use Fcntl; open(F, ">>", "/var/lib/dpkg/lock-frontend"); my $lock = pack("ssx4qqi", F_WRLCK, 0, 0, 0, 0); fcntl(F, F_SETLK, $lock) or die; sleep 15',
    ]);
    const outcome = await provision(lab.folder, [
      'up',
      'lab.yaml',
      '--to',
      'docker',
      '--yes',
      '--output',
      'plain',
    ]);
    expect((await holder).code).toBe(0);
    expect(outcome.code).toBe(0);
    expect(outcome.stdout).toMatch(/lock.*perl|perl.*lock/i);
  });

  it("the user's own keys in daemon.json survive, and the first replacement keeps a copy", async () => {
    const own =
      '{"debug": true, "log-opts": {"labels": "team"}, "insecure-registries": ["own.example:5000"]}';
    await lab.exec('node1', [
      'sh',
      '-c',
      `mkdir -p /etc/docker && printf '%s' '${own}' >/etc/docker/daemon.json`,
    ]);
    expect((await provision(lab.folder, up)).code).toBe(0);
    const merged = JSON.parse((await lab.exec('node1', ['cat', '/etc/docker/daemon.json'])).stdout) as object;
    expect(merged).toMatchObject({ debug: true, 'log-opts': { labels: 'team' } });
    const copy = await lab.exec('node1', [
      'sh',
      '-c',
      'cat /var/lib/provision/backup/*/etc/docker/daemon.json',
    ]);
    expect(copy.stdout).toBe(own);
  });

  it('a half-configured dpkg is repaired', async () => {
    await lab.exec('node1', [
      'sh',
      '-c',
      "printf '#!/bin/sh\\nexit 1\\n' >/var/lib/dpkg/info/sudo.postinst; dpkg-reconfigure sudo; sed -i '/^Package: sudo$/,/^$/s/^Status: .*/Status: install ok half-configured/' /var/lib/dpkg/status; printf '#!/bin/sh\\nexit 0\\n' >/var/lib/dpkg/info/sudo.postinst",
    ]);
    expect((await lab.exec('node1', ['dpkg', '--audit'])).stdout).toContain('sudo');
    expect((await provision(lab.folder, up)).code).toBe(0);
    expect((await lab.exec('node1', ['dpkg', '--audit'])).stdout).toBe('');
  });
});

describe('ways to be refused, and ways in', () => {
  let lab: E2eLab;
  let inventory: string;

  beforeAll(async () => {
    lab = await e2eLab('access', 2);
    inventory = await readFile(join(lab.folder, 'lab.yaml'), 'utf8');
  });

  afterAll(async () => {
    await lab.destroy();
  });

  const planWith = async (change: (text: string) => string, args: readonly string[] = []) => {
    await writeFile(join(lab.folder, 'other.yaml'), change(inventory));
    return provision(lab.folder, ['plan', 'other.yaml', '--to', 'docker', ...args]);
  };

  it('a wrong host key is refused', async () => {
    const wrong = `SHA256:${'A'.repeat(43)}`;
    const outcome = await planWith((text) => text.replace(/SHA256:[A-Za-z0-9+/]{43}/, wrong));
    expect(outcome.code).toBe(5);
    expect(outcome.stderr + outcome.stdout).toContain(wrong);
  });

  it('a changed host key is refused, also with --accept-new-host-keys', async () => {
    const knownHosts = join(lab.folder, 'known_hosts');
    const unpinned = (text: string): string =>
      text
        .replaceAll(/,? *hostKey: *"?SHA256:[A-Za-z0-9+/]{43}"?/g, '')
        .replace(/^ssh:\s*\{/m, `ssh: { knownHostsFile: ${knownHosts}, `);
    expect((await planWith(unpinned, ['--host', 'node1'])).code).toBe(5);
    expect((await planWith(unpinned, ['--host', 'node1', '--accept-new-host-keys'])).code).toBe(0);
    await lab.exec('node1', [
      'sh',
      '-c',
      'rm /etc/ssh/ssh_host_*; ssh-keygen -A >/dev/null; systemctl restart ssh',
    ]);
    const outcome = await planWith(unpinned, ['--host', 'node1', '--accept-new-host-keys']);
    expect(outcome.code).toBe(5);
    expect(outcome.stderr + outcome.stdout).toMatch(/changed/i);
  });

  it('sudo asks for a password: it is used when given, and asked for when not', async () => {
    const asLocked = (text: string): string => text.replace(/user: root/, 'user: locked');
    const refused = await planWith(asLocked, ['--host', 'node2']);
    expect(refused.code).not.toBe(0);
    expect(refused.stderr + refused.stdout).toContain('sudoPassword');
    const given = (text: string): string =>
      asLocked(text).replace(/user: locked/, `user: locked, sudoPassword: "\${env:SUDO_PW}"`);
    await writeFile(join(lab.folder, 'sudo.yaml'), given(inventory));
    const run = ['plan', 'sudo.yaml', '--to', 'docker', '--host', 'node2'];
    expect((await provision(lab.folder, run, { SUDO_PW: lab.lockedPassword })).code).toBe(0);
    const wrong = await provision(lab.folder, run, { SUDO_PW: 'wrong-password' });
    expect(wrong.code).not.toBe(0);
    expect(wrong.stderr + wrong.stdout).not.toContain('wrong-password');
  });

  it('a host is reached through a jump host', async () => {
    const knownHosts = join(lab.folder, 'known_hosts_jump');
    const through = (text: string): string =>
      text
        .replace(/^ssh: \{/m, `ssh: { knownHostsFile: ${knownHosts},`)
        .replace(/(node2:[^\n]*ssh: \{)/, `$1 proxyJump: "root@${lab.address('node1')}",`);
    const outcome = await planWith(through, [
      '--host',
      'node2',
      '--accept-new-host-keys',
      '--output',
      'json',
    ]);
    expect(outcome.code).toBe(0);
  });
});

describe('a secret of the inventory', () => {
  it('is found nowhere on disk, in logs or in ps, during and after a run', async () => {
    const lab = await e2eLab('secret', 1);
    const secret = 'S3cr3t-pr0xy-pw';
    try {
      const inventory = await readFile(join(lab.folder, 'lab.yaml'), 'utf8');
      const text = inventory.replace(/user: root/, `user: locked, sudoPassword: "\${env:PW}"`);
      await writeFile(join(lab.folder, 'lab.yaml'), text);
      await lab.exec('node1', ['sh', '-c', `echo 'locked:${secret}' | chpasswd`]);
      const run = startProvision(
        lab.folder,
        ['up', 'lab.yaml', '--to', 'docker', '--yes', '--output', 'plain'],
        {
          PW: secret,
        },
      );
      let seen = '';
      while (run.child.exitCode === null) {
        const look = `ps -eo args | grep -F '${secret}' | grep -v grep; grep -rlF '${secret}' /etc /var /tmp /root /home /run 2>/dev/null`;
        seen += (await lab.exec('node1', ['sh', '-c', look])).stdout;
        await sleep(1000);
      }
      const outcome = await run.ended;
      expect(outcome.code).toBe(0);
      expect(seen).toBe('');
      expect(outcome.stdout + outcome.stderr).not.toContain(secret);
      const records = await provision(lab.folder, ['exec', 'lab.yaml', '--', 'true'], { PW: secret });
      expect(records.stdout).not.toContain(secret);
      expect(await lab.grepController(secret)).toBe('');
    } finally {
      await lab.destroy();
    }
  });
});
