import { afterEach, describe, expect, it, vi } from 'vitest';
import { ensureKubernetes } from '../../../../src/lab/kubernetes/ensure.js';

describe('ensureKubernetes', () => {
  afterEach(() => vi.restoreAllMocks());

  it('refuses to go on without root, before anything is written', async () => {
    vi.spyOn(process, 'getuid').mockReturnValue(1000);
    const report = vi.fn();
    await expect(ensureKubernetes(report)).rejects.toMatchObject({ code: 'LAB_ROOT', exitCode: 2 });
    expect(report).not.toHaveBeenCalled();
  });
});
