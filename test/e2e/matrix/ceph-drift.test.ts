import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CephLab, cephLab, expectDone, HEALTHY } from '../ceph-lab.js';
import { named } from '../provision.js';

interface Drift {
  readonly what: string;
  readonly command: string;
  /** Tasks that must be planned and repaired, and no others, by installer. */
  readonly repaired: Readonly<Record<Installer, readonly string[]>>;
}

const INSTALLERS = ['ceph-deploy', 'packages'] as const;
type Installer = (typeof INSTALLERS)[number];

function either(...tasks: readonly string[]): Drift['repaired'] {
  return { 'ceph-deploy': tasks, packages: tasks };
}

/** What is done to node2. */
const DRIFTS: readonly Drift[] = [
  {
    what: 'ceph.conf deleted',
    command: 'rm /etc/ceph/ceph.conf',
    repaired: { 'ceph-deploy': ['node1 ceph/ceph-conf'], packages: ['node2 ceph/ceph-conf'] },
  },
  {
    what: 'a setting of ceph.conf changed',
    command: "sed -i 's/^osd pool default size.*/osd pool default size = 1/' /etc/ceph/ceph.conf",
    repaired: { 'ceph-deploy': ['node1 ceph/ceph-conf'], packages: ['node2 ceph/ceph-conf'] },
  },
  {
    what: 'one monitor of three stopped',
    command: 'systemctl stop ceph-mon@node2',
    repaired: either('node2 ceph/ceph-mon-service'),
  },
  {
    what: 'one monitor no longer starting with the host',
    command: 'systemctl -q disable ceph-mon@node2',
    repaired: either('node2 ceph/ceph-mon-service'),
  },
  {
    what: 'an OSD stopped',
    command: 'systemctl stop "ceph-osd@$(cat /var/local/osd0/whoami)"',
    repaired: either('node2 ceph/ceph-osd-0-up'),
  },
  {
    what: 'files of an OSD given to root',
    command: 'chown root:root /var/local/osd0 /var/local/osd0/keyring',
    repaired: either('node2 ceph/ceph-osd-0-owner'),
  },
  {
    // A daemon that runs writes by this path too, and ends without it, sooner or later.
    what: "the OSD's link gone, and its daemon with it",
    command:
      'id=$(cat /var/local/osd0/whoami); systemctl stop "ceph-osd@$id"; rm "/var/lib/ceph/osd/ceph-$id"',
    repaired: either('node2 ceph/ceph-osd-0-link', 'node2 ceph/ceph-osd-0-up'),
  },
  {
    what: 'the key that brings OSDs deleted',
    command: 'rm /var/lib/ceph/bootstrap-osd/ceph.keyring',
    repaired: either('node2 ceph/ceph-bootstrap-osd'),
  },
  {
    what: 'the admin key readable for everybody',
    command: 'chmod 0644 /etc/ceph/ceph.client.admin.keyring',
    repaired: { 'ceph-deploy': ['node1 ceph/ceph-admin-keyring'], packages: ['node2 ceph/ceph-admin-key'] },
  },
];

describe.each(INSTALLERS)('drift of a cluster by %s', (installer) => {
  let lab: CephLab;

  beforeAll(async () => {
    lab = await cephLab({
      name: `drift-${installer}`.slice(0, 16),
      hosts: 3,
      upTo: HEALTHY,
      change: ({ ceph }) => (ceph['installer'] = installer),
    });
  });

  afterAll(async () => {
    await lab.destroy();
  });

  it.each(DRIFTS)(
    '$what is planned and repaired, and nothing else touched',
    async ({ command, repaired }) => {
      await lab.on('node2', command);
      const plan = await lab.plan();
      expect(named(plan.tasks, 'change')).toEqual(repaired[installer]);
      const up = await lab.up();
      expectDone(up);
      expect(named(up.tasks, 'changed')).toEqual(repaired[installer]);
      await lab.untilHealthy();
      expect(named((await lab.plan()).tasks, 'change')).toEqual([]);
    },
  );
});
