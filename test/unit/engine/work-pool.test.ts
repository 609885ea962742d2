import { describe, expect, it } from 'vitest';
import { limited } from '../../../src/engine/work-pool.js';

describe('limited', () => {
  it('lets so many work at a time, first come, first served, and goes on after one that fails', async () => {
    const turn = limited(2);
    const begun: number[] = [];
    let working = 0;
    let most = 0;
    const work = (item: number) =>
      turn(async () => {
        begun.push(item);
        most = Math.max(most, ++working);
        await new Promise((resolve) => setImmediate(resolve));
        working -= 1;
        if (item === 1) throw new Error('broken');
        return item;
      });
    const results = await Promise.allSettled([0, 1, 2, 3, 4].map(work));
    expect(results.map((result) => (result.status === 'fulfilled' ? result.value : 'broken'))).toEqual([
      0,
      'broken',
      2,
      3,
      4,
    ]);
    expect(begun).toEqual([0, 1, 2, 3, 4]);
    expect(most).toBe(2);
  });
});
