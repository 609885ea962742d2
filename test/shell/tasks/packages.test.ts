import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Task } from '../../../src/engine/task.js';
import { rawScript, sh } from '../../../src/shell/script.js';
import { aptRepository } from '../../../src/tasks/apt-repository.js';
import { packages, type PackageWish, type PackagesOptions } from '../../../src/tasks/packages.js';
import { runApply, runCheck, runScript, type Shell, SHELLS, testHost } from '../run-task.js';
import { CAN_COPY_ROOT, copiedRoot } from './copied-root.js';
import { publish, type TestPackage, useOnly } from './package-source.js';

const A1 = { name: 'provision-a', version: '1.0' };
const A2 = { name: 'provision-a', version: '2.0' };
const A3 = { name: 'provision-a', version: '5:3.0~rc-1' };
const B = { name: 'provision-b', version: '1', recommends: 'provision-a' };
const C = { name: 'provision-c', version: '1', depends: 'provision-a' };

/** Holds the lock of dpkg as dpkg does, for some seconds, from when it says so. */
const LOCK_HOLDER = `
open(my $file, '>>', $ARGV[0]) or die;
my $lock = pack('ssx4qqlx4', 1, 0, 0, 0, 0);
fcntl($file, 6, $lock) or die;
open(my $ready, '>', "$ARGV[2]") or die; close($ready); sleep $ARGV[1];`;

function task(install: readonly PackageWish[], options: Partial<PackagesOptions> = {}): Task {
  return packages({ id: 'p', install, lockTimeout: 20, ...options });
}

/** A copy of this machine with one package source, which is empty yet. */
async function start(shell: Shell) {
  const host = await testHost();
  const { settings, changes } = await copiedRoot(host);
  const source = await publish(host);
  await useOnly(shell, host, source, settings);
  const run = async (script: string) => {
    const result = await runScript(shell, host, rawScript(script), settings);
    expect(result.stderr).toBe('');
    return result.stdout;
  };
  return {
    root: host.root,
    source,
    run,
    publish: (...list: readonly TestPackage[]) => publish(host, ...list),
    check: async (each: Task, code: number) => {
      const before = changes();
      const result = await runCheck(shell, host, each, settings);
      expect(result).toMatchObject({ code, stderr: '' });
      expect(changes()).toBe(before);
      return result.stdout;
    },
    apply: async (each: Task, code = 0) => {
      const result = await runApply(shell, host, each, settings);
      expect(result.code, result.stdout + result.stderr).toBe(code);
      return result.stdout;
    },
    installed: async () => {
      const format = '${Package} ${Version} ${db:Status-Abbrev}\\n';
      const told = await run(`dpkg-query -W -f '${format}' 'provision-*' | grep -v ' un '`);
      return told.replaceAll(' \n', '\n');
    },
    /** Another program that installs something for some seconds. */
    /** Comes back when the lock is held, however busy the machine is. */
    holdLock: async (path: string, seconds: number) => {
      await writeFile(join(host.root, 'holder.pl'), LOCK_HOLDER);
      const ready = join(host.root, 'lock-is-held');
      const script = sh`perl ${join(host.root, 'holder.pl')} ${[path, seconds, ready]} >/dev/null 2>&1 &
tries=0
while [ ! -e ${ready} ] && [ "$tries" -lt 100 ]; do tries=$((tries + 1)); sleep 0.1; done
[ -e ${ready} ] && echo held`;
      expect(await run(script.source)).toBe('held\n');
    },
  };
}

describe.skipIf(!CAN_COPY_ROOT).each(SHELLS)('packages in $name', (shell) => {
  it('installs what is missing in one go, once, and nothing that is only recommended', async () => {
    const { publish: offer, check, apply, installed } = await start(shell);
    await offer(A1, B, { name: 'provision-d', version: '1' });
    const wish = task(['provision-b', 'provision-d']);
    expect(await check(wish, 1)).toBe('provision-b is not installed\nprovision-d is not installed\n');
    const said = await apply(wish);
    expect(said.match(/0 upgraded, 2 newly installed/g)).toHaveLength(2); // to download, and to install
    expect(await check(wish, 0)).toBe('');
    expect(await apply(wish)).toBe('');
    expect(await installed()).toBe('provision-b 1 ii\nprovision-d 1 ii\n');
  });

  it('pins versions, up and down, and holds them', async () => {
    const { publish: offer, check, apply, installed } = await start(shell);
    await offer(A1, A2, A3);
    const one = task([{ name: 'provision-a', version: '1.*' }], { hold: true });
    expect(await check(one, 1)).toBe('provision-a is not installed (1.* is wanted)\n');
    await apply(one);
    expect(await check(one, 0)).toBe('');
    expect(await installed()).toBe('provision-a 1.0 hi\n');
    const three = task([{ name: 'provision-a', version: '3.0~*' }]);
    expect(await check(three, 1)).toBe('provision-a is 1.0, not 3.0~*\n');
    await apply(three);
    expect(await installed()).toBe('provision-a 5:3.0~rc-1 hi\n');
    const two = task([{ name: 'provision-a', version: '2.0' }], { hold: false });
    await apply(two);
    expect(await check(two, 0)).toBe('');
    expect(await installed()).toBe('provision-a 2.0 ii\n');
    expect(await check(task(['provision-a'], { hold: true }), 1)).toBe('provision-a is not on hold\n');
    await apply(task(['provision-a'], { hold: true }));
    expect(await check(two, 1)).toBe('provision-a is on hold\n');
    expect(await check(task(['provision-a']), 0)).toBe('');
  });

  it('waits for another program that installs something, and says for which', async () => {
    const { publish: offer, check, apply, holdLock } = await start(shell);
    await offer(B);
    await holdLock('/var/lib/dpkg/lock-frontend', 5);
    const said = await apply(task(['provision-b']));
    expect(said).toMatch(/^waiting for perl \(process \d+\), which holds the lock of the packages\n/);
    await check(task(['provision-b']), 0);
  });

  it('keeps the services of the packages from starting, without systemd', async () => {
    const { root, run, publish: offer, apply } = await start(shell);
    const answers = join(root, 'answers');
    const ask = (name: string) => `/usr/sbin/policy-rc.d ${name} start; echo "${name} $?" >>${answers}`;
    await offer({ ...A1, postinst: `${ask('docker')}\n${ask('other')}\nexit 0` });
    await apply(task(['provision-a'], { maskUnits: ['docker.service', 'docker.socket'] }));
    expect(await run(`cat ${answers}; ls /usr/sbin/policy-rc.d 2>/dev/null || echo gone`)).toBe(
      'docker 101\nother 0\ngone\n',
    );
    // A policy of the operator's is asked about the others, and comes back.
    await run(
      `printf '#!/bin/sh\\nexit 102\\n' >/usr/sbin/policy-rc.d; chmod 0755 /usr/sbin/policy-rc.d; rm ${answers}`,
    );
    await offer({ ...A2, postinst: `${ask('docker.socket')}\n${ask('other')}\nexit 0` });
    const second = task([{ name: 'provision-a', version: '2.0' }], { maskUnits: ['docker.socket'] });
    await apply(second);
    expect(await run(`cat ${answers}; tail -n 1 /usr/sbin/policy-rc.d; ls /usr/sbin | grep -c kept-by`)).toBe(
      'docker.socket 101\nother 102\nexit 102\n0\n',
    );
  });

  it('refuses a host without dpkg', async () => {
    const host = await testHost();
    const result = await runCheck(shell, host, task(['provision-a']), { env: { PATH: host.root } });
    expect(result).toMatchObject({ code: 2, stderr: '' });
    expect(result.stdout).toContain('this host has no dpkg');
  });
});

/** What depends on apt and dpkg more than on the shell. */
describe.skipIf(!CAN_COPY_ROOT).each(SHELLS.slice(0, 1))('packages, further, in $name', (shell) => {
  it('leaves a package that is right alone, although there is a newer one', async () => {
    const { publish: offer, apply, installed } = await start(shell);
    await offer(A1, A2, C);
    await apply(task([{ name: 'provision-a', version: '1.0' }]));
    await apply(task(['provision-a', 'provision-c']));
    expect(await installed()).toBe('provision-a 1.0 ii\nprovision-c 1 ii\n');
  });

  it('ends an installation that was interrupted', async () => {
    const { root, publish: offer, check, apply, installed } = await start(shell);
    const flag = join(root, 'flag');
    await offer({ ...A1, postinst: `[ -e ${flag} ]` }, B);
    expect(await apply(task(['provision-a']), 2)).toContain('the packages could not be installed');
    expect(await check(task(['provision-a']), 1)).toBe(
      'provision-a is only half installed: its installation was interrupted\n',
    );
    await writeFile(flag, '');
    expect(await apply(task(['provision-b']))).toContain(
      'an earlier installation was interrupted: dpkg ends it first',
    );
    expect(await installed()).toBe('provision-a 1.0 ii\nprovision-b 1 ii\n');
  });

  it('installs a package again whose unpacking was cut off, and what others need', async () => {
    const { run, publish: offer, check, apply, installed } = await start(shell);
    await offer(A1, B, C);
    await apply(task(['provision-c']));
    // What dpkg leaves when it is killed at the worst time, and a package removed by force.
    await run(`sed -i '/^Package: provision-c$/,/^$/ s/^Status: .*/Status: install reinstreq half-installed/' /var/lib/dpkg/status
dpkg --force-depends --purge provision-a >/dev/null 2>&1; :`);
    expect(await check(task(['provision-c']), 1)).toContain('only half installed');
    await apply(task(['provision-b']));
    expect(await installed()).toBe('provision-a 1.0 ii\nprovision-b 1 ii\nprovision-c 1 ii\n');
  });

  it.each(['/var/lib/dpkg/lock', '/var/lib/apt/lists/lock', '/var/cache/apt/archives/lock'])(
    'gives up on %s in time',
    async (path) => {
      const { publish: offer, apply, holdLock } = await start(shell);
      await offer(B);
      await holdLock(path, 12);
      expect(await apply(task(['provision-b'], { lockTimeout: 1 }), 2)).toMatch(
        /\nperl \(process \d+\) still holds the lock of the packages; see what it does, then start again\n$/,
      );
    },
  );

  it('fetches the lists when they are old, older than the sources, or lack a package', async () => {
    const { run, source, publish: offer, apply, installed } = await start(shell);
    await offer(A1);
    expect(await apply(task(['provision-a']))).toContain('source ./ Packages');
    await offer({ name: 'provision-d', version: '1' }, B, { name: 'provision-e', version: '1' });
    expect(await apply(task(['provision-d'], { update: false }))).toContain('source ./ Packages');
    expect(await apply(task(['provision-b']))).not.toContain('source ./ Packages');
    const repository = {
      uris: [`file:${source}`],
      suites: ['./'],
      components: [],
      fields: { Trusted: 'yes' },
    };
    const other = aptRepository({ id: 'r', file: '/etc/apt/sources.list.d/other.sources', ...repository });
    await run(`rm /etc/apt/sources.list; sleep 0.1; ${other.apply?.source ?? ''}`);
    await offer({ name: 'provision-e', version: '2' });
    expect(await apply(task(['provision-e']))).toContain('source ./ Packages');
    expect(await installed()).toContain('provision-e 2 ii');
    await run(
      'touch -d "-61 minutes" "$STATE/apt-updated"; touch -d "-2 hours" /etc/apt/sources.list.d/* /etc/apt/sources.list.d',
    );
    await offer(C);
    expect(await apply(task(['provision-c']))).toContain('source ./ Packages');
  });

  it('says which package or version there is not', async () => {
    const { publish: offer, apply } = await start(shell);
    await offer(A1, A2);
    const wish = task(['provision-none', { name: 'provision-a', version: '7.*' }]);
    expect(await apply(wish, 2)).toMatch(
      /\nno package source of this host has provision-none\nno package source of this host has provision-a in version 7\.\*; there are: 2\.0 1\.0\n$/,
    );
  });
});

describe('packages', () => {
  it('refuses arguments that no package has', () => {
    expect(() => task([])).toThrow(RangeError);
    for (const name of ['-y', 'a b', 'A', 'a*', 'a:i386', '', 'a\nb'])
      expect(() => task([name])).toThrow(RangeError);
    for (const version of ['$(id)', '1 2', "'", '1;2']) {
      expect(() => task([{ name: 'aa', version }])).toThrow(RangeError);
    }
    for (const unit of ['docker', '../x.service', 'a b.service']) {
      expect(() => task(['aa'], { maskUnits: [unit] })).toThrow(RangeError);
    }
  });
});
