import { describe, expect, it } from 'vitest';
import { sh } from '../../../../src/shell/script.js';
import { SHELLS } from '../../run-task.js';
import { changed, fakeCluster, judge, recorded, recordedPath } from './cluster.js';

const GIB = String(2 ** 30);
const ORDER = '["journaling","fast-diff","object-map","exclusive-lock","deep-flatten"]';

describe.each(SHELLS)('$name: an image', (shell) => {
  const judgeImage = (answer: string, bytes: string, allowed: string, wanted: string) =>
    judge(shell, 'images.sh', answer, sh`judge_image ${['kube', 'vol1', bytes, allowed, wanted, ORDER]}`);

  it('that every kernel maps says nothing', async () => {
    const all = '["layering","exclusive-lock","object-map","fast-diff","deep-flatten"]';
    expect(await judgeImage(recorded('rbd-info'), GIB, all, 'null')).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
    expect(await judgeImage(recorded('rbd-info'), GIB, 'null', '["layering"]')).toMatchObject({
      code: 0,
      stdout: '',
    });
  });

  it('with features that a kernel lacks is noted, with the command, dependents first', async () => {
    expect(await judgeImage(recorded('rbd-info'), GIB, '["layering"]', 'null')).toMatchObject({
      code: 0,
      stdout:
        'note: not every host that may map kube/vol1 has a kernel that supports exclusive-lock, object-map, fast-diff, deep-flatten (pitfall rbd-features). Nothing was done about it. While nobody uses the image: rbd feature disable kube/vol1 fast-diff object-map exclusive-lock deep-flatten\n',
    });
  });

  it('with a feature that cannot be taken away says so', async () => {
    const image = changed('rbd-info', '.features += ["data-pool"]');
    const { stdout } = await judgeImage(
      image,
      GIB,
      '["layering","exclusive-lock","object-map","fast-diff","deep-flatten"]',
      'null',
    );
    expect(stdout).toContain('data-pool cannot be taken away from an image: copy it to a new one');
  });

  it('of another size, or without a feature of the inventory, is noted', async () => {
    const { code, stdout } = await judgeImage(
      recorded('rbd-info'),
      '2147483648',
      'null',
      '["layering","journaling"]',
    );
    expect(code).toBe(0);
    expect(stdout.split('\n').map((line) => line.slice(0, 60))).toEqual([
      'note: the image kube/vol1 has 1073741824 bytes, not the 2147',
      'note: the image kube/vol1 lacks journaling; it was left as i',
      '',
    ]);
  });

  it('is made with its features, each said by itself, when it is not there', async () => {
    const cluster = await fakeCluster(`'rbd info'*) echo 'rbd: error opening image' >&2; exit 2 ;;`);
    const check = await cluster.run(shell, 'images.sh', sh`check_image kube vol1 1 null null ${ORDER}`);
    expect([check.code, check.stdout]).toEqual([
      1,
      'rbd: error opening image\nthere is no image kube/vol1, or the cluster does not tell of it\n',
    ]);
    expect(
      (await cluster.run(shell, 'images.sh', sh`apply_image kube vol1 1024 layering exclusive-lock`)).code,
    ).toBe(0);
    expect((await cluster.run(shell, 'images.sh', sh`apply_image kube vol2 1024`)).code).toBe(0);
    expect((await cluster.calls()).filter((call) => call.startsWith('rbd create'))).toEqual([
      'rbd create kube/vol1 --size 1024 --image-feature layering --image-feature exclusive-lock',
      'rbd create kube/vol2 --size 1024',
    ]);
  });

  it('that is there is never touched', async () => {
    const cluster = await fakeCluster(`'rbd info'*) cat ${recordedPath('rbd-info')} ;;`);
    expect((await cluster.run(shell, 'images.sh', sh`apply_image kube vol1 4096 layering`)).code).toBe(0);
    expect(await cluster.calls()).toEqual(['rbd info --format json kube/vol1']);
  });
});
