import { describe, expect, it } from 'vitest';
import { rawScript, sh } from '../../../../../src/shell/script.js';
import { SHELLS } from '../../../run-task.js';
import { IMAGES, listOf, proposals, standIns } from './stand-ins.js';

const VOLUMES = 'get --raw=/api/v1/persistentvolumes';
const PODS = 'get --raw=/api/v1/pods';
const NODES = 'get --raw=/api/v1/nodes';

const volume = (
  name: string,
  image: string,
  rbd: Readonly<Record<string, unknown>> = {},
  storage = '1Gi',
) => ({
  metadata: { name },
  spec: {
    rbd: { image, pool: 'mioss', monitors: ['10.0.0.1:6789'], ...rbd },
    capacity: { storage },
    claimRef: { namespace: 'default', name: `${name}c` },
  },
});

describe.each(SHELLS)('$name: images', (shell) => {
  async function cluster(
    kubectl: Readonly<Record<string, unknown>>,
    rbd: Readonly<Record<string, unknown>>,
    conf = '[global]\nmon host = 10.0.0.1,10.0.0.2\n',
  ) {
    const made = await standIns();
    await made.says('kubectl', kubectl);
    await made.says('rbd', rbd);
    const path = await made.file(made.path('ceph.conf'), conf);
    return { ...made, call: (name: string) => made.run(shell, IMAGES, sh`${rawScript(name)} ${path}`) };
  }

  it('that volumes name and that do not exist are made as large as the volume says', async () => {
    const items = [
      volume('a', 'one'),
      volume('b', "tw'o", {}, '1500M'),
      volume('c', 'trashed'),
      volume('d', 'x', { pool: undefined }),
      volume('e', 'foreign', { monitors: ['10.9.9.9:6789'] }),
      volume('f', 'odd', {}, '1e3'),
      { metadata: { name: 'nfs' }, spec: { nfs: {} } },
    ];
    const { call, program, calls } = await cluster({ [VOLUMES]: listOf('PersistentVolume', items) }, {});
    await program(
      'rbd',
      `case $words in
  'ls mioss') printf '%s\\n' one one-more ;;
  'ls rbd') echo "rbd: error opening pool 'rbd': (2) No such file or directory" >&2; exit 2 ;;
  'trash ls mioss') echo '10dffce50ccc trashed' ;;
  *) exit 1 ;;
esac`,
    );
    const missing = (name: string, image: string) =>
      `the volume ${name} names the image mioss/${image}, which does not exist\n`;
    expect(await call('probe_missing_images')).toMatchObject({
      code: 1,
      stdout: `${missing('b', "tw'o")}${missing('c', 'trashed')}${missing('f', 'odd')}the volume d names the image rbd/x, and there is no pool rbd\n`,
      stderr: '',
    });
    expect((await calls()).filter((line) => line.startsWith('rbd'))).toEqual(['rbd ls mioss', 'rbd ls rbd']);
    expect(proposals((await call('cure_missing_images')).stdout)).toEqual([
      `rbd create 'mioss/tw'\\''o' --size 1431`,
      expect.stringMatching(/^refuse: the image trashed is in the trash/),
      expect.stringMatching(/^refuse: the volume f does not say how large/),
      expect.stringMatching(/^refuse: there is no pool rbd/),
    ]);
  });

  it('that all exist, and those that nobody can tell of', async () => {
    const { call, says, calls } = await cluster(
      { [VOLUMES]: listOf('PersistentVolume', [volume('a', 'one')]) },
      { 'ls mioss': 'one' },
    );
    expect(await call('probe_missing_images')).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect((await call('cure_missing_images')).stdout).toBe('');
    await says('rbd', {});
    expect(await call('probe_missing_images')).toMatchObject({
      code: 2,
      stdout: 'rbd ls mioss: asked: ls mioss\n',
    });
    await says('kubectl', { [VOLUMES]: listOf('PersistentVolume', []) });
    const before = (await calls()).length;
    for (const name of ['probe_missing_images', 'probe_locked_images']) {
      expect(await call(name)).toMatchObject({ code: 0, stdout: '' });
    }
    expect((await calls()).length).toBe(before + 2);
  });

  it('with features that the oldest kernel of a node does not map', async () => {
    const node = (kernelVersion: string) => ({ status: { nodeInfo: { kernelVersion } } });
    const items = [volume('a', 'all'), volume('b', 'plain'), volume('c', 'stuck'), volume('d', 'gone')];
    const features = {
      'info mioss/all --format json': {
        features: ['layering', 'exclusive-lock', 'object-map', 'fast-diff', 'deep-flatten', 'data-pool'],
      },
      'info mioss/plain --format json': { features: ['layering', 'exclusive-lock'] },
      'info mioss/stuck --format json': { features: ['layering', 'migrating'] },
      'status mioss/all --format json': { watchers: [] },
    };
    const call = async (kernels: readonly string[], watchers: unknown = []) => {
      const made = await cluster(
        { [VOLUMES]: listOf('PersistentVolume', items), [NODES]: listOf('Node', kernels.map(node)) },
        { ...features, 'status mioss/all --format json': { watchers } },
      );
      return {
        found: await made.call('probe_features'),
        cure: proposals((await made.call('cure_features')).stdout),
      };
    };
    const old = await call(['6.1.0-18-amd64', '4.19.0-26-amd64', '4.9.0-19-amd64']);
    expect(old.found.code).toBe(1);
    expect(old.found.stdout.split('\n').sort()).toEqual([
      '',
      'mioss/all has the features fast-diff object-map deep-flatten, which the kernel 4.9 does not map',
      'mioss/stuck has the features migrating, which the kernel 4.9 does not map',
    ]);
    expect(old.cure).toEqual([
      'rbd feature disable mioss/all fast-diff object-map deep-flatten',
      expect.stringMatching(/^refuse: migrating cannot be taken from mioss\/stuck/),
    ]);
    const used = await call(['3.19.0-25-generic'], { watcher: { address: '10.0.0.3:0/1' } });
    expect(used.found.stdout).toContain('fast-diff object-map exclusive-lock deep-flatten');
    expect(used.cure[0]).toBe('refuse: mioss/all is in use by 10.0.0.3:0/1: end what uses it first.');
    const now = await call(['6.1.0-18-amd64']);
    expect(now.found.stdout).not.toContain('mioss/all');
    expect((await call([])).found).toMatchObject({ code: 0, stdout: '' });
  });

  it('that new ones get, by the kernel of the host and by number or name', async () => {
    const { run, file, path, program } = await standIns();
    await program('rbd', ':');
    const call = async (conf: string, kernel: string) => {
      await file(path('conf'), conf);
      return run(shell, IMAGES, sh`probe_default_features ${[path('conf'), kernel]}`);
    };
    expect((await call('rbd_default_features = 1 #layering\n', '3.19.0-25-generic')).code).toBe(0);
    expect((await call('rbd default features = 5\n', '3.19.0-25-generic')).stdout).toContain(
      'the features 5',
    );
    expect((await call('rbd default features = layering, exclusive-lock\n', '4.9.0-19-amd64')).code).toBe(0);
    expect((await call('rbd default features = layering,object-map\n', '4.9.0-19-amd64')).code).toBe(1);
    expect((await call('[global]\n', '5.2.21')).code).toBe(1);
    expect((await call('[global]\n', '6.1.0-18-amd64')).code).toBe(0);
    expect((await call('rbd default features = 125\n', '6.1.0-18-amd64')).code).toBe(1);
  });
});

describe.each(SHELLS)('$name: locks of images', (shell) => {
  const ADDRESS = '10.47.136.60:0/1864102866';
  const IMAGE = 'mioss/index-api-image';
  const LOCK = { locker: 'client.24128', address: ADDRESS };
  const ID = 'kubelet_lock_magic_node1';
  const node = (name: string, address: string) => ({
    metadata: { name },
    status: { addresses: [{ type: 'InternalIP', address }] },
  });
  const NODES_OF = [node('node1', '10.47.136.60'), node('node2', '10.46.181.146')];
  const pod = (
    name: string,
    nodeName: string,
    phase: string,
    more: Readonly<Record<string, unknown>> = {},
  ) => ({
    metadata: { name, namespace: 'default', ...more },
    spec: { nodeName, volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'pvc' } }] },
    status: { phase },
  });
  const isPod = (each: object): boolean => 'spec' in each;
  const replicated = { ownerReferences: [{ kind: 'ReplicaSet' }] };

  async function call(
    locks: unknown,
    watchers: unknown,
    users: readonly object[] = NODES_OF,
  ): Promise<{ code: number; found: string; cure: readonly string[]; errors: string }> {
    const { run, says, file, path } = await standIns();
    await says('kubectl', {
      [VOLUMES]: listOf('PersistentVolume', [volume('pv', 'index-api-image')]),
      [PODS]: listOf('Pod', users.filter(isPod)),
      [NODES]: listOf(
        'Node',
        users.filter((each) => !isPod(each)),
      ),
    });
    const empty = Array.isArray(locks) ? locks.length === 0 : Object.keys(locks as object).length === 0;
    await says('rbd', {
      'ls -l mioss --format json': [
        { image: 'index-api-image', size: 1, ...(empty ? {} : { lock_type: 'exclusive' }) },
        { image: 'other', size: 1, lock_type: 'exclusive' },
      ],
      [`lock list ${IMAGE} --format json`]: locks,
      [`status ${IMAGE} --format json`]: watchers,
    });
    const conf = await file(path('ceph.conf'), 'mon_host = 10.0.0.1\n');
    const probe = await run(shell, IMAGES, sh`probe_locked_images ${conf}`);
    const cure = await run(shell, IMAGES, sh`cure_locked_images ${conf}`);
    return {
      code: probe.code,
      found: probe.stdout,
      cure: proposals(cure.stdout),
      errors: probe.stderr + cure.stderr,
    };
  }

  const stale = `${IMAGE} is locked by client.24128 of ${ADDRESS} (${ID}), which does not watch it`;
  const removal = `rbd lock remove ${IMAGE} ${ID} client.24128`;

  it('whose holder is gone are taken away, as old and new releases write them', async () => {
    const expected = { code: 1, found: `${stale}\n`, cure: [removal], errors: '' };
    expect(await call({ [ID]: LOCK }, {})).toEqual(expected);
    expect(await call([{ id: ID, ...LOCK }], { watchers: [] })).toEqual(expected);
    const other = { watchers: [{ address: '10.46.181.146:0/1', client: 4 }] };
    expect(await call({ [ID]: LOCK }, other)).toEqual(expected);
    const odd = await call([{ id: "it's $HOME", ...LOCK }], {});
    expect(odd.cure).toEqual([`rbd lock remove ${IMAGE} 'it'\\''s $HOME' client.24128`]);
    const waits = await call({ [ID]: LOCK }, {}, [...NODES_OF, pod('new', 'node2', 'Pending')]);
    expect(waits.found).toBe(`${stale}; the pod default/new waits for it\n`);
    expect(waits.cure).toEqual([removal]);
    const ended = await call({ [ID]: LOCK }, {}, [...NODES_OF, pod('job', 'node1', 'Succeeded')]);
    expect(ended.cure).toEqual([removal]);
  });

  it('that are in use are well, by whichever client of the holder', async () => {
    const well = { code: 0, found: '', cure: [], errors: '' };
    expect(await call({}, {})).toEqual(well);
    expect(await call({ [ID]: LOCK }, { watchers: { watcher: { address: '10.47.136.60:0/77' } } })).toEqual(
      well,
    );
    expect(await call({ [ID]: LOCK }, { watchers: [{ address: 'v1:10.47.136.60:0/77' }] })).toEqual(well);
    expect(await call({ [ID]: LOCK }, {}, [...NODES_OF, pod('api', 'node1', 'Running')])).toEqual(well);
    const elsewhere = [node('node1', '192.168.7.7'), pod('api', 'node1', 'Running')];
    expect(await call({ [ID]: LOCK }, {}, elsewhere)).toEqual(well);
    expect(await call([{ id: 'auto 139643345791728', ...LOCK }], {})).toEqual(well);
    // A roll-out is rbd-rwo-deployment.
    const rolling = [pod('old', 'node1', 'Running', replicated), pod('new', 'node2', 'Pending', replicated)];
    expect(await call({ [ID]: LOCK }, {}, [...NODES_OF, ...rolling])).toEqual(well);
  });

  it('that are in use while another pod waits are explained, and never taken away', async () => {
    const deleted = { ...replicated, deletionTimestamp: '2026-11-21T08:00:00Z' };
    const pods = [pod('old', 'node1', 'Running', deleted), pod('new', 'node2', 'Pending', replicated)];
    const held = await call({ [ID]: LOCK }, {}, [...NODES_OF, ...pods]);
    expect(held.found).toBe(
      `${IMAGE} is locked by client.24128 of ${ADDRESS} (${ID}), where the pod default/old uses it; the pod default/new waits for it\n`,
    );
    expect(held.cure).toEqual([expect.stringMatching(/^refuse: .*the pod default\/old uses it.*Two hosts/)]);
    const watched = await call({ [ID]: LOCK }, { watchers: [{ address: ADDRESS }] }, [
      ...NODES_OF,
      pod('new', 'node2', 'Pending'),
    ]);
    expect(watched.found).toContain('where a client watches it; the pod default/new waits for it');
    expect(watched.cure).toEqual([expect.stringMatching(/^refuse: /)]);
    const unknown = await call([{ id: 'mine', ...LOCK }], {}, [pod('api', 'node9', 'Running')]);
    expect(unknown.found).toContain('is no node; the pod default/api uses it');
    expect(unknown.cure).toEqual([expect.stringMatching(/^refuse: .*Find out which host/)]);
  });
});
