import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { secretData } from '../../../playbooks/ceph/rbd-for-kubernetes.js';
import { catalogue } from '../../../src/pitfalls/catalogue.js';
import { matchPitfall } from '../../../src/pitfalls/match.js';
import {
  type CephLab,
  cephLab,
  expectDone,
  expectNothingToDo,
  HEALTHY,
  PACKAGES_INSTALLED,
} from '../ceph-lab.js';
import type { OsdTree } from '../ceph-state.js';
import { named, provision } from '../provision.js';
import { until } from '../until.js';

const LONG_NAMES = 'long-names.yaml';
const DEPLOY = '/opt/ceph-deploy-2.0.1';
const ID = '"$(cat /var/local/osd0/whoami)"';
/** The end of what an OSD says. Before it can open its log, the journal has it. */
const OSD_LOG = `journalctl --no-pager -q -n 40 -o cat -u ceph-osd@${ID}; tail -n 60 /var/log/ceph/ceph-osd.${ID}.log`;

interface OsdMap {
  readonly osds: readonly { readonly osd: number; readonly up: 0 | 1; readonly up_from: number }[];
}

/** Each failure is made to happen first, in the documented words, and then cured. */
describe('the pitfalls of Ceph', () => {
  let lab: CephLab;

  beforeAll(async () => {
    lab = await cephLab({
      name: 'ceph-pitfalls',
      hosts: 3,
      upTo: HEALTHY,
      change: ({ ceph }) => {
        ceph['pools'] = { kube: {} };
        ceph['images'] = { 'kube/registry': { size: '64M' } };
        ceph['clients'] = { kube: { pools: ['kube'] } };
      },
    });
    await lab.write(LONG_NAMES, ({ ceph }) => {
      const config = ceph['config'] as Record<string, unknown>;
      config['osd max object name len'] = 2048;
      config['osd max object namespace len'] = 256;
    });
  });

  beforeEach(async () => {
    await lab.restore(HEALTHY);
    await lab.untilHealthy();
  });

  afterAll(async () => {
    await lab.destroy();
  });

  /** What a script says, on either output, however it ends. */
  const said = async (host: string, script: string): Promise<string> => {
    const { stdout, stderr } = await lab.exec(host, ['sh', '-c', script]);
    return stdout + stderr;
  };

  const pitfallOf = (text: string): string | undefined => matchPitfall(text.split('\n'), catalogue)?.id;

  /** An OSD is down as soon as it stops; what the next one says in its log comes later. */
  const logShows = async (pitfall: string): Promise<string> => {
    let log = '';
    const told = async (): Promise<boolean> => {
      log = await said('node2', OSD_LOG);
      return pitfallOf(log) !== undefined;
    };
    // What the log says instead is told by what comes next.
    await until(`${pitfall} in the log`, 60, told).catch(() => undefined);
    expect(pitfallOf(log), log).toBe(pitfall);
    return log;
  };

  /** The operator reads which pitfall this is, and what to do. */
  const failsTelling = async (pitfall: string, advice: string, ...words: string[]): Promise<string> => {
    const outcome = await provision(lab.folder, ['up', '--yes', '--output', 'plain', ...words]);
    const told = outcome.stdout + outcome.stderr;
    expect(outcome.code, told).toBe(1);
    expect(told).toContain(`pitfall ${pitfall}`);
    expect(told).toContain(advice);
    return told;
  };

  const isCured = async (...options: string[]): Promise<void> => {
    expectDone(await lab.up('lab.yaml', ...options));
    await lab.untilHealthy();
    expectNothingToDo(await lab.up());
  };

  const osdStatus = async (host: string): Promise<string | undefined> => {
    const id = (await lab.on(host, 'cat /var/local/osd0/whoami')).trim();
    const { nodes } = await lab.ask<OsdTree>('osd tree');
    return nodes.find(({ name }) => name === `osd.${id}`)?.status;
  };

  /** The map since which the OSD is up; 0 while it is down. */
  const startOf = async (host: string): Promise<number> => {
    const id = Number(await lab.on(host, 'cat /var/local/osd0/whoami'));
    const { osds } = await lab.ask<OsdMap>('osd dump');
    const { up = 0, up_from: start = 0 } = osds.find(({ osd }) => osd === id) ?? {};
    return up * start;
  };

  it('ceph-osd-permission: a directory of root cannot be made an OSD; ours is made and kept for ceph', async () => {
    let shown = '';
    // On a busy host ceph-osd may end before it has written what it says.
    await until('what ceph-osd says', 60, async () => {
      shown = await said(
        'node2',
        `mkdir /var/local/shown
        uuid=$(cat /proc/sys/kernel/random/uuid)
        ceph-osd --cluster ceph --mkfs -i 99 --osd-data /var/local/shown --osd-journal /var/local/shown/journal \
          --osd-objectstore filestore --osd-uuid "$uuid" --monmap /var/local/osd0/activate.monmap \
          --setuser ceph --setgroup ceph --no-mon-config -f; rm -rf /var/local/shown`,
      );
      return shown !== '';
    });
    expect(shown).toContain('(13) Permission denied');
    expect(pitfallOf(shown)).toBe('ceph-osd-permission');

    await said('node2', `chown -R root:root /var/local/osd0; systemctl restart ceph-osd@${ID}`);
    await until('the OSD down', 60, async () => (await osdStatus('node2')) === 'down');
    await logShows('ceph-osd-permission');
    await isCured();
  });

  it('ceph-osd-permission: what we cannot know to mend is told', async () => {
    await lab.on('node2', `chmod 0700 /var/local; systemctl restart ceph-osd@${ID} || :`);
    await until('the OSD down', 60, async () => (await osdStatus('node2')) === 'down');
    const told = await failsTelling(
      'ceph-osd-permission',
      'chown -hR ceph:ceph',
      'lab.yaml',
      '--stage',
      'ceph',
    );
    expect(told).toContain('node2: ceph/ceph-osd-0-up failed');
    await lab.on('node2', 'chmod 2775 /var/local');
    await isCured();
  });

  it('ceph-osd-ext4-names, ceph-osd-down-after-activate: started without an error, and down', async () => {
    await lab.on('node2', 'sed -i "/osd max object/d" /etc/ceph/ceph.conf');
    expect((await lab.exec('node2', ['sh', '-c', `systemctl restart ceph-osd@${ID}`])).code).toBe(0);
    await until('the OSD down', 60, async () => (await osdStatus('node2')) === 'down');
    const shown = await logShows('ceph-osd-ext4-names');
    expect(shown).toContain('is unable to support max object name[space] len');
    expect(shown).toContain('(36) File name too long');
    expect(pitfallOf(await lab.on('node1', 'ceph osd tree'))).toBe('ceph-osd-down-after-activate');
    await isCured();
  });

  it('ceph-osd-ext4-names: limits that the inventory makes too long are told', async () => {
    await lab.on('node2', `systemctl stop ceph-osd@${ID}`);
    await failsTelling('ceph-osd-ext4-names', 'osd max object name len = 256', LONG_NAMES, '--stage', 'ceph');
    expect(await osdStatus('node2')).toBe('down');
    await isCured();
  });

  it('ceph-osd-down-after-activate: a daemon that runs is not enough', async () => {
    await lab.on('node1', 'ceph osd set noup');
    await lab.on('node2', `systemctl stop ceph-osd@${ID}`);
    await until('the OSD down', 60, async () => (await osdStatus('node2')) === 'down');
    await lab.on('node2', `systemctl start ceph-osd@${ID}`);
    expect(await lab.on('node2', `systemctl is-active ceph-osd@${ID}`)).toBe('active\n');
    await failsTelling(
      'ceph-osd-down-after-activate',
      'tail -n 40 /var/log/ceph/',
      'lab.yaml',
      '--stage',
      'ceph',
    );
    await lab.on('node1', 'ceph osd unset noup');
    await isCured();
  });

  it('hosts-name-mismatch: an OSD comes back under the name that its host was given', async () => {
    const before = await startOf('node2');
    await lab.on('node2', `hostname iZ25mjza4msZ; systemctl restart ceph-osd@${ID}`);
    const treeHas = async (name: string): Promise<boolean> =>
      (await lab.on('node1', 'ceph osd tree')).includes(`host ${name}`);
    await until('the other name in the tree', 60, () => treeHas('iZ25mjza4msZ'));
    // Until the monitors hear of the restart, they take it for up.
    await until('the OSD up again', 60, async () => (await startOf('node2')) > before);
    expect(pitfallOf((await lab.on('node1', 'ceph osd tree')).trimEnd())).toBe('hosts-name-mismatch');
    await failsTelling('hosts-name-mismatch', 'provision stage hosts', 'lab.yaml', '--stage', 'ceph');
    await isCured();
    expect(await lab.on('node2', 'uname -n')).toBe('node2\n');
    const { nodes } = await lab.ask<OsdTree>('osd tree');
    const used = nodes.filter(({ type, children = [] }) => type === 'host' && children.length > 0);
    expect(used.map(({ name }) => name).toSorted()).toEqual(lab.hosts);
    expect(await treeHas('iZ25mjza4msZ')).toBe(false);
  });

  it('ceph-leftovers: what ceph-deploy says of another configuration, and what we say of another cluster', async () => {
    await lab.on(
      'node2',
      'sed -i "s/^fsid.*/fsid = 11111111-2222-3333-4444-555555555555/" /etc/ceph/ceph.conf',
    );
    const shown = await said(
      'node1',
      `cd /home/cephd/ceph-deploy && runuser -u cephd -- ${DEPLOY}/bin/ceph-deploy config push node2`,
    );
    expect(shown).toContain('config file /etc/ceph/ceph.conf exists with different content');
    expect(pitfallOf(shown)).toBe('ceph-leftovers');
    await failsTelling(
      'ceph-leftovers',
      'provision reset --stage ceph --host node2',
      'lab.yaml',
      '--stage',
      'ceph',
    );
  });

  it('ceph-leftovers: a host with another cluster is refused, reset as it is told, and joins', async () => {
    await lab.restore(PACKAGES_INSTALLED);
    const fsid = '11111111-2222-3333-4444-555555555555';
    await lab.on(
      'node2',
      `printf '[global]\\nfsid = ${fsid}\\nmon host = 10.0.0.1\\n' >/etc/ceph/ceph.conf
      mkdir -p /var/local/osd0 /var/lib/ceph/osd && echo ${fsid} >/var/local/osd0/ceph_fsid
      echo precious >/var/local/osd0/data; ln -s /var/local/osd0 /var/lib/ceph/osd/ceph-7`,
    );
    await failsTelling(
      'ceph-leftovers',
      'provision reset --stage ceph --host node2',
      'lab.yaml',
      '--stage',
      'ceph',
    );
    expect(await lab.on('node2', 'cat /var/local/osd0/data')).toBe('precious\n');
    const words = ['--stage', 'ceph', '--host', 'node2', '--cluster', 'e2e-ceph-pitfalls', 'lab.yaml'];
    const reset = await provision(lab.folder, ['reset', ...words]);
    expect(reset.code, reset.stdout + reset.stderr).toBe(0);
    await isCured();
  });

  /** Clients of Ceph's own cut the newline off; those of the kernel, which a lab has not, refuse the key. */
  it('ceph-secret-newline: echo encodes one more byte than the key has; ours is the key', async () => {
    const key = (await lab.on('node1', 'ceph auth get-key client.kube')).trim();
    const documented = (await lab.on('node1', 'echo "$(ceph auth get-key client.kube)" | base64')).trim();
    expect(Buffer.from(documented, 'base64').toString()).toBe(`${key}\n`);
    expect(secretData(`${key}\n`)).toBe(
      (await lab.on('node1', 'ceph auth get-key client.kube | base64 -w0')).trim(),
    );
    expect(Buffer.from(secretData(`${key}\n`), 'base64').toString()).toBe(key);
    const use = (encoded: string) =>
      `rbd ls kube --id kube --keyring /dev/null --key "$(printf %s '${encoded}' | base64 -d)"`;
    expect(await lab.on('node1', use(secretData(key)))).toBe('registry\n');
  });

  it.each([
    ['empty', ': >"$library.new"', 'file too short'],
    ['overwritten', 'dd if=/dev/zero of="$library.new" bs=64 count=1 conv=notrunc', 'invalid ELF header'],
  ])('ceph-libicu: a library of rbd is %s', async (_, damage, words) => {
    // Daemons that run keep the file that they have loaded; a manager that has just started still loads its modules.
    const loaded = ['sh', '-c', 'ceph rbd task list && ceph telemetry status'];
    await until('the modules of the manager', 60, async () => (await lab.exec('node1', loaded)).code === 0);
    await lab.on(
      'node1',
      `library=$(readlink -f /usr/lib/*/librbd.so.1); cp "$library" "$library.new"
      ${damage} 2>&1; mv "$library.new" "$library"`,
    );
    const shown = await said('node1', 'rbd --version');
    expect(shown).toContain('error while loading shared libraries');
    expect(shown).toContain(words);
    expect(pitfallOf(shown)).toBe('ceph-libicu');
    await failsTelling('ceph-libicu', 'apt-get install --reinstall PACKAGE', 'lab.yaml', '--stage', 'ceph');
    await lab.on(
      'node1',
      `package=$(dpkg -S "$(readlink -f /usr/lib/*/librbd.so.1)" | cut -d: -f1)
      DEBIAN_FRONTEND=noninteractive apt-get -q -y install --reinstall "$package"`,
    );
    expect(await said('node1', 'rbd --version')).toContain('ceph version');
    await isCured();
  });

  it('rbd-image-locked: a lock whose holder is gone keeps others out until it is removed', async () => {
    await lab.on('node2', 'ls /etc/ceph/ceph.client.admin.keyring');
    const lock = (host: string): Promise<string> =>
      said(host, `rbd lock add kube/registry kubelet_lock_magic_${host}`);
    expect(await lock('node2')).toBe('');
    // kubelet's own words for this are among the symptoms; rbd says it so.
    expect(await lock('node3')).toMatch(
      /lock is already held by someone else|\(16\) Device or resource busy/,
    );
    interface Lock {
      readonly id: string;
      readonly locker: string;
      readonly address: string;
    }
    const locks = JSON.parse(await lab.on('node1', 'rbd lock list kube/registry --format json')) as Lock[];
    expect(locks.map(({ id }) => id)).toEqual(['kubelet_lock_magic_node2']);
    const { watchers } = JSON.parse(await lab.on('node1', 'rbd status kube/registry --format json')) as {
      watchers: unknown[];
    };
    expect(watchers).toEqual([]);
    const [held] = locks;
    await lab.on('node1', `rbd lock remove kube/registry ${held?.id} ${held?.locker}`);
    expect(await lock('node3')).toBe('');
    expectNothingToDo(await lab.up());
  });

  it('ceph-deploy-python38: 2.0.1 as it was released fails on every host; ours is changed', async () => {
    const remotes = `$(echo ${DEPLOY}/lib/python3*/site-packages/ceph_deploy/hosts/remotes.py)`;
    await lab.on(
      'node1',
      `sed -i "s/ or getattr(platform, 'linux_distribution', .*/ or platform.linux_distribution/" "${remotes}"
      sha256sum "${remotes}" | grep -q ^4141af59802bd2fbcc5c87813cc9bd14e3f0d5a4491482c1077eefaf3b987fa1`,
    );
    const shown = await said(
      'node1',
      `cd /home/cephd/ceph-deploy && runuser -u cephd -- ${DEPLOY}/bin/ceph-deploy config push node2`,
    );
    expect(shown).toContain("module 'platform' has no attribute 'linux_distribution'");
    expect(pitfallOf(shown)).toBe('ceph-deploy-python38');
    const cured = await lab.up();
    expectDone(cured);
    expect(named(cured.tasks, 'changed')).toEqual(['node1 ceph/ceph-deploy-installed']);
    expect(
      await said(
        'node1',
        `cd /home/cephd/ceph-deploy && runuser -u cephd -- ${DEPLOY}/bin/ceph-deploy --overwrite-conf config push node2`,
      ),
    ).not.toContain('ERROR');
    expectNothingToDo(await lab.up());
  });

  it('ceph-deploy-python38: with a newer remoto it fails with the other text', async () => {
    await lab.on(
      'node1',
      `rm -rf /tmp/newer && cp -a ${DEPLOY} /tmp/newer && find /tmp/newer/bin -type f -exec sed -i 's#${DEPLOY}#/tmp/newer#g' {} +
      /tmp/newer/bin/python -m pip -q install --no-deps remoto==1.2.1 2>&1`,
    );
    const shown = await said(
      'node1',
      'mkdir -p /tmp/begun && chown cephd /tmp/begun && cd /tmp/begun && runuser -u cephd -- /tmp/newer/bin/ceph-deploy new --no-ssh-copykey node1',
    );
    expect(shown).toContain('sequence item 0: expected a bytes-like object, str found');
    expect(pitfallOf(shown)).toBe('ceph-deploy-python38');
  });
});
