import { describe, expect, it } from 'vitest';
import { bytesOf } from '../../../../../playbooks/ceph/osd/size.js';

describe('a size in bytes', () => {
  it.each([
    ['10G', 10 * 1024 ** 3],
    ['512M', 512 * 1024 ** 2],
    ['1T', 1024 ** 4],
    ['4096', 4096],
    ['4k', 4096],
    ['10GiB', 10 * 1024 ** 3],
    ['10GB', 10 * 1024 ** 3],
  ])('%s', (text, bytes) => {
    expect(bytesOf(text)).toBe(bytes);
  });

  it.each(['', 'G', '10X', '1.5G', '-1G'])('not of "%s"', (text) => {
    expect(() => bytesOf(text)).toThrow(RangeError);
  });
});
