import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lines, rawScript, sh } from '../../../../src/shell/script.js';
import { runScript, SHELLS, type TestHost, testHost } from '../../run-task.js';

const source = (name: string) =>
  rawScript(
    readFileSync(new URL(`../../../../playbooks/kubernetes/runtime/${name}`, import.meta.url), 'utf8'),
  );

/** A program of this name comes first in the PATH. */
async function fake(host: TestHost, name: string, script: string): Promise<Record<string, string>> {
  const folder = join(host.base, 'bin');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, name), 0o755);
  return { PATH: `${folder}:/usr/sbin:/usr/bin:/sbin:/bin` };
}

describe.each(SHELLS)('$name: the version of containerd', (shell) => {
  it.each([
    ['containerd github.com/containerd/containerd 1.6.20~ds1 1.6.20~ds1-1+deb12u3', '1\n'],
    ['containerd github.com/containerd/containerd v1.7.24 88bf19b', '1\n'],
    ['containerd containerd.io 1.7.27 05044ec', '1\n'],
    ['containerd github.com/containerd/containerd/v2 v2.0.5 fb4c30d', '2\n'],
    ['containerd containerd.io v2.1.4 75cb2b7', '2\n'],
    ['containerd github.com/containerd/containerd/v2 2.2.1 2.2.1-0ubuntu1', '2\n'],
    ['', ''],
  ])('of "%s"', async (text, major) => {
    const host = await testHost();
    const env = await fake(host, 'containerd', `echo '${text}'`);
    const result = await runScript(shell, host, lines(source('containerd.sh'), sh`containerd_major`), {
      env,
    });
    expect(result).toMatchObject({ code: major === '' ? 1 : 0, stdout: major, stderr: '' });
  });
});

describe.each(SHELLS)('$name: registries of an earlier inventory', (shell) => {
  it('are those of ours that are not declared', async () => {
    const host = await testHost();
    const put = async (name: string, content: string): Promise<void> => {
      await mkdir(join(host.root, name));
      await writeFile(join(host.root, name, 'hosts.toml'), content);
    };
    await put('docker.io', '# Managed by provision.\nserver = "x"\n');
    await put('old.example.com:5000', '# Managed by provision.\nserver = "x"\n');
    await put('theirs.example.com', 'server = "x"\n');
    const stale = (folder: string, ...names: readonly string[]) =>
      runScript(shell, host, lines(source('containerd.sh'), sh`stale_registries ${[folder, ...names]}`));
    expect(await stale(host.root, 'docker.io')).toMatchObject({
      code: 0,
      stdout: `${host.root}/old.example.com:5000/hosts.toml\n`,
      stderr: '',
    });
    expect(await stale(host.root, 'docker.io', 'old.example.com:5000')).toMatchObject({ stdout: '' });
    expect(await stale(join(host.root, 'none'))).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });
});

describe.each(SHELLS)("$name: the cgroup driver of Docker's", (shell) => {
  const check = (host: TestHost, mode: 'look' | 'apply', env: Record<string, string>) =>
    runScript(shell, host, lines(source('cgroup-driver.sh'), sh`check_driver systemd`), { mode, env });

  it('is the one that kubelet gets', async () => {
    const host = await testHost();
    const env = await fake(host, 'docker', 'echo systemd');
    expect(await check(host, 'apply', env)).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(await check(host, 'look', env)).toMatchObject({ code: 0, stdout: '' });
  });

  it('is another, which the stage docker may change in a run', async () => {
    const host = await testHost();
    const env = await fake(host, 'docker', 'echo cgroupfs');
    const seen = await check(host, 'look', env);
    expect(seen).toMatchObject({ code: 0 });
    expect(seen.stdout).toMatch(/^note: Docker now has the cgroup driver cgroupfs/);
    const wrong = await check(host, 'apply', env);
    expect(wrong).toMatchObject({ code: 2 });
    expect(wrong.stdout).toContain(
      'kubelet cgroup driver: "systemd" is different from docker cgroup driver: "cgroupfs"',
    );
  });

  it('cannot be told', async () => {
    const host = await testHost();
    const env = await fake(host, 'docker', 'echo "Cannot connect to the Docker daemon" >&2; exit 1');
    expect(await check(host, 'look', env)).toMatchObject({ code: 0 });
    const result = await check(host, 'apply', env);
    expect(result.code).toBe(2);
    expect(result.stdout).toContain('docker info: Cannot connect');
  });
});
