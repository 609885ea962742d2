import { createHmac } from 'node:crypto';

/** One line of a known_hosts file (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). */
export interface KnownHost {
  readonly marker: 'none' | 'cert-authority' | 'revoked';
  /** The first field as written: patterns separated by commas, or `|1|salt|hash`. */
  readonly names: string;
  /** From the key itself, not from the field before it. */
  readonly type: string;
  readonly key: Buffer;
}

/** How a host is looked up: its name, and its port as known_hosts writes it. */
export interface HostName {
  readonly host: string;
  readonly port: number;
}

/** What known_hosts says about a key that a host shows. */
export type Verdict = 'known' | 'unknown' | 'changed' | 'revoked' | 'authority-only';

const NAME_LENGTH_LIMIT = 100;
const MARKERS: Readonly<Record<string, KnownHost['marker']>> = {
  '@cert-authority': 'cert-authority',
  '@revoked': 'revoked',
};

/** The name under which a host stands in known_hosts: `host`, or `[host]:port` when the port is not 22. */
export function knownHostName({ host, port }: HostName): string {
  const name = host.toLowerCase();
  return port === 22 ? name : `[${name}]:${port}`;
}

/** Reads a known_hosts file. Lines that are not of the format are left out, as ssh does. */
export function parseKnownHosts(text: string): KnownHost[] {
  return text.split('\n').flatMap((line) => parseLine(line.trim()) ?? []);
}

function parseLine(line: string): KnownHost | undefined {
  if (line === '' || line.startsWith('#')) return undefined;
  const words = line.split(/[ \t]+/);
  const marker = words[0]?.startsWith('@') ? MARKERS[words.shift() ?? ''] : 'none';
  if (marker === undefined) return undefined;
  const [names, declaredType, encoded] = words;
  if (names === undefined || declaredType === undefined || encoded === undefined) return undefined;
  const key = Buffer.from(encoded, 'base64');
  const type = keyType(key);
  if (type === undefined || type !== declaredType) return undefined;
  return { marker, names, type, key };
}

/** The type named in a public key in ssh's wire format; undefined when it is not one. */
export function keyType(key: Buffer): string | undefined {
  if (key.length < 8) return undefined;
  const length = key.readUInt32BE(0);
  if (length === 0 || length > NAME_LENGTH_LIMIT || key.length < 4 + length) return undefined;
  const type = key.toString('latin1', 4, 4 + length);
  return /^[!-~]+$/.test(type) ? type : undefined;
}

/** Whether the first field of a line names this host (`name` as made by `knownHostName`). */
export function namesMatch(names: string, name: string): boolean {
  if (names.startsWith('|')) return hashMatches(names, name);
  let matched = false;
  for (const written of names.split(',')) {
    const negated = written.startsWith('!');
    const pattern = (negated ? written.slice(1) : written).toLowerCase();
    if (!wildcardMatches(pattern, name)) continue;
    if (negated) return false;
    matched = true;
  }
  return matched;
}

function hashMatches(names: string, name: string): boolean {
  const [, version, salt, hash] = names.split('|');
  if (version !== '1' || salt === undefined || hash === undefined) return false;
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
}

/** `*` and `?` only. Walks back to the last star instead of building a RegExp, so no pattern is slow. */
function wildcardMatches(pattern: string, text: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === text;
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

/** The lines that concern one host. A name costs one HMAC for each hashed line, so keep the answer. */
export interface KnownKeys {
  readonly own: readonly KnownHost[];
  /** Lines for the plain name of a host that listens on another port than 22: they can confirm, never contradict. */
  readonly portless: readonly KnownHost[];
}

/** Picks the lines that concern a host. */
export function linesFor(lines: readonly KnownHost[], { host, port }: HostName): KnownKeys {
  const name = knownHostName({ host, port });
  const plain = host.toLowerCase();
  return {
    own: lines.filter((line) => namesMatch(line.names, name)),
    portless: port === 22 ? [] : lines.filter((line) => namesMatch(line.names, plain)),
  };
}

/**
 * Judges the key that a host shows. A host of which only keys of other types are known counts as changed: whoever sits
 * between could otherwise choose a type of which nothing is known.
 */
export function judgeKey({ own, portless }: KnownKeys, key: Buffer): Verdict {
  const same = (line: KnownHost): boolean => line.key.equals(key);
  if ([...own, ...portless].some((line) => line.marker === 'revoked' && same(line))) return 'revoked';
  const plain = own.filter((line) => line.marker === 'none');
  if (plain.some(same)) return 'known';
  if (plain.length > 0) return 'changed';
  if (portless.some((line) => line.marker === 'none' && same(line))) return 'known';
  return own.some((line) => line.marker === 'cert-authority') ? 'authority-only' : 'unknown';
}

/** Key types of which a host's key is known, in the order of the file. */
export function knownTypes({ own, portless }: KnownKeys): string[] {
  const types = plainTypes(own);
  return types.length > 0 ? types : plainTypes(portless);
}

function plainTypes(lines: readonly KnownHost[]): string[] {
  const plain = lines.filter((line) => line.marker === 'none');
  return [...new Set(plain.map((line) => line.type))];
}

/** The line for a newly accepted key, with its line end. `name` as made by `knownHostName`. */
export function knownHostsLine(name: string, key: Buffer): string {
  return `${name} ${keyType(key) ?? 'unknown'} ${key.toString('base64')}\n`;
}
