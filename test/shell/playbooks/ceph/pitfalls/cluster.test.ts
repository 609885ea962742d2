import { chmod } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { rawScript, sh } from '../../../../../src/shell/script.js';
import { SHELLS } from '../../../run-task.js';
import { changed, recorded } from '../cluster.js';
import { CLUSTER, cephAnswers, proposals, standIns } from './stand-ins.js';

const host = (id: number, name: string, ...children: readonly number[]) => ({
  id,
  type: 'host',
  name,
  children,
});
const osd = (id: number, device_class = 'hdd') => ({
  id,
  type: 'osd',
  name: `osd.${String(id)}`,
  device_class,
});
const rule = (rule_id: number, type: string, item_name = 'default') => ({
  rule_id,
  steps: [
    { op: 'set_chooseleaf_tries', num: 5 },
    { op: 'take', item: -1, item_name },
    { op: 'chooseleaf_firstn', num: 0, type },
    { op: 'emit' },
  ],
});
const RULES = [rule(0, 'host'), rule(1, 'osd'), rule(2, 'host', 'default~ssd')];

function tree(...hosts: readonly ReturnType<typeof host>[]) {
  const ids = hosts.flatMap(({ children }) => children);
  const root = { id: -1, type: 'root', name: 'default', children: hosts.map(({ id }) => id) };
  return { nodes: [root, ...hosts, ...ids.map((id) => osd(id, id > 9 ? 'ssd' : 'hdd'))] };
}

function pools(...words: readonly (readonly [name: string, size: number, rule: number, type?: number])[]) {
  return {
    pools: words.map(([pool_name, size, crush_rule, type = 1]) => ({ pool_name, size, crush_rule, type })),
  };
}

const TWO = tree(host(-2, 'a', 0, 1), host(-3, 'b', 2, 10), host(-4, 'empty'));

describe.each(SHELLS)('$name: the size of pools', (shell) => {
  async function call(map: unknown, nodes: unknown, name = 'probe_pool_size') {
    const { run, program } = await standIns();
    await program('ceph', cephAnswers(map, nodes, RULES));
    return run(shell, CLUSTER, rawScript(name));
  }

  it('is compared with where their rule may put copies, whether the OSDs run or not', async () => {
    const map = pools(['rbd', 3, 0], ['two', 2, 0], ['disks', 3, 1], ['fast', 2, 2], ['none', 3, 9]);
    expect(await call(map, TWO)).toMatchObject({
      code: 1,
      stdout:
        'the pool rbd wants 3 copies, each on another host, and OSDs are on 2 of these\n' +
        'the pool fast wants 2 copies, each on another host, and OSDs are on 1 of these\n' +
        'the pool none wants 3 copies, each on another host, and OSDs are on 2 of these\n',
      stderr: '',
    });
    expect(await call(pools(['two', 2, 0]), TWO)).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect((await call(pools(['rbd', 3, 0]), tree())).code).toBe(0);
  });

  it('of a real cluster: two copies on two disks of one host, where the rule says so', async () => {
    const { run, program } = await standIns();
    const answer = async (map: string) => {
      await program(
        'ceph',
        `cat >/dev/null\ncat <<'ANSWER'\n${map.replaceAll('\n', '')}\n${recorded('osd-tree').replaceAll('\n', '')}\n${JSON.stringify([rule(0, 'osd')])}\nANSWER`,
      );
      return run(shell, CLUSTER, sh`probe_pool_size`);
    };
    expect(await answer(recorded('osd-dump'))).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect((await answer(changed('osd-dump', '.pools[].size = 4'))).code).toBe(1);
  });

  it('is made what there is room for, and never one copy', async () => {
    const cured = await call(
      pools(["it's", 3, 0], ['ok', 2, 0], ['ec', 5, 0, 3], ['one', 3, 2]),
      TWO,
      'cure_pool_size',
    );
    expect(proposals(cured.stdout)).toEqual([
      `ceph --connect-timeout 10 osd pool set 'it'\\''s' size 2 && ceph --connect-timeout 10 osd pool set 'it'\\''s' min_size 1`,
      expect.stringMatching(/^refuse: the pool ec is erasure coded/),
      expect.stringMatching(/^refuse: with one host there would be one copy of one/),
    ]);
    const three = tree(host(-2, 'a', 0), host(-3, 'b', 1), host(-4, 'c', 2));
    expect(proposals((await call(pools(['big', 4, 0]), three, 'cure_pool_size')).stdout)[0]).toContain(
      'size 3 &&',
    );
    expect((await call(pools(['big', 4, 0]), three, 'cure_pool_size')).stdout).toContain('min_size 2');
  });

  it('cannot be told while nobody answers', async () => {
    const { run, program } = await standIns();
    await program('ceph', 'exit 1');
    for (const name of ['probe_pool_size', 'cure_pool_size', 'probe_mds']) {
      expect(await run(shell, CLUSTER, rawScript(name))).toMatchObject({
        code: 2,
        stdout: 'the monitors did not answer\n',
      });
    }
  });
});

describe.each(SHELLS)('$name: metadata servers', (shell) => {
  async function call(answer: unknown) {
    const { run, program } = await standIns();
    await program('ceph', cephAnswers(answer));
    return run(shell, CLUSTER, sh`probe_mds`);
  }
  const fs = (info: Readonly<Record<string, unknown>>) => ({
    standbys: [],
    filesystems: [{ mdsmap: { fs_name: 'cephfs', info: { gid_1: { name: 'a', ...info } } } }],
  });

  it('serve, or are on their way', async () => {
    for (const state of ['up:active', 'up:replay', 'up:creating']) {
      expect(await call(fs({ state }))).toMatchObject({ code: 0, stdout: '', stderr: '' });
    }
    expect((await call(JSON.parse(recorded('fs-dump')))).code).toBe(0);
    expect((await call({ standbys: [], filesystems: [] })).code).toBe(0);
  });

  it('are gone, not heard of, or have nothing to serve', async () => {
    expect(await call(JSON.parse(recorded('fs-dump-no-mds')))).toMatchObject({
      code: 1,
      stdout: 'no metadata server serves the file system cephfs\n',
    });
    expect((await call(fs({ state: 'up:active', laggy_since: '2026-11-21' }))).stdout).toBe(
      'no metadata server serves the file system cephfs; mds.a is up:active, and is not heard of\n',
    );
    expect((await call(fs({ state: 'up:standby-replay' }))).code).toBe(1);
    expect((await call({ standbys: [{ name: 'node1' }], filesystems: [] })).stdout).toBe(
      'mds.node1 may serve a file system, and there is none\n',
    );
  });
});

describe.each(SHELLS)('$name: the admin key', (shell) => {
  it('is nobody’s but its owner’s and the group’s', async () => {
    const { run, path, file } = await standIns();
    const key = path("a 'key'");
    const call = async (mode: number, group: string) => {
      await chmod(key, mode);
      const { stdout } = await run(
        shell,
        CLUSTER,
        sh`stat() { case $3 in %G) echo ${group} ;; *) command stat "$@" ;; esac; }
probe_admin_key ${key} || :
cure_admin_key ${key}`,
      );
      return stdout;
    };
    expect((await run(shell, CLUSTER, sh`probe_admin_key ${key} && cure_admin_key ${key}`)).stdout).toBe('');
    await file(key, 'x');
    expect(await call(0o600, 'root')).toBe('');
    expect(await call(0o640, 'cephops')).toBe('');
    const everybody = await call(0o644, 'root');
    expect(everybody).toContain(`everybody may read ${key}: -rw-r--r--`);
    expect(proposals(everybody)[1]).toBe(`chmod 0600 '${key.replaceAll("'", `'\\''`)}'`);
    expect(proposals(await call(0o644, 'cephops'))[1]).toMatch(/^chmod o-rwx /);
  });
});

describe.each(SHELLS)('$name: monitors', (shell) => {
  async function monitorHost() {
    const made = await standIns();
    const { file, path } = made;
    await file(path('mon/ceph-node1/keyring'), 'x');
    await file(path('mon/ceph-node1/store.db'), '');
    await file(path('mon/ceph-half/keyring'), 'x');
    await file(path('ceph.conf'), 'fsid = x\n');
    await file(path('admin'), 'x');
    const call = (state: string, enabled: boolean, name: readonly string[], more = '') =>
      made.run(
        shell,
        CLUSTER,
        sh`daemon_state() { DAEMON=${state}; }
is_enabled() { ${rawScript(String(enabled))}; }
start_command() { printf 'start %s.%s' "$1" "$2"; }
program_is_damaged() { false; }
${rawScript(more)}
cure_monitors ${[path('mon'), ...name]}
probe_monitors ${[path('ceph.conf'), path('admin'), path('mon'), ...name]}`,
      );
    return { ...made, call };
  }

  it('that are stopped are found at once, and started; one that was taken away is not', async () => {
    const { call, program, calls } = await monitorHost();
    await program('ceph', 'echo {}');
    const stopped = await call('failed', true, []);
    expect(stopped.code).toBe(1);
    expect(stopped.stdout).toContain('mon.node1 of this host does not run: it is failed\n');
    expect(proposals(stopped.stdout)[0]).toBe('start mon.node1');
    expect((await call('inactive', false, ['node1'])).code).toBe(1);
    expect(await calls()).toEqual([]);
    expect(await call('inactive', false, ['node2'])).toMatchObject({ code: 0, stdout: '' });
    expect(await call('active', true, ['node1'])).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect((await call('failed', true, [], 'program_is_damaged() { true; }')).code).toBe(0);
  });

  it('that do not answer are told from other failures', async () => {
    const { call, program } = await monitorHost();
    const says = async (text: string) => {
      await program('ceph', `echo ${text} >&2; exit 1`);
      return call('active', true, ['node1']);
    };
    expect(await says('"[errno 110] RADOS timed out (error connecting to the cluster)"')).toMatchObject({
      code: 1,
      stdout:
        'no monitor answered within 15 s: [errno 110] RADOS timed out (error connecting to the cluster)\n',
    });
    expect((await says('"Error connecting to cluster: TimedOut"')).code).toBe(1);
    expect((await says('"[errno 13] RADOS permission denied"')).code).toBe(2);
    expect((await says('"ceph: error while loading shared libraries: x"')).code).toBe(0);
  });

  it('are not asked for on a host without Ceph', async () => {
    const { run, path, program, calls } = await standIns();
    await program('ceph', 'exit 1');
    const words = [path('ceph.conf'), path('admin'), path('mon'), 'node1'];
    expect((await run(shell, CLUSTER, sh`probe_monitors ${words}`)).code).toBe(0);
    expect(await calls()).toEqual([]);
  });
});

describe.each(SHELLS)('$name: programs', (shell) => {
  const LIBRARY = '/lib/x86_64-linux-gnu/libicudata.so.72';
  const broken = (library: string) =>
    `echo "$0: error while loading shared libraries: ${library}: invalid ELF header" >&2; exit 127`;

  it('that do not start: the package of the library is installed anew', async () => {
    const { run, program, says } = await standIns();
    const call = () =>
      run(
        shell,
        CLUSTER,
        sh`probe_programs rbd ceph-mon no-such-program || :
cure_programs rbd ceph-mon no-such-program`,
      );
    await program('rbd', 'echo ceph version 16.2.15');
    await program('ceph-mon', 'echo ceph version 16.2.15');
    expect((await call()).stdout).toBe('');
    await program('rbd', broken(LIBRARY));
    await program('ceph-mon', broken(LIBRARY));
    await says('dpkg-query', { [`-S /usr${LIBRARY}`]: `libicu72:amd64: /usr${LIBRARY}` });
    const found = await call();
    expect(found.stdout).toContain('invalid ELF header');
    expect(proposals(found.stdout).filter((line) => line.startsWith('DEB'))).toEqual([
      'DEBIAN_FRONTEND=noninteractive apt-get install --reinstall -y libicu72:amd64',
    ]);
    await says('dpkg-query', {});
    expect(proposals((await call()).stdout).at(-1)).toMatch(/^refuse: no package has brought \/lib/);
  });

  it('packages are found by a name alone, and where several share a path', async () => {
    const { run, says } = await standIns();
    await says('dpkg-query', {
      '-S */libx.so.1': 'diversion by dash from: /usr/lib/libx.so.1\nlibx1, libx1-dev: /usr/lib/libx.so.1',
    });
    expect((await run(shell, CLUSTER, sh`package_of libx.so.1`)).stdout).toBe('libx1\n');
  });
});
