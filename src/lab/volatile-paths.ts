/**
 * What changes on a Linux host without anybody changing it. `changedFiles` leaves these out unless asked for all, and
 * nothing else. A final `*` stands for anything.
 */
export const VOLATILE_PATHS: readonly string[] = [
  '/var/log/journal/*',
  // The same as text, where rsyslog is.
  '/var/log/syslog',
  '/var/log/messages',
  '/var/log/auth.log',
  '/var/log/daemon.log',
  '/var/log/kern.log',
  '/var/log/user.log',
  '/var/log/debug',
  // Who logged in when, and who tried.
  '/var/log/wtmp',
  '/var/log/btmp',
  '/var/log/lastlog',
  // The private temporary folders of services, new with every start.
  '/tmp/systemd-private-*',
  '/var/tmp/systemd-private-*',
  // What the time daemon has measured.
  '/var/lib/chrony/*',
];

/** True for a path that one of VOLATILE_PATHS stands for. */
export function isVolatile(path: string): boolean {
  return VOLATILE_PATHS.some((each) =>
    each.endsWith('*') ? path.startsWith(each.slice(0, -1)) : path === each,
  );
}
