import { describe, expect, it } from 'vitest';
import { isVolatile } from '../../../src/lab/volatile-paths.js';

describe('isVolatile', () => {
  it.each([
    ['/var/log/journal/0123/system.journal', true],
    ['/var/log/wtmp', true],
    ['/var/log/wtmp.1', false],
    ['/tmp/systemd-private-1-chrony.service-x/tmp', true],
    ['/tmp/systemd', false],
    ['/var/log/dpkg.log', false],
    ['/etc/hosts', false],
  ])('%s: %s', (path, expected) => {
    expect(isVolatile(path)).toBe(expected);
  });
});
