import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lines, sh, type Script } from '../../../../src/shell/script.js';
import { type ScriptResult, SHELLS, type Shell, testHost, type TestHost } from '../../run-task.js';
import { callFunctions } from '../source.js';

/** A command that prints this, and ends well. */
function says(name: string, answers: Readonly<Record<string, unknown>>): Script {
  const cases = Object.entries(answers).map(
    ([words, answer]) =>
      sh`  ${words}) printf '%s\n' ${typeof answer === 'string' ? answer : JSON.stringify(answer)} ;;`,
  );
  return lines({ source: `${name}() {\n  case "$*" in` }, ...cases, {
    source: '    *) echo "asked: $*" >&2; return 1 ;;\n  esac\n}',
  });
}

function probe(
  shell: Shell,
  host: TestHost,
  answers: Readonly<Record<string, unknown>>,
  call: Script,
): Promise<ScriptResult> {
  const cluster = lines(sh`asks_cluster() { :; }`, says('ceph_cmd', answers));
  return callFunctions('ceph/probes.sh', shell, host, lines(cluster, call));
}

const DUMP = 'osd dump -f json';
const TREE = 'osd tree -f json';

async function folder(...parts: readonly string[]): Promise<string> {
  const path = join(...parts);
  await mkdir(path, { recursive: true });
  return path;
}

describe.each(SHELLS)('$name: probes of a host and its cluster', (shell) => {
  it('OSDs that are down or out', async () => {
    const host = await testHost();
    const osds = (...states: readonly (readonly [number, number])[]) => ({
      [DUMP]: { osds: states.map(([up, isIn], osd) => ({ osd, up, in: isIn })) },
    });
    expect(await probe(shell, host, osds([1, 1]), sh`probe_osds_down`)).toMatchObject({
      code: 0,
      stdout: '',
    });
    expect(await probe(shell, host, osds([1, 1], [0, 1], [0, 0]), sh`probe_osds_down`)).toMatchObject({
      code: 1,
      stdout: 'osd.1 is down and in\nosd.2 is down and out\n',
      stderr: '',
    });
    expect((await probe(shell, host, {}, sh`probe_osds_down`)).code).toBe(0);
  });

  it('pools with more copies than hosts, where that leaves placement groups short', async () => {
    const host = await testHost();
    const node = (name: string, children: readonly number[]) => ({ type: 'host', name, children });
    const answers = (state: string) => ({
      '-s -f json': { pgmap: { pgs_by_state: [{ state_name: state, count: 8 }] } },
      [TREE]: { nodes: [{ type: 'root' }, node('a', [0]), node('b', [1]), node('empty', [])] },
      [DUMP]: {
        pools: [
          { pool_name: 'rbd', size: 3 },
          { pool_name: 'two', size: 2 },
        ],
      },
    });
    expect((await probe(shell, host, answers('active+clean'), sh`probe_pool_size`)).code).toBe(0);
    const found = await probe(shell, host, answers('active+undersized+degraded'), sh`probe_pool_size`);
    expect(found).toMatchObject({
      code: 1,
      stdout: 'the pool rbd wants 3 copies, and OSDs are on 2 host(s)\n',
      stderr: '',
    });
  });

  it('monitors that do not answer, and file systems that nobody serves', async () => {
    const host = await testHost();
    expect(await probe(shell, host, {}, sh`probe_monitors_answer`)).toMatchObject({
      code: 1,
      stdout: 'no monitor answered within 10 s: asked: quorum_status -f json\n',
    });
    const fs = (state: string) => ({
      'fs dump -f json': { filesystems: [{ mdsmap: { fs_name: 'cephfs', info: { gid_1: { state } } } }] },
    });
    expect((await probe(shell, host, fs('up:active'), sh`probe_mds`)).code).toBe(0);
    expect((await probe(shell, host, fs('up:replay'), sh`probe_mds`)).stdout).toContain('cephfs');
    expect((await probe(shell, host, { 'fs dump -f json': { filesystems: [] } }, sh`probe_mds`)).code).toBe(
      0,
    );
  });

  it('who may read the admin key', async () => {
    const host = await testHost();
    const key = join(host.root, 'key');
    const call = (mode: number) =>
      chmod(key, mode).then(() => callFunctions('ceph/probes.sh', shell, host, sh`probe_admin_key ${key}`));
    expect((await callFunctions('ceph/probes.sh', shell, host, sh`probe_admin_key ${key}`)).code).toBe(0);
    await writeFile(key, 'x');
    expect((await call(0o600)).code).toBe(0);
    expect((await call(0o640)).code).toBe(0);
    expect(await call(0o644)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('-rw-r--r--') as string,
    });
  });

  it('leftovers: an OSD of another cluster than the configuration', async () => {
    const host = await testHost();
    const osds = await folder(host.root, 'osd');
    const conf = join(host.root, 'ceph.conf');
    await writeFile(join(await folder(osds, 'ceph-0'), 'ceph_fsid'), 'aaaa-1\n');
    const call = () => callFunctions('ceph/probes.sh', shell, host, sh`probe_leftovers ${[conf, osds]}`);
    expect((await call()).stdout).toContain('says nothing');
    await writeFile(conf, '[global]\n  fsid = aaaa-1\n');
    expect(await call()).toMatchObject({ code: 0, stdout: '' });
    await writeFile(conf, 'fsid=bbbb-2\n');
    expect((await call()).code).toBe(1);
  });

  it('names of objects: a filestore on ext4 without limits, however the keys are written', async () => {
    const host = await testHost();
    const real = await folder(host.root, 'data', 'current');
    const osds = await folder(host.root, 'osd');
    await symlink(join(real, '..'), join(osds, 'ceph-0'));
    const conf = join(host.root, 'ceph.conf');
    const call = (type: string) =>
      callFunctions(
        'ceph/probes.sh',
        shell,
        host,
        sh`stat() { echo ${type}; }
probe_osd_names ${[conf, osds]}`,
      );
    await writeFile(conf, '[osd]\nosd max object name len = 256\n');
    expect((await call('ext2/ext3')).code).toBe(1);
    expect((await call('xfs')).code).toBe(0);
    await writeFile(conf, '[osd]\nosd_max_object_name_len = 256\nosd-max-object namespace len=64\n');
    expect((await call('ext2/ext3')).code).toBe(0);
  });

  it('who owns the directory of an OSD', async () => {
    const host = await testHost();
    const data = await folder(host.root, 'data');
    const osds = await folder(host.root, 'osd');
    await symlink(data, join(osds, 'ceph-0'));
    const call = (user: string) =>
      callFunctions(
        'ceph/probes.sh',
        shell,
        host,
        sh`getent() { :; }
find() { [ "$2" = ${`${osds}/ceph-0`} ] && [ "$*" != ${'x'} ] && [ ${user} = root ] && echo ${data}; }
probe_osd_owner ${osds}`,
      );
    expect((await call('root')).stdout).toBe(`does not belong to the user ceph: ${data}\n`);
    expect((await call('ceph')).code).toBe(0);
  });

  it('features that the kernel cannot map', async () => {
    const host = await testHost();
    const conf = join(host.root, 'ceph.conf');
    await writeFile(conf, '[client]\nrbd_default_features = 1 #layering\n');
    const call = (kernel: string, log = '') =>
      callFunctions(
        'ceph/probes.sh',
        shell,
        host,
        sh`rbd() { :; }
dmesg() { printf '%s\n' ${log}; }
probe_rbd_features ${[conf, kernel]}`,
      );
    expect((await call('3.19.0-25-generic')).code).toBe(0);
    await writeFile(conf, '[client]\nrbd default features = 5\n');
    expect((await call('3.19.0-25-generic')).stdout).toContain('the features 5');
    expect((await call('4.9.0-19-amd64')).code).toBe(0);
    await writeFile(conf, '[global]\n');
    expect((await call('5.2.21')).code).toBe(1);
    expect((await call('6.1.0-18-amd64')).code).toBe(0);
    const line = 'rbd: image foo: image uses unsupported features: 0x38';
    expect(await call('6.1.0', line)).toMatchObject({ code: 1, stdout: `${line}\n` });
  });

  it('a ceph-deploy that this Python cannot run, and a program that does not start', async () => {
    const host = await testHost();
    const packages = join(host.root, 'site-packages');
    const hosts = await folder(packages, 'ceph_deploy', 'hosts');
    const call = () =>
      callFunctions('ceph/probes.sh', shell, host, sh`probe_deploy_python ${[packages, '/nonexistent']}`);
    await writeFile(join(hosts, 'remotes.py'), 'd = platform.linux_distribution()\n');
    expect((await call()).code).toBe(1);
    await writeFile(
      join(hosts, 'remotes.py'),
      'try: platform.linux_distribution()\nexcept AttributeError: pass\n',
    );
    expect((await call()).code).toBe(0);
    const programs = (text: string) =>
      callFunctions(
        'ceph/probes.sh',
        shell,
        host,
        sh`timeout() { echo ${text}; return 127; }
probe_programs sh no-such-program`,
      );
    const broken =
      'rbd: error while loading shared libraries: /usr/lib/x86_64-linux-gnu/libicudata.so.52: invalid ELF header';
    expect(await programs(broken)).toMatchObject({ code: 1, stdout: `${broken}\n` });
    expect((await programs('ceph version 16.2.15')).code).toBe(0);
  });
});

const rbd = (name: string, image: string, more: Readonly<Record<string, unknown>> = {}) => ({
  metadata: { name },
  spec: { rbd: { image, pool: 'mioss', user: 'kube' }, accessModes: ['ReadWriteOnce'], ...more },
});

describe.each(SHELLS)('$name: probes of what Kubernetes was told of Ceph', (shell) => {
  async function call(
    answers: Readonly<Record<string, unknown>>,
    script: Script,
    images: Readonly<Record<string, unknown>> = {},
  ): Promise<ScriptResult> {
    const host = await testHost();
    const fakes = lines(
      sh`asks_kubernetes() { :; }
asks_images() { :; }`,
      says('kubectl_list', answers),
      says('rbd_command', images),
    );
    return callFunctions('ceph/volumes.sh', shell, host, lines(fakes, script));
  }
  const volumes = (...items: readonly unknown[]) => ({ persistentvolumes: { items } });

  it('images that do not exist', async () => {
    const answers = volumes(rbd('a', 'one'), rbd('b', 'two'), {
      metadata: { name: 'nfs' },
      spec: { nfs: {} },
    });
    const missing = sh`rbd_command() {
  [ "$2" = mioss/one ] || { echo 'rbd: error opening image two: (2) No such file or directory'; return 2; }
}
each_rbd_volume image_exists`;
    expect(await call(answers, missing)).toMatchObject({
      code: 1,
      stdout: 'the volume b names the image mioss/two, which does not exist\n',
      stderr: '',
    });
    const unknown = sh`rbd_command() { echo "rbd: couldn't connect to the cluster!"; return 1; }
each_rbd_volume image_exists`;
    expect(await call(answers, unknown)).toMatchObject({ code: 0, stdout: '' });
  });

  it('locks whose holder is gone, as old and new releases write them', async () => {
    const answers = volumes(rbd('index-api-pv', 'index-api-image'));
    const address = '10.47.136.60:0/1864102866';
    const lock = { locker: 'client.24128', address };
    const image = 'mioss/index-api-image';
    const script = sh`each_rbd_volume lock_is_live`;
    const told = (locks: unknown, watchers: unknown) => ({
      [`lock list ${image} --format json`]: locks,
      [`status ${image} --format json`]: watchers,
    });
    const old = { kubelet_lock_magic_node1: lock };
    const stale = {
      code: 1,
      stdout: `${image} is locked by client.24128 of ${address} (kubelet_lock_magic_node1), which does not watch it\n`,
      stderr: '',
    };
    expect(await call(answers, script, told(old, {}))).toMatchObject(stale);
    expect(
      await call(answers, script, told([{ id: 'kubelet_lock_magic_node1', ...lock }], { watchers: [] })),
    ).toMatchObject(stale);
    const other = { watchers: [{ address: '10.46.181.146:0/1', client: 4 }] };
    expect(await call(answers, script, told(old, other))).toMatchObject(stale);
    const live = { watchers: { watcher: { address, client: 24_128, cookie: 1 } } };
    expect(await call(answers, script, told(old, live))).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(await call(answers, script, told({}, {}))).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });

  it('deployments that share a volume for one host', async () => {
    const claim = (name: string) => ({
      volumes: [
        { name: 'v', persistentVolumeClaim: { claimName: name } },
        { name: 'x', emptyDir: {} },
      ],
    });
    const deployment = (name: string, type: string, pvc: string) => ({
      metadata: { name, namespace: 'default' },
      spec: { strategy: { type }, template: { spec: claim(pvc) } },
    });
    const claimRef = { namespace: 'default', name: 'index-api-pvc' };
    const answers = {
      ...volumes(rbd('index-api-pv', 'i', { claimRef }), rbd('free', 'j')),
      deployments: {
        items: [
          deployment('index-api', 'RollingUpdate', 'index-api-pvc'),
          deployment('good', 'Recreate', 'index-api-pvc'),
          deployment('other', 'RollingUpdate', 'nfs'),
          {
            metadata: { name: 'none', namespace: 'default' },
            spec: { strategy: {}, template: { spec: {} } },
          },
        ],
      },
    };
    expect(await call(answers, sh`probe_rwo_deployments`)).toMatchObject({
      code: 1,
      stdout:
        'the deployment default/index-api replaces pods one by one and uses the claim index-api-pvc\n'.replace(
          'claim ',
          'claim default/',
        ),
      stderr: '',
    });
  });

  it('keys that end with a newline; the keys themselves are not shown', async () => {
    const key = 'AQBiKBxYuPXiJRAAsupnTBsURoWzb0k00oM3iQ==';
    const secret = (name: string, text: string, field = 'key') => ({
      metadata: { name, namespace: 'default' },
      data: { [field]: Buffer.from(text).toString('base64') },
    });
    const answers = {
      secrets: {
        items: [
          secret('good', key),
          secret('bad', `${key}\n`),
          secret('csi', `${key}\n`, 'userKey'),
          secret('other', 'password\n'),
          { metadata: { name: 'empty', namespace: 'default' } },
        ],
      },
    };
    const found = await call(answers, sh`probe_secrets`);
    expect(found).toMatchObject({
      code: 1,
      stdout:
        'key of the secret default/bad ends with a newline\nuserKey of the secret default/csi ends with a newline\n',
      stderr: '',
    });
    expect((await call({ secrets: { items: [secret('good', key)] } }, sh`probe_secrets`)).code).toBe(0);
  });
});
