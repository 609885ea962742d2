import { describe, expect, it } from 'vitest';
import type { CephContext } from '../../../../../playbooks/ceph/context.js';
import { packagesInstallerPlays } from '../../../../../playbooks/ceph/packages-installer/plays.js';
import type { Task } from '../../../../../src/engine/task.js';
import type { Role } from '../../../../../src/inventory/inventory.js';
import { aHost } from '../../fixtures.js';
import { cephContextOf } from '../context.js';

type Outputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

const FSID = 'a1b2c3d4-0000-4000-8000-0123456789ab';
const FOUND = { 'ceph-found': `conf ${FSID}\nmon` };
const KEYS = {
  'ceph-fsid': FSID,
  'ceph-key-mon': 'MONKEY==',
  'ceph-key-client-admin': 'ADMINKEY==',
  'ceph-key-client-bootstrap-osd': 'OSDKEY==',
  'ceph-daemon-keys': 'MGRKEY==\nMDSKEY==',
};

const ROLES: readonly (readonly [string, readonly Role[]])[] = [
  ['node1', ['mon', 'mgr', 'mds', 'osd']],
  ['node2', ['mon', 'osd']],
  ['node3', ['osd']],
];

/** node1 is the admin host. */
function context(outputs: Outputs = {}, changes: Parameters<typeof cephContextOf>[0] = {}): CephContext {
  const hosts = ROLES.map(([name, roles], index) => aHost(name, `10.0.0.1${index + 1}`, roles));
  return {
    ...cephContextOf({ hosts, ...changes, ceph: { installer: 'packages', ...changes.ceph } }),
    outputs: new Map(Object.entries(outputs).map(([name, each]) => [name, new Map(Object.entries(each))])),
  };
}

/** PLAY: ids, for a host. */
function idsOn(name: string, of: CephContext): Readonly<Record<string, readonly string[]>> {
  const plays = packagesInstallerPlays(of).flatMap(({ id, hosts, tasks }) =>
    hosts.filter((host) => host.name === name).map((host) => [id, tasks(host).map((task) => task.id)]),
  );
  return Object.fromEntries(plays) as Readonly<Record<string, readonly string[]>>;
}

function taskOn(name: string, id: string, of: CephContext): Task {
  const tasks = packagesInstallerPlays(of).flatMap((play) =>
    play.hosts.filter((host) => host.name === name).flatMap((host) => play.tasks(host)),
  );
  const found = tasks.find((task) => task.id === id);
  if (found === undefined) throw new Error(`no task ${id} on ${name}`);
  return found;
}

function secretsOf(play: string, name: string, of: CephContext): Readonly<Record<string, string>> {
  const found = packagesInstallerPlays(of).find(({ id }) => id === play);
  const host = found?.hosts.find((each) => each.name === name);
  return host === undefined ? {} : (found?.secrets?.(host) ?? {});
}

describe('the installer "packages"', () => {
  it('makes a new cluster', () => {
    expect(idsOn('node1', context())).toEqual({
      'ceph-beginning': ['ceph-fsid'],
      'ceph-configuration': ['ceph-conf', 'ceph-mon-key'],
      'ceph-keys': [
        'ceph-first-keys',
        'ceph-key-mon',
        'ceph-key-client-admin',
        'ceph-key-client-bootstrap-osd',
      ],
      'ceph-keyrings': ['ceph-admin-key', 'ceph-bootstrap-osd'],
      'ceph-monitors': ['ceph-mon-data', 'ceph-mon-service', 'ceph-mon-joined'],
      'ceph-daemon-keys': ['ceph-quorum', 'ceph-daemon-keys'],
      'ceph-mgrs': ['ceph-mgr-folder', 'ceph-mgr-key', 'ceph-mgr-service'],
      'ceph-mdss': ['ceph-mds-folder', 'ceph-mds-key', 'ceph-mds-service'],
    });
    expect(idsOn('node3', context())).toEqual({
      'ceph-configuration': ['ceph-conf'],
      'ceph-keyrings': ['ceph-bootstrap-osd'],
    });
  });

  it('gives each task an id of its own on each host', () => {
    for (const outputs of [{}, { node1: FOUND }, { node1: FOUND, node2: FOUND }]) {
      for (const [name] of ROLES) {
        const ids = Object.values(idsOn(name, context(outputs))).flat();
        expect(new Set(ids).size).toBe(ids.length);
      }
    }
  });

  it('starts monitors that were made before anything is asked of the cluster', () => {
    const made = context({ node1: FOUND, node2: FOUND });
    expect(idsOn('node2', made)).toMatchObject({
      'ceph-configuration': ['ceph-conf', 'ceph-mon-key', 'ceph-mon-service'],
      'ceph-monitors': ['ceph-mon-data'],
    });
  });

  it('has the others in quorum before a monitor is added, and adds one at a time', () => {
    const adding = context({ node1: FOUND });
    expect(idsOn('node1', adding)['ceph-configuration']).toContain('ceph-mon-quorum');
    expect(idsOn('node2', adding)['ceph-monitors']).toEqual([
      'ceph-mon-data',
      'ceph-mon-service',
      'ceph-mon-joined',
    ]);
    const orderOf = (of: CephContext) =>
      packagesInstallerPlays(of).find(({ id }) => id === 'ceph-monitors')?.order;
    expect(orderOf(adding)).toBe('all');
    const formed = context({ node1: { ...FOUND, 'ceph-formed': 'yes' } });
    expect(orderOf(formed)).toBe('serial');
    const apply = taskOn('node2', 'ceph-mon-data', formed).apply?.source ?? '';
    expect(apply).toContain('wait_until 60');
    // What a plan asks changes with what it finds out, so that an up does what was last found out.
    expect(taskOn('node2', 'ceph-mon-data', formed).check).not.toEqual(
      taskOn('node2', 'ceph-mon-data', adding).check,
    );
  });

  it('lists in a plan what is not known yet', () => {
    expect(taskOn('node3', 'ceph-conf', context()).check.source).toContain('known after ceph-fsid on node1');
    const key = taskOn(
      'node3',
      'ceph-bootstrap-osd',
      context({ node1: { 'ceph-key-client-bootstrap-osd': '' } }),
    );
    expect(key.check.source).toContain('is known after the key has been made on node1');
    expect(key.secrets).toBeUndefined();
  });

  it('keeps a keyring that is there while its key is not known, for the living cluster will tell the same', () => {
    const check = taskOn('node2', 'ceph-admin-key', context({ node2: FOUND })).check.source;
    expect(check).toContain('has_attributes');
    expect(taskOn('node2', 'ceph-admin-key', context()).check.source).not.toContain('has_attributes');
  });

  it('hands keys to those who need them, and no others', () => {
    const known = context({ node1: KEYS });
    const admin = `[client.admin]
\tkey = ADMINKEY==
\tcaps mds = "allow *"
\tcaps mgr = "allow *"
\tcaps mon = "allow *"
\tcaps osd = "allow *"
`;
    expect(secretsOf('ceph-keyrings', 'node1', known)).toEqual({
      'ceph-key-client-admin': admin,
      'ceph-key-client-bootstrap-osd': `[client.bootstrap-osd]
\tkey = OSDKEY==
\tcaps mon = "allow profile bootstrap-osd"
`,
    });
    expect(secretsOf('ceph-mgrs', 'node1', known)).toEqual({
      'ceph-mgr-keyring': '[mgr.node1]\n\tkey = MGRKEY==\n',
    });
    expect(secretsOf('ceph-mdss', 'node1', known)).toEqual({
      'ceph-mds-keyring': '[mds.node1]\n\tkey = MDSKEY==\n',
    });
    expect(Object.values(secretsOf('ceph-monitors', 'node2', known)).join('')).toContain('MONKEY==');
    expect(idsOn('node3', known)['ceph-keyrings']).toEqual(['ceph-bootstrap-osd']);
  });

  it('puts no key into a script', () => {
    const all = context({ node1: { ...KEYS, ...FOUND, 'ceph-mon-key': 'MONKEY==' }, node2: FOUND });
    for (const { hosts, tasks } of packagesInstallerPlays(all)) {
      const text = JSON.stringify(hosts.flatMap((host) => tasks(host)));
      expect(text).not.toMatch(/(MON|ADMIN|OSD|MGR|MDS)KEY==/);
    }
  });

  it('tells its keys as secrets only', () => {
    const outputs = packagesInstallerPlays(context({ node1: FOUND })).flatMap(({ hosts, tasks }) =>
      hosts.flatMap((host) => tasks(host).flatMap(({ output }) => (output === undefined ? [] : [output]))),
    );
    const open = new Set(outputs.filter(({ secret }) => !secret).map(({ name }) => name));
    expect(open).toEqual(new Set(['ceph-fsid', 'ceph-formed']));
  });

  it('lets an admin host that has lost its keys take them with that of a monitor', () => {
    const lost = context({ node2: { ...FOUND, 'ceph-mon-key': 'MONKEY==' } });
    expect(secretsOf('ceph-keys', 'node1', lost)).toEqual({
      'ceph-known-mon-keyring': '[mon.]\n\tkey = MONKEY==\n\tcaps mon = "allow *"\n',
    });
    const apply = taskOn('node1', 'ceph-first-keys', lost).apply?.source ?? '';
    expect(apply).toMatch(/^take_keys \S*\/var\/lib\/ceph\/provision/m);
    expect(apply).not.toMatch(/^make_key \S*\/var/m);
  });

  it('makes monitors that older releases understand', () => {
    const jewel = context({ node1: { ...KEYS } }, { release: 'jewel' });
    const data = taskOn('node2', 'ceph-mon-data', jewel).apply?.source ?? '';
    expect(data).toMatch(/first_map .* no node1 10\.0\.0\.11 node2 10\.0\.0\.12/);
    expect(idsOn('node1', jewel)).not.toHaveProperty('ceph-mgrs');
    expect(taskOn('node1', 'ceph-daemon-keys', jewel).check.source).toContain('ask_entities list');
  });

  it('lets operators of a group read the admin key', () => {
    const ceph = { operatorsGroup: 'ops' };
    const hosts = [aHost('node1', '10.0.0.11', ['mon', 'osd']), aHost('node2', '10.0.0.12', ['osd'])];
    const known = context({ node1: KEYS }, { ceph, hosts });
    expect(idsOn('node1', known)['ceph-configuration']).toContain('ceph-operators-group');
    expect(idsOn('node2', known)['ceph-configuration']).not.toContain('ceph-operators-group');
    expect(taskOn('node1', 'ceph-admin-key', known).apply?.source).toContain('640 root ops');
  });
});
