/**
 * What changes on a Linux host without anybody changing it. `changedFiles` leaves these out unless asked for all, and
 * nothing else. A path that ends in a slash stands for everything below it.
 */
export const VOLATILE_PATHS: readonly string[] = [
  // The journal, and who logged in when: every ssh connection writes there.
  '/var/log/journal/',
  '/var/log/wtmp',
  '/var/log/btmp',
  '/var/log/lastlog',
];

/** True for a path that is in VOLATILE_PATHS or below one of its folders. */
export function isVolatile(path: string): boolean {
  return VOLATILE_PATHS.some((each) => path === each || (each.endsWith('/') && `${path}/`.startsWith(each)));
}
