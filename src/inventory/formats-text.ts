import type { Complaint, Format } from './kinds.js';

/** A password or passphrase. */
export const password: Format = {
  name: 'a password',
  allowed: 'one line of text, best as ${env:NAME} or ${file:PATH}',
  examples: ['${env:SSH_PASSWORD}'],
  check: () => undefined,
};

/** The name of a user to log in as. */
export const userName: Format = {
  name: 'a user name',
  allowed: 'a name without blanks and ":" that does not begin with "-"',
  pattern: '^[^\\s:-][^\\s:]*$',
  examples: ['root', 'ubuntu'],
  check: (text) => (/^[^\s:-][^\s:]*$/.test(text) ? undefined : {}),
};

/** A file on the machine where provision runs. */
export const localFile: Format = {
  name: 'a file name',
  allowed: 'a path on this machine; ~/ is the home directory, a relative path starts at the inventory',
  examples: ['~/.ssh/id_ed25519'],
  check: (text) =>
    text.startsWith('-') ? { because: 'it begins with "-"', nearest: `./${text}` } : undefined,
};

/** A directory on the hosts where data can stay. */
export const dataDirectory: Format = {
  name: 'a directory for data',
  allowed: 'an absolute path on the hosts, without blanks, on a file system that survives a reboot',
  pattern: '^/',
  examples: ['/data/docker'],
  check: checkDataDirectory,
  normalize: (text) => text.replaceAll(/\/{2,}/g, '/').replace(/\/$/, ''),
};

function checkDataDirectory(text: string): Complaint | undefined {
  if (!text.startsWith('/'))
    return { because: 'it is not absolute', nearest: `/${text.replace(/^[.~/]+/, '')}` };
  if (/(^|\/)\.\.?(\/|$)/.test(text)) return { because: 'it has a "." or ".." in it' };
  if (/\s/.test(text)) return { because: 'it has a blank in it' };
  if (/^\/+$/.test(text)) return { because: 'it is the root directory' };
  const volatile = /^\/+(tmp|run|dev|proc|sys)(\/|$)/.exec(text);
  return volatile === null ? undefined : { because: `what is in /${volatile[1]} does not survive a reboot` };
}

/** A package version or its beginning. */
export const packageVersion: Format = {
  name: 'a package version',
  allowed:
    'a version of the package or its beginning, as `apt-cache madison` prints it: 20.10, 1.12.6, 5:24.0.7-1~debian',
  pattern: '^[0-9][0-9A-Za-z.+:~-]*$',
  examples: ['20.10', '5:24.0'],
  check: checkVersion,
};

function checkVersion(text: string): Complaint | undefined {
  if (/^[0-9][0-9A-Za-z.+:~-]*$/.test(text)) return undefined;
  const fixed = text.replace(/^v\.?/i, '').replace(/\.?[x*]$/i, '');
  return { nearest: fixed !== text && checkVersion(fixed) === undefined ? fixed : undefined };
}

/** A size as Docker's log options write it. */
export const logSize: Format = {
  name: 'a size',
  allowed: 'a whole number and k, m or g: 500k, 10m, 1g',
  pattern: '^[1-9][0-9]*[kmg]$',
  examples: ['10m', '1g'],
  check: checkLogSize,
};

function checkLogSize(text: string): Complaint | undefined {
  if (/^[1-9][0-9]*[kmg]$/.test(text)) return undefined;
  const parts = /^([1-9][0-9]*) ?([kmg])i?b?$/i.exec(text);
  if (parts !== null) return { nearest: `${parts[1]}${parts[2]?.toLowerCase()}` };
  return /^[1-9][0-9]*$/.test(text) ? { because: 'it has no unit', nearest: `${text}m` } : {};
}
