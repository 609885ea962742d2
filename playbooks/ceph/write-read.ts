import { readFileSync } from 'node:fs';
import type { Task } from '../../src/engine/task.js';
import { lines, rawScript, type Script, sh } from '../../src/shell/script.js';
import { provenOnce } from '../proven-once.js';
import { AFTER_PACKAGES, ASK } from './ask.js';
import { clusterKey } from './cluster-key.js';
import type { CephContext } from './context.js';
import { filesystemPools } from './filesystem-pools.js';
import { FILESYSTEM } from './filesystem.js';
import { poolIds, poolsOf } from './pools.js';

const FUNCTIONS = lines(ASK, rawScript(readFileSync(new URL('./write-read.sh', import.meta.url), 'utf8')));

const LUMINOUS = 12;
const PACIFIC = 16;

/** Objects, images and files are written and read back, once for each cluster, its OSDs, its release and its pools. */
export function writeAndRead(context: CephContext): Task {
  const { inventory, members, release } = context;
  const pools = poolsOf(context).map(({ name, application }) => [name, application]);
  const osds = members.osds.map(({ name, osds: own }) => [name, own]);
  const filesystem = members.mdss.length > 0 ? inventory.ceph.filesystem : null;
  return provenOnce({
    id: 'ceph-write-read',
    title: 'what is written to the cluster can be read from it',
    after: [...AFTER_PACKAGES, ...poolIds(context).values(), FILESYSTEM],
    timeout: 600,
    key: clusterKey([release.name, osds, pools, filesystem]),
    due: 'nothing has been written to the cluster and read again since it got its OSDs and pools',
    prove: lines(FUNCTIONS, sh`begin_proof || exit 2`, ...proofs(context)),
  });
}

function proofs(context: CephContext): readonly Script[] {
  const images = poolsOf(context).find(({ application }) => application === 'rbd')?.name;
  const files = filesystemPools(context);
  const objects = images ?? files?.data ?? poolsOf(context)[0]?.name;
  return [
    ...(objects === undefined ? [] : [sh`prove_rados ${objects} || exit 1`]),
    ...(images === undefined ? [] : [sh`prove_rbd ${images} || exit 1`]),
    ...(files === undefined ? [] : [sh`prove_filesystem ${filesystemOption(context)} || exit 1`]),
  ];
}

/** How ceph-fuse is told which file system; before luminous there is one. */
function filesystemOption({ inventory, release }: CephContext): readonly string[] {
  if (release.number < LUMINOUS) return [];
  const option = release.number >= PACIFIC ? 'client_fs' : 'client_mds_namespace';
  return [`--${option}=${inventory.ceph.filesystem}`];
}
