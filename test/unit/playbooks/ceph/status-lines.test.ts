import { describe, expect, it } from 'vitest';
import { statusLines } from '../../../../playbooks/ceph/status-lines.js';

/** As Ceph 16.2.15 says it, with what is not read left out. */
const PACIFIC = {
  fsid: 'f5166c78-e3b6-4fef-b9e7-1ecf7382fd93',
  health: {
    status: 'HEALTH_WARN',
    checks: {
      OSD_DOWN: { severity: 'HEALTH_WARN', summary: { message: '1 osds down', count: 1 }, muted: false },
      PG_DEGRADED: { severity: 'HEALTH_WARN', summary: { message: 'Degraded data redundancy' } },
    },
    mutes: [],
  },
  quorum: [0, 1],
  quorum_names: ['node1', 'node2'],
  monmap: { epoch: 3, min_mon_release_name: 'pacific', num_mons: 3 },
  osdmap: { epoch: 20, num_osds: 3, num_up_osds: 2, num_in_osds: 3, num_remapped_pgs: 0 },
  pgmap: {
    pgs_by_state: [
      { state_name: 'active+clean', count: 60 },
      { state_name: 'active+undersized', count: 37 },
    ],
    num_pgs: 97,
    bytes_used: 3_221_225_472,
    bytes_total: 32_212_254_720,
  },
  fsmap: { by_rank: [{ rank: 0, name: 'node1', status: 'up:active' }], 'up:standby': 1 },
  mgrmap: { available: true, num_standbys: 2 },
};

/** As 10.2 does, by the article and its source. */
const JEWEL = {
  health: {
    overall_status: 'HEALTH_WARN',
    summary: [{ severity: 'HEALTH_WARN', summary: 'too few PGs per OSD' }],
  },
  quorum_names: ['node1'],
  monmap: { mons: [{ name: 'node1' }] },
  osdmap: { osdmap: { epoch: 11, num_osds: 2, num_up_osds: 2, num_in_osds: 2 } },
  pgmap: { pgs_by_state: [{ state_name: 'active+clean', count: 64 }], num_pgs: 64 },
  fsmap: { by_rank: [] },
};

describe('what provision status says of Ceph', () => {
  it('is health, who takes part, usage, and what it warns of', () => {
    expect(statusLines(JSON.stringify(PACIFIC))).toEqual([
      'health    HEALTH_WARN',
      'monitors  2 of 3 in quorum (node1, node2)',
      'manager   active, 2 standing by',
      'osds      2 of 3 up, 3 in',
      'pgs       97 (60 active+clean, 37 active+undersized)',
      'usage     3.0 GiB of 30.0 GiB (10 %)',
      'mds       node1 up:active, 1 standing by',
      'warning   OSD_DOWN: 1 osds down',
      'warning   PG_DEGRADED: Degraded data redundancy',
    ]);
  });

  it('is read from older releases too', () => {
    expect(statusLines(JSON.stringify(JEWEL))).toEqual([
      'health    HEALTH_WARN',
      'monitors  1 of 1 in quorum (node1)',
      'osds      2 of 2 up, 2 in',
      'pgs       64 (64 active+clean)',
      'warning   too few PGs per OSD',
    ]);
  });

  it('is a sentence when there is nothing to read', () => {
    for (const printed of ['', 'null', '{"health":', '3']) {
      expect(statusLines(printed)).toEqual(['the answer of the cluster could not be read']);
    }
    expect(statusLines('{}')).toContain('monitors  0 of 0 in quorum ()');
  });
});
