import { describe, expect, it } from 'vitest';
import { sh } from '../../../../src/shell/script.js';
import { SHELLS } from '../../run-task.js';
import { changed, fakeCluster, judge, recorded, recordedPath } from './cluster.js';

/** A map with the pool rbd, changed by a program of jq that is given it as `.`. */
const withPool = (program: string) =>
  changed('osd-dump', `.pools |= map(if .pool_name == "rbd" then ${program} else . end)`);

describe.each(SHELLS)('$name: a pool', (shell) => {
  const judgePool = (answer: string, ...words: readonly string[]) =>
    judge(shell, 'pools.sh', answer, sh`judge_pool ${words}`);

  it('as the inventory wants it says nothing', async () => {
    expect(await judgePool(recorded('osd-dump'), 'rbd', '1', '1', 'yes', 'rbd', '')).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
  });

  it('that is not there differs', async () => {
    const { code, stdout } = await judgePool(recorded('osd-dump'), "no 'such", '1', '1', 'no', 'rbd', '');
    expect([code, stdout]).toEqual([1, "there is no pool no 'such\n"]);
  });

  it('keeps its copies unless the inventory says them', async () => {
    const noted = await judgePool(recorded('osd-dump'), 'rbd', '3', '2', 'no', 'rbd', '');
    expect(noted.code).toBe(0);
    expect(noted.stdout).toBe(
      'note: the pool rbd keeps one copy of each object and works with 1; a new pool would keep 3 (pitfall ceph-pool-size). It was left as it is; to change it, say size: 3 for it in the inventory\n',
    );
    const declared = await judgePool(recorded('osd-dump'), 'rbd', '3', '2', 'yes', 'rbd', '');
    expect([declared.code, declared.stdout]).toEqual([
      1,
      'the pool rbd keeps one copy of each object and works with 1, not 3 and 2\n',
    ]);
    const least = await judgePool(withPool('.size = 3 | .min_size = 1'), 'rbd', '3', '2', 'yes', 'rbd', '');
    expect([least.code, least.stdout]).toEqual([
      1,
      'the pool rbd keeps 3 copies of each object and works with 1, not 3 and 2\n',
    ]);
    expect(
      (await judgePool(withPool('.size = 3 | .min_size = 1'), 'rbd', '3', '2', 'no', 'rbd', '')).stdout,
    ).toBe('');
  });

  it('is marked when it has no mark, and noted when it has another', async () => {
    const bare = await judgePool(withPool('.application_metadata = {}'), 'rbd', '1', '1', 'no', 'rbd', '');
    expect([bare.code, bare.stdout]).toEqual([1, 'the pool rbd is not marked as one for rbd\n']);
    const other = await judgePool(recorded('osd-dump'), 'rbd', '1', '1', 'no', 'rgw', '');
    expect([other.code, other.stdout]).toEqual([
      0,
      'note: the pool rbd is marked as one for rbd, not for rgw; it was left as it is\n',
    ]);
    const jewel = await judgePool(withPool('del(.application_metadata)'), 'rbd', '1', '1', 'no', '', '');
    expect([jewel.code, jewel.stdout]).toEqual([0, '']);
  });

  it('gets more placement groups only where the cluster does not choose', async () => {
    const own = (count: number) =>
      withPool(`.pg_autoscale_mode = "warn" | .pg_num_target = ${String(count)}`);
    expect((await judgePool(recorded('osd-dump'), 'rbd', '1', '1', 'no', 'rbd', '256')).code).toBe(0);
    const fewer = await judgePool(own(32), 'rbd', '1', '1', 'no', 'rbd', '64');
    expect([fewer.code, fewer.stdout]).toEqual([1, 'the pool rbd has 32 placement groups, not 64\n']);
    const more = await judgePool(own(128), 'rbd', '1', '1', 'no', 'rbd', '64');
    expect([more.code, more.stdout]).toEqual([
      0,
      'note: the pool rbd has 128 placement groups, more than the 64 of the inventory; it was left as it is\n',
    ]);
    const jewel = await judgePool(
      withPool('del(.pg_autoscale_mode, .pg_num_target) | .pg_num = 8'),
      'rbd',
      '1',
      '1',
      'no',
      '',
      '64',
    );
    expect([jewel.code, jewel.stdout]).toEqual([1, 'the pool rbd has 8 placement groups, not 64\n']);
  });

  it('cannot be judged by what is no answer', async () => {
    const { code, stdout } = await judgePool('timed out', 'rbd', '1', '1', 'no', 'rbd', '');
    expect(code).toBe(2);
    expect(stdout).toContain('could not be understood');
  });

  it('is made with its copies and its mark', async () => {
    // The first map does not have it yet.
    const cluster = await fakeCluster(`
      'ceph osd dump -f json')
        if [ -e $ROOT/made ]; then
          jq '.pools += [(.pools[0] | .pool_name = "new" | .size = 2 | .min_size = 1 | .application_metadata = {})]' ${recordedPath('osd-dump')}
        else
          cat ${recordedPath('osd-dump')}
        fi ;;
      *create*) : >$ROOT/made ;;`);
    const { code, stderr } = await cluster.run(shell, 'pools.sh', sh`apply_pool new 3 2 no rbd 64 64 12`);
    expect([code, stderr]).toEqual([0, '']);
    expect(await cluster.calls()).toEqual([
      'ceph osd dump -f json',
      'ceph osd pool create new 64 64',
      'ceph osd dump -f json',
      'ceph osd pool set new size 3',
      'ceph osd pool set new min_size 2',
      'rbd pool init new',
    ]);
  });

  it('keeps one copy where the release wants to be told twice, and the permission does not stay', async () => {
    const cluster = await fakeCluster(`
      'ceph osd dump -f json') jq '.pools |= map(.size = 2)' ${recordedPath('osd-dump')} ;;
      *'size 1'*) echo 'Error EBUSY: no'; exit 16 ;;`);
    const { code, stdout } = await cluster.run(shell, 'pools.sh', sh`apply_pool rbd 1 1 yes rbd '' '' 16`);
    expect([code, stdout]).toEqual([2, 'Error EBUSY: no\n']);
    expect(await cluster.calls()).toEqual([
      'ceph osd dump -f json',
      'ceph config set global mon_allow_pool_size_one true',
      'ceph osd pool set rbd size 1 --yes-i-really-mean-it',
      'ceph config rm global mon_allow_pool_size_one',
    ]);
  });

  it('that is there and has nothing said of it is left alone', async () => {
    const cluster = await fakeCluster(`'ceph osd dump -f json') cat ${recordedPath('osd-dump')} ;;`);
    expect((await cluster.run(shell, 'pools.sh', sh`apply_pool rbd 3 2 no rbd '' '' 16`)).code).toBe(0);
    expect(await cluster.calls()).toEqual(['ceph osd dump -f json']);
  });

  it('gets its second number of placement groups before nautilus', async () => {
    const cluster = await fakeCluster(`
      'ceph osd dump -f json') jq '.pools |= map(del(.pg_autoscale_mode, .pg_num_target))' ${recordedPath('osd-dump')} ;;
      *pgp_num*) [ -e $ROOT/tried ] || { : >$ROOT/tried; exit 16; } ;;`);
    expect((await cluster.run(shell, 'pools.sh', sh`apply_pool rbd 1 1 no rbd 64 64 12`)).code).toBe(0);
    expect((await cluster.calls()).slice(1)).toEqual([
      'ceph osd pool set rbd pg_num 64',
      'ceph osd pool set rbd pgp_num 64',
      'ceph osd pool set rbd pgp_num 64',
    ]);
  });
});
