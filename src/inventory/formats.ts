import { isIP, isIPv6 } from 'node:net';
import type { Complaint, Format } from './kinds.js';
import { nearestWord } from './nearest.js';
import { expandRange } from './ranges.js';

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const LABEL_PATTERN = '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$';
const NAME_MISMATCH =
  'Kubernetes lower-cases host names and Ceph calls monitors by them: another spelling on the host gives a node that is not found (pitfall hosts-name-mismatch).';

/** The label of RFC 1123. */
export const label: Format = {
  name: 'a name',
  allowed: '1 to 63 lower-case letters, digits and hyphens; a letter or digit at both ends (RFC 1123)',
  pattern: LABEL_PATTERN,
  examples: ['production'],
  check: checkLabel,
};

/** A host name, with or without a range: node1, node[01:20]. */
export const hostPattern: Format = {
  name: 'a host name',
  allowed:
    'an RFC 1123 label (lower-case letters, digits, hyphens; at most 63) such as node1, or a range such as node[01:20]',
  pattern: '^[a-z0-9-]*(\\[[0-9]+:[0-9]+\\])?[a-z0-9-]*$',
  examples: ['node1', 'node[01:20]'],
  check: (pattern) => checkExpanded(pattern, checkHostName),
};

/** The name of a group of hosts. */
export const groupName: Format = {
  name: 'a group name',
  allowed: label.allowed,
  pattern: LABEL_PATTERN,
  examples: ['workers'],
  check: checkLabel,
};

/** One address of a host, or a range of them for a range of names. */
export const addressPattern: Format = {
  name: 'an address',
  allowed:
    'exactly one IPv4 or IPv6 address of the host, such as 10.0.0.11, or a range such as 10.0.0.[11:30]',
  examples: ['10.0.0.11', 'fd00::11', '10.0.0.[11:30]'],
  check: checkAddressPattern,
  normalize: (text) => (expandRange(text).ranged ? text : canonicalAddress(text)),
  whyNotList:
    'Hosts know each other by one address; with two of them `kubeadm join` panics with "close of closed channel" (pitfall kubeadm-two-addresses). Give the private one; a public one to connect to belongs to ssh.host.',
};

/** The one spelling of an address by which two spellings can be compared. */
export function canonicalAddress(address: string): string {
  return isIPv6(address) ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;
}

/** An IANA time zone name. */
export const timezone: Format = {
  name: 'a time zone',
  allowed: 'a name from the IANA time zone database, such as Asia/Shanghai, Europe/Berlin or UTC',
  pattern: '^(UTC|[A-Z][A-Za-z]+/[A-Za-z0-9_+/-]+)$',
  examples: ['Asia/Shanghai', 'UTC'],
  check: checkTimezone,
};

const ZONE_AREAS =
  /^(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Brazil|Canada|Chile|Etc|Europe|Indian|Mexico|Pacific|US)(\/[A-Z][A-Za-z0-9_+-]*)+$/;

function checkTimezone(text: string): Complaint | undefined {
  const names = ['UTC', ...Intl.supportedValuesOf('timeZone')];
  if (names.includes(text)) return undefined;
  const sameLetters = names.find((name) => name.toLowerCase() === text.toLowerCase());
  if (sameLetters !== undefined) return { because: 'the capitals differ', nearest: sameLetters };
  // Other names of zones (Asia/Kolkata) are not listed by Intl but are accepted by it; so are ambiguous abbreviations.
  if (ZONE_AREAS.test(text) && isKnownZone(text)) return undefined;
  if (/^[A-Z]{2,5}$/.test(text))
    return { because: 'an abbreviation means different zones in different countries' };
  return { nearest: nearestWord(text, names) };
}

function isKnownZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

function checkLabel(text: string): Complaint | undefined {
  if (LABEL.test(text)) return undefined;
  const fixed = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  const nearest = LABEL.test(fixed) ? fixed : undefined;
  if (text.length > 63) return { because: `it has ${text.length} characters` };
  if (/[A-Z]/.test(text)) return { because: 'it has capitals', nearest };
  if (text.includes('.'))
    return { because: 'it has a dot', nearest: text.split('.').find((part) => LABEL.test(part)) };
  return { nearest };
}

function checkHostName(name: string): Complaint | undefined {
  const complaint = checkLabel(name);
  if (complaint !== undefined) return { ...complaint, why: NAME_MISMATCH };
  if (name === 'localhost') return { because: 'it means the loopback address everywhere' };
  // inet_aton(3) reads such a name as an IPv4 address before anybody looks into /etc/hosts.
  if (/^(\d+|0x[0-9a-f]+)$/.test(name))
    return { because: 'a number alone is read as an address', nearest: `node${name}` };
  return undefined;
}

/** Checks every word that a pattern stands for; names the word when the pattern is a range. */
function checkExpanded(
  pattern: string,
  check: (word: string) => Complaint | undefined,
): Complaint | undefined {
  const { words, ranged, problem, nearest } = expandRange(pattern);
  if (problem !== undefined) return { because: problem, nearest };
  for (const word of words) {
    const complaint = check(word);
    if (complaint === undefined) continue;
    if (!ranged) return complaint;
    const because =
      complaint.because === undefined ? `it stands for "${word}"` : `"${word}": ${complaint.because}`;
    return { because, why: complaint.why, nearest: nearestPattern(pattern, check) };
  }
  return undefined;
}

function nearestPattern(pattern: string, check: (word: string) => Complaint | undefined): string | undefined {
  const lower = pattern.toLowerCase().replaceAll('_', '-');
  return expandRange(lower).words.every((word) => check(word) === undefined) ? lower : undefined;
}

function checkAddressPattern(text: string): Complaint | undefined {
  if (/[,;\s]/.test(text.trim()))
    return { because: 'it holds more than one', why: addressPattern.whyNotList };
  const bracketed = /^\[([0-9a-f:.]*:[0-9a-f:.]*)\](:\d+)?$/i.exec(text);
  if (bracketed !== null && isIPv6(bracketed[1] ?? ''))
    return { because: 'the address is written without brackets and without a port', nearest: bracketed[1] };
  return checkExpanded(text, checkAddress);
}

function checkAddress(text: string): Complaint | undefined {
  if (isIP(text) !== 0) return checkUsable(text);
  const prefixed = /^(.+)\/\d{1,3}$/.exec(text);
  if (prefixed !== null) return { because: 'it has a prefix length', nearest: validAddress(prefixed[1]) };
  const withPort = /^([\d.]+):\d+$/.exec(text);
  if (withPort !== null)
    return { because: 'the port belongs to ssh.port', nearest: validAddress(withPort[1]) };
  const withoutZeros = text.replaceAll(/(^|\.)0+(?=\d)/g, '$1');
  if (isIP(withoutZeros) !== 0)
    return { because: 'leading zeros mean octal to some programs', nearest: withoutZeros };
  if (/[a-z]/i.test(text) && !text.includes(':'))
    return { because: 'it is a name; a name to connect to belongs to ssh.host' };
  if (/^\d+(\.\d+){3}$/.test(text)) return { because: 'each of the four numbers is at most 255' };
  return {};
}

function validAddress(text: string | undefined): string | undefined {
  return text !== undefined && isIP(text) !== 0 && checkUsable(text) === undefined ? text : undefined;
}

function checkUsable(address: string): Complaint | undefined {
  if (address.includes('%'))
    return { because: 'it has a zone', nearest: validAddress(address.split('%')[0]) };
  const kind = unusableKind(canonicalAddress(address));
  return kind === undefined ? undefined : { because: `${kind}, by which other hosts cannot reach it` };
}

function unusableKind(address: string): string | undefined {
  if (/^127\.|^::1$/.test(address)) return 'it is a loopback address';
  if (/^0\.|^::$/.test(address)) return 'it stands for any address';
  if (/^(22[4-9]|23\d)\.|^ff[0-9a-f]{2}:/.test(address)) return 'it is a multicast address';
  if (/^(24\d|25[0-5])\./.test(address)) return 'it is a reserved or broadcast address';
  if (/^169\.254\.|^fe[89ab][0-9a-f]:/.test(address)) return 'it is a link-local address';
  return undefined;
}
