import { describe, expect, it } from 'vitest';
import { cephDeployPlays } from '../../../../../playbooks/ceph/ceph-deploy/plays.js';
import { runCephDeploy } from '../../../../../playbooks/ceph/ceph-deploy/run.js';
import type { CephContext } from '../../../../../playbooks/ceph/context.js';
import { cephMembers } from '../../../../../playbooks/ceph/members.js';
import { cephRelease } from '../../../../../playbooks/ceph/releases.js';
import type { Play } from '../../../../../src/engine/play.js';
import type { Task } from '../../../../../src/engine/task.js';
import type { Inventory } from '../../../../../src/inventory/inventory.js';
import { aHost, anInventory, cephSettings } from '../../fixtures.js';

const HOSTS = [
  aHost('node1', '10.0.0.11', ['mon', 'mgr']),
  aHost('node2', '10.0.0.12', ['mon', 'osd']),
  aHost('node3', '10.0.0.13', ['osd', 'mds']),
];
const PUBLIC = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ cephd@node1';
const SSHD = 'port 22\nssh-ed25519 AAAAC3NzaHost';
const BOOTSTRAP = 'AQBsecretBootstrapKeyOfTheCluster==';

/** All that the hosts hand on when everything is set up. */
const HANDED_ON: CephContext['outputs'] = new Map([
  [
    'node1',
    new Map([
      ['ceph-deploy-key', PUBLIC],
      ['ceph-deploy-host-keys', SSHD],
      ['ceph-bootstrap-osd-key', BOOTSTRAP],
    ]),
  ],
  ['node2', new Map([['ceph-deploy-host-keys', SSHD]])],
  ['node3', new Map([['ceph-deploy-host-keys', SSHD]])],
]);

function contextOf(
  changes: Partial<Inventory> = {},
  outputs: CephContext['outputs'] = new Map(),
): CephContext {
  const inventory = anInventory({ hosts: HOSTS, ceph: { ...cephSettings, release: 'pacific' }, ...changes });
  const members = cephMembers(inventory);
  if (members === undefined) throw new Error('no monitor');
  return {
    inventory,
    facts: new Map(),
    outputs,
    members,
    release: cephRelease(inventory.ceph, undefined),
  };
}

function tasksOn(name: string, plays: readonly Play[]): readonly Task[] {
  return plays.flatMap((play) =>
    play.hosts.filter((host) => host.name === name).flatMap((host) => play.tasks(host)),
  );
}

function ids(name: string, context: CephContext): readonly string[] {
  return tasksOn(name, cephDeployPlays(context)).map(({ id }) => id);
}

function find(name: string, id: string, context: CephContext): Task {
  const task = tasksOn(name, cephDeployPlays(context)).find((each) => each.id === id);
  if (task === undefined) throw new Error(`no task ${id}`);
  return task;
}

const ADMIN = [
  'ceph-deploy-user',
  'ceph-deploy-sudo',
  'ceph-deploy-host-keys',
  'ceph-deploy-key',
  'ceph-deploy-authorised',
  'ceph-deploy-known-hosts',
  'ceph-deploy-ssh-config',
  'ceph-deploy-installed',
  'ceph-mon-service',
  'ceph-mgr-service',
  'ceph-deploy-folder',
  'ceph-deploy-new',
  'ceph-deploy-conf',
  'ceph-conf',
  'ceph-mons',
  'ceph-admin-keyring',
  'ceph-mgrs',
  'ceph-mdss',
];

describe('deploying with ceph-deploy', () => {
  it('has the same tasks before anything is known as when all is set up', () => {
    for (const context of [contextOf(), contextOf({}, HANDED_ON)]) {
      expect(ids('node1', context)).toEqual(ADMIN);
      expect(ids('node2', context)).toEqual([
        'ceph-deploy-user',
        'ceph-deploy-sudo',
        'ceph-deploy-host-keys',
        'ceph-deploy-authorised',
        'ceph-mon-service',
        'ceph-bootstrap-osd',
      ]);
      expect(ids('node3', context)).toEqual([
        'ceph-deploy-user',
        'ceph-deploy-sudo',
        'ceph-deploy-host-keys',
        'ceph-deploy-authorised',
        'ceph-mds-service',
        'ceph-bootstrap-osd',
      ]);
    }
  });

  it('says whose output is missing while it is', () => {
    const context = contextOf();
    expect(find('node2', 'ceph-deploy-authorised', context).check.source).toContain(
      'known after ceph-deploy-key on node1',
    );
    expect(find('node1', 'ceph-deploy-known-hosts', context).check.source).toContain(
      'known after ceph-deploy-host-keys on node1',
    );
    expect(find('node3', 'ceph-bootstrap-osd', context).check.source).toContain(
      'known after ceph-mons on node1',
    );
  });

  it('asks the cluster only after what it takes to ask is there', () => {
    for (const { id, after } of tasksOn('node1', cephDeployPlays(contextOf()))) {
      if (!/^ceph-(?:mons|conf|admin-keyring|mgrs|mdss)$/.test(id)) continue;
      expect([id, after]).toEqual([
        id,
        expect.arrayContaining(['ceph-packages', 'ceph-deploy-known-hosts', 'ceph-deploy-installed']),
      ]);
    }
  });

  it('has no managers before luminous', () => {
    const context = contextOf({ ceph: { ...cephSettings, release: 'jewel' } });
    expect(ids('node1', context)).not.toContain('ceph-mgrs');
    expect(ids('node1', context)).not.toContain('ceph-mgr-service');
    expect(find('node1', 'ceph-deploy-installed', context).title).toContain('1.5.39');
  });

  it('starts daemons that were made before the admin host asks the cluster', () => {
    const order = cephDeployPlays(contextOf()).map(({ id }) => id);
    expect(order.indexOf('ceph-services')).toBeLessThan(order.indexOf('ceph-cluster'));
  });

  it('gives the admin key to the operators only where it is', () => {
    const context = contextOf({ ceph: { ...cephSettings, operatorsGroup: 'ops' } });
    expect(ids('node2', context)).toContain('ceph-operators-group');
    expect(ids('node3', context)).not.toContain('ceph-operators-group');
    expect(find('node1', 'ceph-admin-keyring', context).apply?.source).toMatch(
      /push_admin_keys 'node1 node2' 640 ops$/,
    );
  });

  it('keeps the key of OSDs and the password of the proxy out of every script', () => {
    const proxy = {
      http: 'http://me:hidden@proxy.example.com:3128',
      https: undefined,
      noProxy: ['intern'],
    };
    const plays = cephDeployPlays(contextOf({ proxy }, HANDED_ON));
    for (const { name } of HOSTS) {
      for (const { id, title, check, apply, output } of tasksOn(name, plays)) {
        const text = [title, check.source, apply?.source, output?.read.source].join('\n');
        expect([id, text.includes(BOOTSTRAP), text.includes('hidden')]).toEqual([id, false, false]);
      }
    }
    const secrets = plays.flatMap(({ hosts, secrets: of }) => hosts.map((host) => of?.(host) ?? {}));
    expect(secrets).toContainEqual({
      'ceph-bootstrap-osd': `[client.bootstrap-osd]\n\tkey = ${BOOTSTRAP}\n\tcaps mon = "allow profile bootstrap-osd"\n`,
    });
    const { 'ceph-deploy-proxy': variables } = secrets.find((each) => 'ceph-deploy-proxy' in each) ?? {};
    expect(variables).toMatch(
      /^http_proxy=http:\/\/me:hidden@proxy\.example\.com:3128\nno_proxy=.*,intern\n$/,
    );
  });

  it('hands the key of OSDs on as a secret', () => {
    const outputs = tasksOn('node1', cephDeployPlays(contextOf())).flatMap(({ output }) => output ?? []);
    expect(outputs.map(({ name, secret }) => [name, secret])).toEqual([
      ['ceph-deploy-host-keys', false],
      ['ceph-deploy-key', false],
      ['ceph-bootstrap-osd-key', true],
    ]);
  });

  it('begins the cluster on the networks of the inventory, with the fsid that a host has', () => {
    const ceph = { ...cephSettings, publicNetwork: '10.0.0.0/24', clusterNetwork: '10.1.0.0/24' };
    const found = new Map([['node1', new Map([['ceph-found', 'conf 1-2-3']])]]);
    expect(find('node1', 'ceph-deploy-new', contextOf({ ceph }, found)).apply?.source).toMatch(
      /begin_cluster '--fsid 1-2-3 --public-network 10\.0\.0\.0\/24 --cluster-network 10\.1\.0\.0\/24' node1 node2$/,
    );
  });
});

describe('ceph-deploy for other tasks', () => {
  it('runs as the deploy user in the folder of the cluster', () => {
    const { source } = runCephDeploy(contextOf(), ['osd', 'create', '--data', '/dev/sd b', 'node2']);
    expect(source).toContain('DEPLOY_USER=cephd DEPLOY_HOME=/home/cephd DEPLOY_WORK=/home/cephd/ceph-deploy');
    expect(source).toContain('DEPLOY_ROOT=/opt/ceph-deploy-2.0.1');
    expect(source.split('\n').at(-1)).toBe("ceph_deploy osd create --data '/dev/sd b' node2");
  });

  it('can take the configuration of the host that it is about', () => {
    const { source } = runCephDeploy(contextOf(), ['osd', 'create', 'node2'], 'node2');
    expect(source.split('\n').at(-1)).toBe('ceph_deploy_on node2 osd create node2');
  });
});
