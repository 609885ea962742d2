import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sh } from '../../../../src/shell/script.js';
import { SHELLS, testHost } from '../../run-task.js';
import { functionsOf, lay, runWith, told } from '../stand-ins.js';

const DISKS = functionsOf('docker/data-root.sh', 'hosts/disks.sh');
const HEAD = 'Filesystem 1024-blocks Used Available Capacity Mounted on';

/** A df whose every file system has a size of 1000 MiB. @param free in MiB, with 5 % kept for root as ext4 does */
const df = (free: number, used: number, inodes = '10%'): string => `case $1 in
  -Pi) printf '%s\\n' '${HEAD}' "/dev/sda1 1 1 1 ${inodes} /" ;;
  *) printf '%s\\n' '${HEAD}' "/dev/sda1 1024000 1 $((${free} * 1024)) ${used}% /" ;;
esac`;

describe.each(SHELLS)('$name: how full the disks are', (shell) => {
  it.each([
    ['10%', '100/1000'],
    ['7.5%', '75/1000'],
    ['0.8%', '8/1000'],
    ['100Mi', '102400'],
    ['1Gi', '1048576'],
    ['1G', '976562'],
    ['2048', '2'],
    ['1.5Gi', ''],
    ['much', ''],
    ['', ''],
  ])('reads the threshold %s', async (value, limit) => {
    const { stdout, stderr } = await runWith(
      shell,
      await testHost(),
      {},
      DISKS,
      sh`limit_of ${value}; printf %s "$LIMIT"`,
    );
    expect([stdout, stderr]).toEqual([limit, '']);
  });

  it.each([
    // free, used by df, default, declared: full?
    [400, 60, '10%', '10%', false],
    [400, 60, '10%', '99%', false],
    [95, 89, '10%', '10%', true],
    [120, 87, '15%', '15%', true],
    [120, 87, '15%', '5%', false],
    [120, 87, '-', '-', false],
    [60, 94, '10%', '1%', true],
    [60, 94, '-', '-', true],
  ])(
    '%i MiB of 1000 free, %i of 100 used, by %s and %s: full is %s',
    async (free, used, usual, declared, full) => {
      const { code, stderr } = await runWith(
        shell,
        await testHost(),
        { df: df(free, used) },
        DISKS,
        sh`room / && is_full ${[usual, declared]}`,
      );
      expect([code, stderr]).toEqual([full ? 0 : 1, '']);
    },
  );

  it('looks where the engine keeps its data now, whatever the inventory wants', async () => {
    const host = await testHost();
    lay(host.root, {
      'new.json': '{\n  "data-root": "/srv/old place"\n}\n',
      'old.json': '{ "graph" : "/data", "x": 1 }\n',
    });
    const root = async (file: string) =>
      (await runWith(shell, host, {}, DISKS, sh`engine_root ${[join(host.root, file), '/wanted']}`)).stdout;
    expect(await root('new.json')).toBe('/srv/old place\n');
    expect(await root('old.json')).toBe('/data\n');
    expect(['/wanted\n', '/var/lib/docker\n']).toContain(await root('none.json'));
  });

  it('tells each file system once, and of inodes', async () => {
    const host = await testHost();
    const probe = (program: string) =>
      runWith(shell, host, { df: program }, DISKS, sh`probe_disks ${['10%', '15%', host.root]}`);
    expect(await probe(df(400, 60))).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await probe(df(50, 95))).toMatchObject({
      code: 1,
      stdout: '/: 95% of its file system are used, 50 MiB are free\n',
    });
    expect(await probe(df(400, 60, '97%'))).toMatchObject({
      code: 1,
      stdout: '/: less than 5% of the inodes of its file system are free\n',
    });
  });

  it('proposes to let go of fetched packages and of images without a name and a container', async () => {
    const host = await testHost();
    mkdirSync(join(host.root, 'archives'));
    const docker = `case $1 in
  ps) echo c1 ;;
  inspect) echo sha256:used ;;
  images) printf 'sha256:used\\nsha256:idle\\n' ;;
esac`;
    const propose = () =>
      runWith(shell, host, { docker }, DISKS, sh`propose_room ${join(host.root, 'archives')}`);
    expect(told(await propose()).commands).toEqual(['docker rmi sha256:idle']);
    lay(host.root, { 'archives/big.deb': 'x'.repeat(30 * 1024 * 1024) });
    expect(told(await propose()).commands).toEqual(['apt-get clean', 'docker rmi sha256:idle']);
  });
});
