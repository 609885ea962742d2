import { describe, expect, it } from 'vitest';
import { HEALTH_CODES } from '../../../../playbooks/ceph/health-codes.js';
import { sh } from '../../../../src/shell/script.js';
import { SHELLS } from '../../run-task.js';
import { changed, fakeCluster, judge, recorded, recordedPath } from './cluster.js';

const CODES = JSON.stringify(HEALTH_CODES);
const PURGE = 'ceph osd purge ID --yes-i-really-mean-it';

/** The start of each line: what kind it is, and of what. */
const heads = (text: string, length = 40) =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => line.slice(0, length));

describe.each(SHELLS)('$name: the daemons', (shell) => {
  const judgeDaemons = (
    answers: readonly string[],
    inventory: { mons?: string[]; mgrs?: string[]; mdss?: string[]; osds?: Record<string, number> } = {},
  ) => {
    const { mons = ['debian'], mgrs = ['debian'], mdss = ['debian'], osds = { debian: 3 } } = inventory;
    const words = [mons, mgrs, mdss, osds].map((each) => JSON.stringify(each));
    return judge(shell, 'health.sh', answers.join('\n'), sh`judge_daemons ${[...words, PURGE]}`);
  };
  const well = [recorded('status'), recorded('osd-tree'), recorded('node-ls')];

  it('that are all there, and no others, say nothing', async () => {
    expect(await judgeDaemons(well)).toEqual({ code: 0, stdout: '', stderr: '' });
    expect((await judgeDaemons(well.slice(0, 2))).stdout).toBe('');
  });

  it('that are missing are waited for', async () => {
    const { stdout } = await judgeDaemons(
      [changed('status', '.mgrmap.available = false'), recorded('osd-tree-osd-down'), recorded('node-ls')],
      { mons: ['debian', 'node2'], osds: { debian: 4, node2: 1 } },
    );
    expect(stdout.split('\n')).toEqual([
      'wait: mon.node2 is not in the quorum (of debian)',
      'wait: no manager is active',
      'wait: debian has 3 OSDs in the cluster, 4 in the inventory',
      'wait: osd.1 on debian is down and in',
      'wait: node2 has 0 OSDs in the cluster, 1 in the inventory',
      '',
    ]);
  });

  it('that are out are told', async () => {
    const out = changed('osd-tree', '.nodes |= map(if .name == "osd.0" then .reweight = 0 else . end)');
    expect((await judgeDaemons([recorded('status'), out])).stdout).toBe(
      'wait: osd.0 on debian is up and out\n',
    );
  });

  it('that are down where the inventory lists fewer may be gone for good', async () => {
    const { stdout } = await judgeDaemons([recorded('status'), recorded('osd-tree-osd-down')], {
      osds: { debian: 2 },
    });
    expect(stdout.split('\n')[0]).toBe(
      'wait: osd.1 on debian is down and in. debian has more OSDs in the cluster than in the inventory: if this one is gone for good, ceph osd purge 1 --yes-i-really-mean-it',
    );
  });

  it('that are not in the inventory are noted, with how they would be removed', async () => {
    const { code, stdout } = await judgeDaemons(well, {
      mons: [],
      mgrs: [],
      mdss: [],
      osds: {},
    });
    expect(code).toBe(0);
    expect(stdout).toContain(
      'note: mon.debian is in the cluster and not in the inventory; nothing was done about it. To remove it: systemctl disable --now ceph-mon@debian on its host, then ceph mon remove debian\n',
    );
    expect(heads(stdout, 17)).toEqual([
      'note: mon.debian ',
      'note: mgr.debian ',
      'note: mds.debian ',
      'note: osd.2 on de',
      'note: osd.1 on de',
      'note: osd.0 on de',
    ]);
    expect(stdout).toContain('then ceph osd purge 2 --yes-i-really-mean-it');
    const fewer = await judgeDaemons(well, { osds: { debian: 2 } });
    expect(fewer.stdout).toMatch(
      /^note: debian has the OSDs osd\.2, osd\.1, osd\.0 in the cluster, and the inventory lists 2/,
    );
  });

  it('that are below another name in the tree are noted, when they may be those that are missing', async () => {
    const { code, stdout } = await judgeDaemons(well, { osds: { node1: 2, node2: 1 } });
    expect(code).toBe(0);
    expect(heads(stdout, 50)).toEqual([
      'note: node1 has 0 OSDs in the cluster, 2 in the in',
      'note: node2 has 0 OSDs in the cluster, 1 in the in',
      'note: osd.2 is below debian in the crush tree, whi',
      'note: osd.1 is below debian in the crush tree, whi',
      'note: osd.0 is below debian in the crush tree, whi',
    ]);
    expect(stdout).not.toContain('purge');
    expect((await judgeDaemons(well, { osds: { node1: 4 } })).stdout).toMatch(/^wait: node1 has 0 OSDs/);
  });

  it('are waited for while there is no answer', async () => {
    expect((await judgeDaemons([])).stdout).toBe('wait: the monitors do not answer\n');
    expect((await judgeDaemons([recorded('osd-tree')])).stdout).toBe('wait: the monitors do not answer\n');
  });

  it('are asked about once while we only look', async () => {
    const cluster = await fakeCluster(`'ceph -f json')
      cat ${recordedPath('status')} ${recordedPath('osd-tree-osd-down')} ${recordedPath('node-ls')} ;;`);
    const call = sh`check_daemons ${[9, '["debian"]', '["debian"]', '["debian"]', '{"debian":3}', PURGE]}`;
    expect(await cluster.run(shell, 'health.sh', call, { mode: 'look' })).toMatchObject({
      code: 1,
      stdout: 'osd.1 on debian is down and in\n',
    });
    expect(await cluster.calls()).toEqual(['ceph -f json']);
  });
});

describe.each(SHELLS)('$name: the health', (shell) => {
  const judgeHealth = (answer: string) => judge(shell, 'health.sh', answer, sh`judge_health ${CODES}`);

  it('with warnings that do not matter is good, and each is explained', async () => {
    const { code, stdout } = await judgeHealth(recorded('status'));
    expect(code).toBe(0);
    expect(heads(stdout, 30)).toEqual([
      'note: AUTH_INSECURE_GLOBAL_ID_',
      'note: MON_DISK_LOW: mon debian',
      'note: POOL_NO_REDUNDANCY: 4 po',
    ]);
    expect(stdout).toContain(
      'note: MON_DISK_LOW: mon debian is low on available space. It means: the disk that holds the data of a monitor is more than 70 % full; at 95 % the monitor stops. What to do: make room on the file system of /var/lib/ceph/mon\n',
    );
  });

  it('while an OSD is down is waited for, with the placement groups by state', async () => {
    const { stdout } = await judgeHealth(recorded('status-osd-down'));
    const waits = stdout.split('\n').filter((line) => line.startsWith('wait: '));
    expect(waits[0]).toMatch(
      /^wait: placement groups: \d+ [a-z+]+, .*; \d+(\.\d)? % of the objects lack copies$/,
    );
    expect(waits.slice(1).map((line) => line.split(':')[1])).toEqual([' OSD_DOWN', ' PG_DEGRADED']);
  });

  it('without an MDS is not good', async () => {
    const { stdout } = await judgeHealth(recorded('status-no-mds'));
    expect(heads(stdout, 20)).toContain('wait: MDS_ALL_DOWN: ');
  });

  it.each([
    [['active+clean', 'active+clean+scrubbing+deep', 'active+clean+snaptrim_wait'], true],
    [['active+clean+remapped'], false],
    [['stale+active+clean'], false],
    [['active+undersized'], false],
    [['active+clean', 'peering'], false],
    [[], true],
  ])('with placement groups %j: %s', async (states, good) => {
    const groups = JSON.stringify(states.map((state) => ({ state_name: state, count: 7 })));
    const { stdout } = await judgeHealth(changed('status', `.pgmap.pgs_by_state = ${groups}`));
    expect(!stdout.includes('wait: placement groups')).toBe(good);
  });

  it('takes a code by its pattern, and one that nobody knows by its severity', async () => {
    const check = (severity: string) => `{severity: "${severity}", summary: {message: "text"}, muted: false}`;
    const answer = changed(
      'status',
      `.health.checks = {BLUESTORE_NEW_THING: ${check('HEALTH_WARN')}, MADE_UP: ${check('HEALTH_WARN')}, WORSE: ${check('HEALTH_ERR')},
        OSD_FULL: ${check('HEALTH_ERR')}, OSD_DOWN: (${check('HEALTH_WARN')} | .muted = true)}`,
    );
    expect(heads((await judgeHealth(answer)).stdout, 34)).toEqual([
      'note: BLUESTORE_NEW_THING: text. I',
      'note: MADE_UP: text. It means: a w',
      'fail: WORSE: text. It means: a fai',
      'fail: OSD_FULL: text. It means: an',
    ]);
  });

  it('before luminous is told by its text', async () => {
    const line = (severity: string, summary: string) => ({ severity, summary });
    const health = {
      overall_status: 'HEALTH_ERR',
      summary: [
        line('HEALTH_WARN', '30 pgs degraded'),
        line('HEALTH_WARN', 'too few PGs per OSD (16 < min 30)'),
        line('HEALTH_ERR', '1 full osd(s)'),
      ],
    };
    const { stdout } = await judgeHealth(changed('status', `.health = ${JSON.stringify(health)}`));
    expect(heads(stdout, 30)).toEqual([
      'wait: HEALTH_WARN: 30 pgs degr',
      'note: HEALTH_WARN: too few PGs',
      'fail: HEALTH_ERR: 1 full osd(s',
    ]);
  });

  it('is waited for without an answer', async () => {
    expect((await judgeHealth('')).stdout).toBe('wait: the monitors do not answer\n');
    expect((await judgeHealth('null')).stdout).toBe('wait: the monitors do not answer\n');
  });
});

describe.each(SHELLS)('$name: waiting', (shell) => {
  /** Says one thing the first times, and another from then on. */
  const after = (times: number, first: string, then: string) =>
    sh`tell() {
  echo x >>"$ROOT"/asked
  if [ "$(wc -l <"$ROOT"/asked)" -le ${times} ]; then printf '%s\n' ${first}; else printf '%s\n' ${then}; fi
}
within 3 tell`;

  it('ends when there is nothing left to wait for, and tells of what it waited for', async () => {
    const cluster = await fakeCluster('');
    const call = after(2, 'wait: osd.1 is down. It means: much. What to do: more', 'note: all is well');
    expect(await cluster.run(shell, 'health.sh', call)).toEqual({
      code: 0,
      stdout: 'waiting (3 s left): osd.1 is down\nnote: all is well\n',
      stderr: '',
    });
  });

  it('ends at its time, and at once when nothing can come right by itself', async () => {
    const cluster = await fakeCluster('');
    const late = await cluster.run(shell, 'health.sh', after(99, 'wait: a. It means: b', ''));
    expect([late.code, late.stdout]).toEqual([1, 'waiting (3 s left): a\na. It means: b\n']);
    const hopeless = await fakeCluster('');
    const failed = await hopeless.run(shell, 'health.sh', after(99, 'fail: full', ''));
    expect([failed.code, failed.stdout]).toEqual([1, 'full\n']);
  });

  it('does not wait while we only look', async () => {
    const cluster = await fakeCluster('');
    const looked = await cluster.run(shell, 'health.sh', after(99, 'wait: a', ''), { mode: 'look' });
    expect([looked.code, looked.stdout]).toEqual([1, 'a\n']);
  });
});
