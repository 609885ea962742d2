import { readFileSync } from 'node:fs';
import { quote } from '../shell/quote.js';
import { parseDefaultRoute, parseInterfaces } from './facts-network.js';
import { parseBlockDevices, parseFileSystems, parseSwap } from './facts-storage.js';
import type { HostFacts } from './facts.js';

const SCRIPT = readFileSync(new URL('./facts.sh', import.meta.url), 'utf8');

/** When the facts program was sent and when its output had come: the controller's clock, seconds since 1970. */
export interface FactsTiming {
  readonly sentAt: number;
  readonly receivedAt: number;
}

/** The program that prints the facts of a host, with the versions of these packages among them. */
export function factsScript(packages: readonly string[] = []): string {
  const names = packages.map((name) => ` ${quote(name)}`).join('');
  return [
    'LC_ALL=C',
    'PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin',
    'export LC_ALL PATH',
    SCRIPT,
    `main${names} </dev/null 2>/dev/null`,
    '',
  ].join('\n');
}

/** Reads the output of `factsScript`. Whatever the text is, this gives facts; what it does not tell is undefined. */
export function parseFacts(text: string, timing: FactsTiming): HostFacts {
  const sections = splitSections(text);
  const section = (name: string): readonly string[] => sections.get(name) ?? [];
  const files = groupByFile(section('files'));
  const file = (path: string): readonly string[] => files.get(path) ?? [];
  const state = keyValues(section('state'));
  const packages = parsePackages(section('packages'));
  const links = parseLinks(section('links'));
  return {
    hostname: file('/proc/sys/kernel/hostname')[0] ?? '',
    os: parseOs(file('/etc/os-release'), file('/etc/lsb-release')),
    architecture: state.get('architecture') ?? '',
    kernel: file('/proc/sys/kernel/osrelease')[0] ?? '',
    init: oneOf(['systemd', 'upstart', 'sysvinit', 'other'], state.get('init')) ?? 'other',
    virtualization: state.get('virtualization'),
    interfaces: parseInterfaces(section('addresses'), files),
    defaultRoute: parseDefaultRoute(file('/proc/net/route'), file('/proc/net/ipv6_route')),
    fileSystems: parseFileSystems(section('file-systems')),
    blockDevices: parseBlockDevices(section('block-devices'), file('/proc/partitions')),
    memory: kibibytes(file('/proc/meminfo')[0]),
    processors: countProcessors(file('/sys/devices/system/cpu/online')[0]),
    swap: parseSwap(file('/proc/swaps')),
    timezone: zoneOfLink(links.get('/etc/localtime')) ?? nonEmpty(file('/etc/timezone')[0]?.trim()),
    localtime: oneOf(['symlink', 'file', 'missing'], state.get('localtime')) ?? 'missing',
    ...compareClocks(section('started')[0], section('ended')[0], timing),
    python: pythonVersion(links),
    cgroup: oneOf(['v1', 'v2', 'hybrid'], state.get('cgroup')) ?? 'v1',
    packages,
    packageManager: oneOf(['apt', 'dnf', 'yum', 'other'], state.get('package-manager')) ?? 'other',
    runtimes: parseRuntimes(packages, section('runtimes')),
    timeSync: state.get('time-sync'),
    proofs: parseProofs(files),
    user: state.get('user') ?? '',
  };
}

/** The lines of each section. What comes before the first heading is a login script's. */
function splitSections(text: string): Map<string, readonly string[]> {
  const sections = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of text.split('\n')) {
    const name = /^@@provision ([a-z-]+)$/.exec(line)?.[1];
    if (name !== undefined) {
      current = [];
      sections.set(name, current);
    } else if (line !== '') {
      current.push(line);
    }
  }
  return sections;
}

/** `grep -H` puts the path before each line of a file. */
function groupByFile(lines: readonly string[]): Map<string, string[]> {
  const files = new Map<string, string[]>();
  for (const line of lines) {
    const [, path, content] = /^(\/[^:]*):(.*)$/.exec(line) ?? [];
    if (path === undefined || content === undefined) continue;
    const known = files.get(path);
    if (known === undefined) files.set(path, [content]);
    else known.push(content);
  }
  return files;
}

const PROOFS = '/var/lib/provision/proofs/';

function parseProofs(files: ReadonlyMap<string, readonly string[]>): Record<string, string> {
  const proofs = [...files].filter(([path]) => path.startsWith(PROOFS));
  return Object.fromEntries(proofs.map(([path, [key = '']]) => [path.slice(PROOFS.length), key]));
}

/** Lines `key value`; a key without a value is left out. */
function keyValues(lines: readonly string[]): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of lines) {
    const [, key, value] = /^(\S+) +(\S.*)$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) values.set(key, value.trim());
  }
  return values;
}

/** What symbolic links say, from `ls -l`. */
function parseLinks(lines: readonly string[]): Map<string, string> {
  const links = new Map<string, string>();
  for (const line of lines) {
    const [, path, target] = /^l.*? (\/\S+) -> (.+)$/.exec(line) ?? [];
    if (path !== undefined && target !== undefined) links.set(path, target);
    const [, plain] = /^-.* (\/\S+)$/.exec(line) ?? [];
    if (plain !== undefined) links.set(plain, plain);
  }
  return links;
}

function parseOs(osRelease: readonly string[], lsbRelease: readonly string[]): HostFacts['os'] {
  const values = assignments(osRelease);
  const version = values.get('VERSION');
  return {
    id: values.get('ID') ?? 'linux',
    version: values.get('VERSION_ID'),
    // Ubuntu 14.04 and Debian before 10 have the codename elsewhere.
    codename:
      values.get('VERSION_CODENAME') ??
      values.get('UBUNTU_CODENAME') ??
      assignments(lsbRelease).get('DISTRIB_CODENAME') ??
      /\(([a-z]+)\)/.exec(version ?? '')?.[1],
    like: values.get('ID_LIKE')?.split(/\s+/) ?? [],
  };
}

/** Shell assignments as os-release(5) allows them. */
function assignments(lines: readonly string[]): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of lines) {
    const [, name, raw = ''] = /^([A-Z0-9_]+)=(.*)$/.exec(line) ?? [];
    const value = raw
      .trim()
      .replace(/^(["'])(.*)\1$/, '$2')
      .replace(/\\(.)/g, '$1')
      .trim();
    if (name !== undefined && value !== '') values.set(name, value);
  }
  return values;
}

/** Lines `status<TAB>name<TAB>version`; the second letter of dpkg's status says what is. */
function parsePackages(lines: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    lines.flatMap((line) => {
      const [status, name, version] = line.split('\t');
      return status?.[1] === 'i' && name && version ? [[name, version]] : [];
    }),
  );
}

function parseRuntimes(
  packages: Readonly<Record<string, string>>,
  lines: readonly string[],
): HostFacts['runtimes'] {
  const told = keyValues(lines);
  const version = (command: string, ...names: readonly string[]): string | undefined => {
    const found = names.find((name) => Object.hasOwn(packages, name));
    if (found !== undefined) return upstreamVersion(packages[found] ?? '');
    return /\d+(\.\d+)+/.exec(told.get(command) ?? '')?.[0];
  };
  return {
    docker: version('dockerd', 'docker-ce', 'docker.io', 'docker-engine', 'moby-engine', 'docker'),
    containerd: version('containerd', 'containerd.io', 'containerd'),
    crio: version('crio', 'cri-o'),
  };
}

/** 5:20.10.24~3-0~debian-bookworm is 20.10.24. */
function upstreamVersion(version: string): string | undefined {
  return /^(?:\d+:)?v?(\d+(?:\.\d+)*)/.exec(version)?.[1];
}

function pythonVersion(links: ReadonlyMap<string, string>): string | undefined {
  for (const [path, major] of [
    ['/usr/bin/python3', '3'],
    ['/usr/bin/python', '2'],
    ['/usr/bin/python2', '2'],
  ] as const) {
    const target = links.get(path);
    if (target !== undefined) return /python(\d+\.\d+)$/.exec(target)?.[1] ?? major;
  }
  return undefined;
}

function zoneOfLink(target: string | undefined): string | undefined {
  return /\/zoneinfo\/(?:posix\/|right\/)?(.+)$/.exec(target ?? '')?.[1];
}

/** A list of ranges such as 0-3,8. */
function countProcessors(online: string | undefined): number | undefined {
  if (online === undefined || !/^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(online)) return undefined;
  return online.split(',').reduce((count, range) => {
    const [first = '0', last = first] = range.split('-');
    return count + Number(last) - Number(first) + 1;
  }, 0);
}

function kibibytes(line: string | undefined): number | undefined {
  const value = /(\d+) kB/.exec(line ?? '')?.[1];
  return value === undefined ? undefined : Number(value) * 1024;
}

/** As NTP does it: the middle of the program's time on the host against the middle of the round trip. */
function compareClocks(
  started: string | undefined,
  ended: string | undefined,
  { sentAt, receivedAt }: FactsTiming,
): Pick<HostFacts, 'clockSkew' | 'clockSkewError'> {
  const from = readClock(started);
  const to = readClock(ended);
  if (from === undefined || to === undefined) return { clockSkew: undefined, clockSkewError: undefined };
  const onTheWay = receivedAt - sentAt - (to.time - from.time);
  return {
    clockSkew: (from.time + to.time) / 2 - (sentAt + receivedAt) / 2,
    clockSkewError: Math.max(0, onTheWay / 2) + Math.max(from.error, to.error),
  };
}

/** busybox prints no fraction; the middle of the second is then the best guess. */
function readClock(line: string | undefined): { readonly time: number; readonly error: number } | undefined {
  const [, seconds, fraction] = /^(\d{1,12})(?:\.(\d*))?/.exec(line ?? '') ?? [];
  if (seconds === undefined) return undefined;
  return fraction
    ? { time: Number(`${seconds}.${fraction}`), error: 0 }
    : { time: Number(seconds) + 0.5, error: 0.5 };
}

function oneOf<T extends string>(words: readonly T[], word: string | undefined): T | undefined {
  return words.find((each) => each === word);
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
