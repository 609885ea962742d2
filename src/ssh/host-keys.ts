import type { ServerHostKeyAlgorithm } from 'ssh2';
import type { ProvisionError } from '../errors.js';
import { fingerprint, keyTypeName } from './fingerprint.js';
import { authorityOnly, cannotWrite, changed, notKnown, notPinned, revoked } from './host-key-refusals.js';
import { judgeKey, keyType, knownHostName, knownTypes, linesFor, parseKnownHosts } from './known-hosts.js';
import type { KnownHost, KnownKeys } from './known-hosts.js';
import { addToKnownHosts, readKnownHostsFile } from './known-hosts-file.js';
import type { Target } from './target.js';

/** A key that a host showed and that known_hosts does not have. */
export interface UnknownHostKey {
  /** The inventory name of the host, or `jump host NAME`. */
  readonly host: string;
  /** As known_hosts will have it: `10.0.0.12` or `[10.0.0.12]:2222`. */
  readonly name: string;
  /** ED25519, ECDSA or RSA. */
  readonly type: string;
  /** `SHA256:…` */
  readonly fingerprint: string;
  readonly key: Buffer;
  /** The known_hosts file to which it is added when accepted. */
  readonly file: string;
}

export interface HostKeys {
  /** False when nothing at all is known, so that the key must be looked at before the run. */
  readonly isKnown: (target: Target) => boolean;
  /** Names for `serverHostKey`, known types first: a server that has the known key then shows that one. */
  algorithms(target: Target): ServerHostKeyAlgorithm[];
  /**
   * Judges a key; undefined is "go on". Synchronous, because ssh2 takes a promise for a yes.
   * Refusals are SSH_HOST_KEY_UNKNOWN, SSH_HOST_KEY_CHANGED and SSH_HOST_KEY_REVOKED, all with exit code 5.
   */
  judge(target: Target, key: Buffer): ProvisionError | undefined;
  /** Unknown keys that `judge` has refused since the last call. */
  takeUnknown(): UnknownHostKey[];
  /** Adds keys to their known_hosts files (created 0600, folder 0700) and trusts them from now on. */
  accept(keys: readonly UnknownHostKey[]): void;
}

export interface HostKeyPolicy {
  /** `--accept-new-host-keys`: hosts of which nothing is known are trusted and written down. Never changed ones. */
  readonly acceptNew: boolean;
  readonly onAccepted?: ((key: UnknownHostKey) => void) | undefined;
}

/** Every type that ssh2 can verify, strongest first; SHA-1 signatures are left out. */
const ALGORITHMS: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

/** The host keys of a run: known_hosts files are read once, and answers kept by host. */
export function createHostKeys(policy: HostKeyPolicy): HostKeys {
  const files = new Map<string, KnownHost[]>();
  const answers = new Map<string, KnownKeys>();
  const unknown = new Map<string, UnknownHostKey>();
  /** Types that a host with a pinned key showed and that were not it: a server has several keys, and is asked for another. */
  const notThePin = new Map<string, string[]>();

  const read = (file: string): KnownHost[] => {
    const lines = files.get(file) ?? parseKnownHosts(readKnownHostsFile(file));
    files.set(file, lines);
    return lines;
  };
  const known = (target: Target): KnownKeys => {
    const all = [...target.knownHostsFiles, ...target.globalKnownHostsFiles];
    const key = [knownHostName(target.knownAs), ...all].join('\n');
    const answer = answers.get(key) ?? linesFor(all.flatMap(read), target.knownAs);
    answers.set(key, answer);
    return answer;
  };
  const accept = (keys: readonly UnknownHostKey[]): void => {
    for (const file of new Set(keys.map((key) => key.file))) {
      const text = addToKnownHosts(
        file,
        keys.filter((key) => key.file === file),
      );
      files.set(file, [...read(file), ...parseKnownHosts(text)]);
    }
    answers.clear();
  };
  return {
    isKnown(target) {
      if (target.pinnedKey !== undefined) return true;
      const { own, portless } = known(target);
      return [...own, ...portless].some((line) => line.marker !== 'revoked');
    },
    algorithms(target) {
      const wrong = notThePin.get(pinName(target)) ?? [];
      const types = target.pinnedKey === undefined ? knownTypes(known(target)) : [];
      return order(types).filter((name) => !wrong.some((type) => signatures(type).includes(name)));
    },
    judge(target, key) {
      if (target.pinnedKey !== undefined) return judgePinned(target, key);
      const verdict = judgeKey(known(target), key);
      if (verdict === 'known') return undefined;
      if (verdict === 'revoked') return revoked(target, key);
      if (verdict === 'changed') return changed(target, key);
      if (verdict === 'authority-only') return authorityOnly(target, key);
      const found = describe(target, key);
      if (!policy.acceptNew) {
        unknown.set(`${found.file}\n${found.name}`, found);
        return notKnown(target, key);
      }
      return acceptNew(target, found);
    },
    takeUnknown() {
      const keys = [...unknown.values()];
      unknown.clear();
      return keys;
    },
    accept,
  };

  function judgePinned(target: Target, key: Buffer): ProvisionError | undefined {
    if (fingerprint(key) === target.pinnedKey) return undefined;
    notThePin.set(pinName(target), [...(notThePin.get(pinName(target)) ?? []), keyType(key) ?? '']);
    return notPinned(target, key);
  }

  function acceptNew(target: Target, found: UnknownHostKey): ProvisionError | undefined {
    try {
      accept([found]);
    } catch (error) {
      return cannotWrite(target, found.file, error);
    }
    policy.onAccepted?.(found);
    return undefined;
  }
}

function describe(target: Target, key: Buffer): UnknownHostKey {
  return {
    host: target.label,
    name: knownHostName(target.knownAs),
    type: keyTypeName(key),
    fingerprint: fingerprint(key),
    key,
    file: target.knownHostsFiles[0] ?? '/dev/null',
  };
}

function pinName(target: Target): string {
  return `${knownHostName(target.knownAs)} ${target.pinnedKey}`;
}

/** A key of type ssh-rsa is asked for under the names of its signatures. */
function signatures(type: string): string[] {
  return type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [type];
}

function order(types: readonly string[]): ServerHostKeyAlgorithm[] {
  const wanted = types.flatMap(signatures);
  const usable = wanted.flatMap((name) => ALGORITHMS.find((algorithm) => algorithm === name) ?? []);
  return [...usable, ...ALGORITHMS.filter((name) => !usable.includes(name))];
}
