import { appendFile, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Task } from '../../../src/engine/task.js';
import { rawScript } from '../../../src/shell/script.js';
import { sshAuthorizedKey } from '../../../src/tasks/ssh-authorized-key.js';
import { sudoers } from '../../../src/tasks/sudoers.js';
import { user, type UserOptions } from '../../../src/tasks/user.js';
import { hasProgram } from '../../support/programs.js';
import { runApply, runCheck, runScript, type Shell, SHELLS, testHost } from '../run-task.js';
import { CAN_COPY_ROOT, copiedRoot } from './copied-root.js';
import { ODD_LINE, ODD_NAME } from './lifecycle.js';

const BLOB = 'AAAAC3NzaC1lZDI1NTE5AAAAIO+dQw4w9WgXcQ/abcdefghijklmnopqrstuvwxyz12';
const OTHER = 'AAAAC3NzaC1lZDI1NTE5AAAAIAnOtherKeyThatMustStayWhereItIsAndAsItIs';
const hasVisudo = hasProgram('visudo', '--version');

/** A copy of this machine to which users can be added. */
async function start(shell: Shell) {
  const host = await testHost();
  const { settings, changes } = await copiedRoot(host);
  const run = async (script: string) => {
    const { stdout, stderr } = await runScript(shell, host, rawScript(script), settings);
    return stdout + stderr;
  };
  const check = async (task: Task, code: number) => {
    const before = changes();
    const result = await runCheck(shell, host, task, settings);
    expect(result).toMatchObject({ code, stderr: '' });
    expect(changes()).toBe(before);
    return result.stdout;
  };
  const apply = async (task: Task, code = 0) => {
    const result = await runApply(shell, host, task, settings);
    expect(result.code, result.stdout + result.stderr).toBe(code);
    return result.stdout + result.stderr;
  };
  const cycle = async (task: Task) => {
    const said = await check(task, 1);
    await apply(task);
    expect(await check(task, 0)).toBe('');
    await apply(task);
    expect(await check(task, 0)).toBe('');
    return said;
  };
  return { root: host.root, run, check, apply, cycle };
}

const person = (options: Partial<UserOptions>) => user({ id: 'u', name: 'cephd', ...options });
const rules = (content: string) => sudoers({ id: 's', name: '90-cephd', content });
const key = (line: string) => sshAuthorizedKey({ id: 'k', user: 'cephd', key: line });

describe.skipIf(!CAN_COPY_ROOT).each(SHELLS)('user in $name', (shell) => {
  it('makes a user with a home', async () => {
    const { root, run, cycle } = await start(shell);
    const home = join(root, ODD_NAME.replaceAll(/[:\t\n]/g, ''));
    expect(await cycle(person({ home, shell: '/bin/bash', groups: ['sudo', 'audio'] }))).toBe(
      'user cephd does not exist\n',
    );
    expect(await run('getent passwd cephd | cut -d: -f6-; id -Gn cephd')).toBe(
      `${home}:/bin/bash\ncephd sudo audio\n`,
    );
    expect((await stat(home)).isDirectory()).toBe(true);
  });

  it('changes what differs and takes no group away', async () => {
    const { root, run, cycle, check } = await start(shell);
    await run('groupadd g-1; useradd -M -d /nonexistent -s /bin/sh -G audio cephd');
    const home = join(root, 'home');
    const task = person({ home, shell: '/bin/bash', groups: ['g-1', 'audio', 'video'] });
    expect(await cycle(task)).toBe(`the shell of cephd is /bin/sh, not /bin/bash
the home of cephd is /nonexistent, not ${home}
the home of cephd, ${home}, is missing
cephd is not in the group g-1,video
`);
    expect(await run('id -Gn cephd | tr " " "\\n" | sort | tr "\\n" " "')).toBe('audio cephd g-1 video ');
    expect((await stat(home)).mode & 0o777).toBe(0o700);
    expect(await check(person({}), 0)).toBe('');
  });

  it('makes a system user without a home, in the group of its name', async () => {
    const { run, cycle } = await start(shell);
    await run('groupadd -r cephd');
    await cycle(person({ system: true, shell: '/usr/sbin/nologin' }));
    expect(
      await run('id -Gn cephd; [ "$(id -u cephd)" -lt 1000 ] && echo low; ls -d /home/cephd 2>/dev/null'),
    ).toBe('cephd\nlow\n');
  });

  it('says when a group is missing', async () => {
    const { apply } = await start(shell);
    expect(await apply(person({ groups: ['no-such-group'] }), 2)).toContain('no-such-group');
  });
});

describe.skipIf(!CAN_COPY_ROOT || !hasVisudo).each(SHELLS)('sudoers in $name', (shell) => {
  it('puts rules in place that visudo accepts, and no others', async () => {
    const { run, cycle, check, apply } = await start(shell);
    expect(await cycle(rules("# it's $HOME `id`\ncephd ALL = (ALL) NOPASSWD: ALL"))).toContain(
      '+cephd ALL = (ALL) NOPASSWD: ALL',
    );
    expect(await run('stat -c "%a %U %G" /etc/sudoers.d/90-cephd; ls -A /etc/sudoers.d | grep prov')).toBe(
      '440 root root\n',
    );
    expect(await apply(rules(`cephd ALL = ${ODD_LINE}`), 2)).toContain(
      '/etc/sudoers.d/90-cephd is left as it is: visudo does not accept the new content',
    );
    expect(await run('tail -n 1 /etc/sudoers.d/90-cephd; ls -A /etc/sudoers.d | grep prov')).toBe(
      'cephd ALL = (ALL) NOPASSWD: ALL\n',
    );
    await run('chmod 0644 /etc/sudoers.d/90-cephd');
    expect(await check(rules("# it's $HOME `id`\ncephd ALL = (ALL) NOPASSWD: ALL\n"), 1)).toBe(
      '/etc/sudoers.d/90-cephd: mode is 644, not 440\n',
    );
  });
});

describe.skipIf(!CAN_COPY_ROOT).each(SHELLS)('sshAuthorizedKey in $name', (shell) => {
  const comment = ODD_LINE.replaceAll('\t', ' ').trim();

  it('makes the folder and the file', async () => {
    const { root, run, cycle } = await start(shell);
    await run(`useradd -m -d ${root}/home cephd`);
    expect(await cycle(key(`ssh-ed25519 ${BLOB} ${comment}`))).toBe(
      `cephd does not let the key ${comment} in\n`,
    );
    const file = `${root}/home/.ssh/authorized_keys`;
    expect(await readFile(file, 'utf8')).toBe(`ssh-ed25519 ${BLOB} ${comment}\n`);
    expect(await run(`stat -c "%a %U %G" ${root}/home/.ssh ${file}`)).toBe(
      '700 cephd cephd\n600 cephd cephd\n',
    );
  });

  it('keeps the other keys, and a line that has this key already', async () => {
    const { root, run, cycle, check } = await start(shell);
    await run(`useradd -m -d ${root}/home cephd; mkdir -m 0755 ${root}/home/.ssh`);
    const file = `${root}/home/.ssh/authorized_keys`;
    const theirs = `# ssh-ed25519 ${BLOB} commented out\n  # x ssh-ed25519 ${BLOB}\nssh-ed25519 ${OTHER} a "b" $c\n\ncommand="echo # no" ssh-ed25519 ${OTHER}`;
    await writeFile(file, theirs);
    expect(await cycle(key(`ssh-ed25519 ${BLOB}`))).toContain('does not let the key ssh-ed25519 in');
    expect(await readFile(file, 'utf8')).toBe(`${theirs}\nssh-ed25519 ${BLOB}\n`);
    await writeFile(file, `from="10.0.0.1" ssh-ed25519 ${BLOB} other comment\n`);
    expect(await check(key(`ssh-ed25519 ${BLOB} mine`), 0)).toBe('');
    await run(`chmod 0666 ${file}; chown root ${file}`);
    expect(await cycle(key(`ssh-ed25519 ${BLOB}`))).toBe(
      `${file}: mode is 666, not 600\n${file}: owner is root, not cephd\n`,
    );
  });

  it('does not follow links that the user may have made', async () => {
    const { root, run, check, apply } = await start(shell);
    await run(`useradd -m -d ${root}/home cephd`);
    await mkdir(`${root}/home/.ssh`);
    await writeFile(`${root}/theirs`, 'precious');
    await symlink(`${root}/theirs`, `${root}/home/.ssh/authorized_keys`);
    expect(await check(key(`ssh-ed25519 ${BLOB}`), 2)).toContain('is a link');
    await apply(key(`ssh-ed25519 ${BLOB}`), 2);
    expect(await readFile(`${root}/theirs`, 'utf8')).toBe('precious');
    await appendFile(`${root}/theirs`, '');
  });

  it('differs while the user is not there yet', async () => {
    const { check, apply } = await start(shell);
    expect(await check(key(`ssh-ed25519 ${BLOB}`), 1)).toBe('user cephd does not exist\n');
    expect(await apply(key(`ssh-ed25519 ${BLOB}`), 2)).toBe('user cephd does not exist\n');
  });
});

describe('accounts', () => {
  it('refuse arguments that no host can have', () => {
    for (const name of ['-r', 'a:b', 'a b', '', '$(id)', 'a\nb', '0']) {
      expect(() => person({ name })).toThrow(RangeError);
      expect(() => person({ groups: [name] })).toThrow(RangeError);
      expect(() => sshAuthorizedKey({ id: 'k', user: name, key: `ssh-ed25519 ${BLOB}` })).toThrow(RangeError);
    }
    expect(() => person({ home: 'relative' })).toThrow(RangeError);
    expect(() => person({ home: '/a:b' })).toThrow(RangeError);
    expect(() => person({ shell: '/a\nroot::0:0::/:/bin/sh' })).toThrow(RangeError);
    for (const name of ['a.b', '../x', '', 'a~']) {
      expect(() => sudoers({ id: 's', name, content: '' })).toThrow(RangeError);
    }
    for (const line of [
      '',
      'ssh-ed25519',
      BLOB,
      `ssh-ed25519 ${BLOB}\nssh-rsa ${OTHER}`,
      `ssh-ed25519 A.*`,
    ]) {
      expect(() => key(line)).toThrow(RangeError);
    }
  });
});
