import type { Point } from './interruptions.js';

/** From the first thing that is changed to the contents of the cluster. */
export const CEPH_POINTS: readonly Point[] = [
  { task: 'ceph-packages', host: 'node1', seconds: 0, cut: 'node2' },
  { task: 'ceph-deploy-key', host: 'node1', seconds: 1, cut: 'node1' },
  { task: 'ceph-deploy-new', host: 'node1', seconds: 1.5, cut: 'node2' },
  { task: 'ceph-conf', host: 'node1', seconds: 4, cut: 'node2' },
  { task: 'ceph-conf', host: 'node1', seconds: 12, cut: 'node1' },
  { task: 'ceph-mons', host: 'node1', seconds: 1, cut: 'node3' },
  { task: 'ceph-admin-keyring', host: 'node1', seconds: 2, cut: 'node1' },
  { task: 'ceph-mdss', host: 'node1', seconds: 1, cut: 'node2' },
  { task: 'ceph-osd-0-data', host: 'node2', seconds: 1, cut: 'node2' },
  { task: 'ceph-pool-cephfs-data', host: 'node1', seconds: 1, cut: 'node3' },
];

/** Each OSD keeps the average of its heartbeats over 15 minutes, and those to a host that was away took long. */
export const AFTER_A_CUT = ['OSD_SLOW_PING_TIME_BACK', 'OSD_SLOW_PING_TIME_FRONT'];
