import type { Play, Playbook, PlaybookContext } from '../../src/engine/play.js';
import { cephDeployPlays } from './ceph-deploy/plays.js';
import { CEPH_ACCESS } from './told.js';
import { clientTasks } from './clients.js';
import type { CephContext } from './context.js';
import { filesystemTasks } from './filesystem.js';
import { oneCluster } from './found.js';
import { proofPlays } from './health.js';
import { imageTasks } from './images.js';
import { cephMembers } from './members.js';
import { osdPlays } from './osd/plays.js';
import { cephPackages } from './packages.js';
import { packagesInstallerPlays } from './packages-installer/plays.js';
import { pitfalls } from './pitfalls.js';
import { poolTasks } from './pools.js';
import { preflight } from './preflight.js';
import { cephRelease } from './releases.js';
import { packageSource } from './package-source.js';
import { reset } from './reset.js';
import { status } from './status.js';

/** Hosts with the roles of Ceph become one healthy cluster, with the pools, images and clients of the inventory. */
export const ceph: Playbook = {
  stage: 'ceph',
  title: 'Ceph: monitors, managers, OSDs, pools, CephFS',
  needs: ['hosts'],
  hosts: (inventory) => cephMembers(inventory)?.all ?? [],
  plays: (context) => {
    const own = cephContext(context);
    return own === undefined ? [] : plays(own);
  },
  pitfalls,
  reset,
  status,
  access: CEPH_ACCESS,
};

/** undefined when the inventory has no Ceph. */
export function cephContext(context: PlaybookContext): CephContext | undefined {
  const members = cephMembers(context.inventory);
  if (members === undefined) return undefined;
  const release = cephRelease(context.inventory.ceph, context.facts.get(members.admin.name));
  return { ...context, members, release };
}

function plays(context: CephContext): readonly Play[] {
  const { members } = context;
  return [
    {
      id: 'ceph-preflight',
      title: 'What must be true before anything is changed',
      hosts: members.all,
      tasks: (host) => preflight(host, context),
    },
    {
      id: 'ceph-packages',
      title: 'The packages of Ceph',
      hosts: members.all,
      tasks: (host) => [
        oneCluster(host, context, members),
        ...packageSource(host, context),
        cephPackages(host, context),
      ],
    },
    ...clusterPlays(context),
    ...osdPlays(context),
    {
      id: 'ceph-contents',
      title: 'Pools, file system, images, clients',
      hosts: [members.admin],
      tasks: () => [
        ...poolTasks(context),
        ...filesystemTasks(context),
        ...imageTasks(context),
        ...clientTasks(context),
      ],
    },
    ...proofPlays(context),
  ];
}

/** Configuration, keys, monitors, managers and metadata servers; both ways end in the same state. */
function clusterPlays(context: CephContext): readonly Play[] {
  return context.inventory.ceph.installer === 'ceph-deploy'
    ? cephDeployPlays(context)
    : packagesInstallerPlays(context);
}
