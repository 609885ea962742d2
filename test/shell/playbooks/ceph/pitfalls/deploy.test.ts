import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { rawScript, sh } from '../../../../../src/shell/script.js';
import { SHELLS } from '../../../run-task.js';
import { DEPLOY, proposals, standIns } from './stand-ins.js';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe.each(SHELLS)('$name: deploying', (shell) => {
  it('the user of the daemons that people log in as', async () => {
    const { run, program } = await standIns();
    const call = async (login: string) => {
      await program('getent', `echo ceph:x:64045:64045::/var/lib/ceph:${login}`);
      return run(
        shell,
        DEPLOY,
        sh`probe_daemon_user || :
cure_daemon_user`,
      );
    };
    expect((await call('/usr/sbin/nologin')).stdout).toBe('');
    expect((await call('/bin/false')).stdout).toBe('');
    const found = (await call('/bin/bash')).stdout;
    expect(found).toContain('the user ceph, whom the daemons run as, logs in with /bin/bash\n');
    expect(proposals(found).slice(1)).toEqual(['usermod -s /usr/sbin/nologin ceph']);
    await program('getent', 'exit 2');
    expect((await run(shell, DEPLOY, sh`probe_daemon_user`)).stdout).toBe('');
  });

  it('the user who deploys: there, let in, and root without a password', async () => {
    const { run, program, file, path } = await standIns();
    const conf = path('ceph.conf');
    const probe = () => run(shell, DEPLOY, sh`probe_deploy_user ${[conf, 'cephd']}`);
    const rules = (...lines: readonly string[]) =>
      program(
        'sudo',
        `cat <<'RULES'\nMatching Defaults entries for cephd on node1:\n    env_reset, ${lines[0] ?? ''}\n\nUser cephd may run the following commands on node1:\n${lines
          .slice(1)
          .map((line) => `    ${line}\n`)
          .join('')}RULES`,
      );
    await program('getent', 'exit 2');
    expect((await probe()).code).toBe(0);
    await file(conf, 'fsid = x\n');
    expect((await probe()).stdout).toBe('there is no user cephd, as whom ceph-deploy logs in\n');
    await program('getent', `echo 'cephd:x:1000:1000::${path('home')}:/bin/bash'`);
    await rules('!requiretty', '(ALL : ALL) ALL', '(ALL : ALL) NOPASSWD: ALL');
    expect((await probe()).stdout).toContain('no key may log in as cephd');
    await file(path('home/.ssh/authorized_keys'), 'ssh-ed25519 AAAA\n');
    expect(await probe()).toMatchObject({ code: 0, stdout: '', stderr: '' });
    await rules('use_pty, requiretty', '(ALL : ALL) NOPASSWD: ALL');
    expect((await probe()).stdout).toContain('requiretty');
    await rules('use_pty', '(ALL : ALL) NOPASSWD: ALL', '(ALL : ALL) ALL');
    expect(await probe()).toMatchObject({
      code: 1,
      stdout: 'cephd may not use sudo without a password\n',
    });
    await program('sudo', 'echo "User cephd is not allowed to run sudo on node1."; exit 1');
    expect((await probe()).code).toBe(1);
  });

  it('the admin host: its key, and the hosts that it knows', async () => {
    const { run, program, file, path } = await standIns();
    const conf = await file(path('ceph.conf'), 'fsid = x\n');
    await program('getent', `echo 'cephd:x:1000:1000::${path('home')}:/bin/bash'`);
    const probe = () => run(shell, DEPLOY, sh`probe_deploy_access ${[conf, 'cephd', 'node1', 'node10']}`);
    const known = path('home/.ssh/known_hosts');
    await file(known, 'node10,10.0.0.10 ssh-ed25519 AAAA\n');
    const found = await probe();
    expect(found.stdout).toContain('cephd has no key to log in with');
    expect(found.stdout).toContain('does not know node1\n');
    expect(found.stdout).not.toContain('node10\n');
    await file(path('home/.ssh/id_ed25519'), 'x');
    await file(known, '[node1]:2222,[10.0.0.1]:2222 ssh-ed25519 AAAA\n10.0.0.10,node10 ssh-ed25519 AAAA\n');
    expect(await probe()).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });

  it('a package of ceph-deploy that is too old for the Ceph that is installed', async () => {
    const { run, program } = await standIns();
    const call = async (deploy: string, ceph: string) => {
      await program(
        'dpkg-query',
        `case $words in
  *ceph-deploy) printf %s '${deploy}' ;;
  *ceph-common) printf %s '${ceph}' ;;
esac`,
      );
      const { stdout } = await run(
        shell,
        DEPLOY,
        sh`probe_deploy_package || :
cure_deploy_package`,
      );
      return stdout;
    };
    expect(await call('', 'ii |16.2.15+ds-0+deb12u1')).toBe('');
    expect(await call('rc |1.4.0', 'ii |16.2.15+ds')).toBe('');
    const found = await call('ii |1.4.0-0ubuntu1', '');
    expect(found).toContain('the package ceph-deploy 1.4.0-0ubuntu1 is installed\n');
    expect(proposals(found).slice(1)).toEqual([
      'DEBIAN_FRONTEND=noninteractive apt-get remove -y ceph-deploy',
    ]);
    expect(await call('ii |1.5.38-0ubuntu1', 'ii |2:12.2.13-0ubuntu0.18.04')).toBe('');
    expect(await call('ii |1.5.38-0ubuntu1', 'ii |16.2.15+ds')).toContain('1.5.38');
    expect(await call('ii |2.0.1-0ubuntu1', 'ii |16.2.15+ds')).toBe('');
  });

  it('a ceph-deploy that this Python cannot run is changed when it is the one that is known', async () => {
    const { run, file, path, program } = await standIns();
    const text = 'd = x or platform.linux_distribution\n';
    const folder = path("site 'packages");
    const target = await file(`${folder}/ceph_deploy/hosts/remotes.py`, text);
    const change = "s/platform\\.linux_distribution$/getattr(platform, 'linux_distribution')/";
    const python = (status: number) => program('python3', `exit ${status}`);
    const call = () =>
      run(
        shell,
        DEPLOY,
        sh`probe_deploy_python ${[folder, '/nonexistent']} || :
cure_deploy_python ${[sha256(text), change, folder, '/nonexistent']}`,
      );
    await python(1);
    expect((await call()).stdout).toBe('');
    await python(0);
    const found = (await call()).stdout;
    expect(found).toContain(`${target} calls platform.linux_distribution, which this Python has not\n`);
    const [, command = ''] = proposals(found);
    await run(shell, DEPLOY, rawScript(command));
    expect(await readFile(target, 'utf8')).toBe("d = x or getattr(platform, 'linux_distribution')\n");
    expect((await call()).stdout).toBe('');
    await file(target, `# mine\n${text}`);
    expect(proposals((await call()).stdout)[1]).toMatch(/^refuse: .*not the file of ceph-deploy 2\.0\.1/);
  });

  it('leftovers: an OSD or a folder of another cluster than the configuration', async () => {
    const { run, file, path } = await standIns();
    const conf = path('ceph.conf');
    const call = () =>
      run(shell, DEPLOY, sh`probe_leftovers ${[conf, path('work.conf'), path('osd'), path('data')]}`);
    expect(await call()).toMatchObject({ code: 0, stdout: '', stderr: '' });
    await file(path('osd/ceph-0/ceph_fsid'), 'aaaa-1\n');
    await file(path('data/ceph_fsid'), 'aaaa-1\n');
    expect((await call()).stdout).toContain('says nothing');
    await file(conf, '[global]\n  fsid = aaaa-1\n');
    expect(await call()).toMatchObject({ code: 0, stdout: '' });
    await file(path('data/ceph_fsid'), 'cccc-3\n');
    expect(await call()).toMatchObject({
      code: 1,
      stdout: `${path('data')}/ceph_fsid says cccc-3, ${conf} says aaaa-1\n`,
    });
    await file(path('data/ceph_fsid'), 'aaaa-1\n');
    await file(path('work.conf'), 'fsid=bbbb-2\n');
    expect((await call()).stdout).toBe(`${path('work.conf')} says bbbb-2, ${conf} says aaaa-1\n`);
  });
});
