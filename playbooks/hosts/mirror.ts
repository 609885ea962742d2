import { readFileSync } from 'node:fs';
import type { HostFacts } from '../../src/engine/facts.js';
import type { Task } from '../../src/engine/task.js';
import { rawScript, sh } from '../../src/shell/script.js';
import { command } from '../../src/tasks/command.js';

const FUNCTIONS = rawScript(readFileSync(new URL('./mirror.sh', import.meta.url), 'utf8'));
const PROGRAM = readFileSync(new URL('./mirror.awk', import.meta.url), 'utf8').replace(/^ *#.*\n/gm, '');

/** Where Debian and Ubuntu keep their own sources: one-line files of all releases, deb822 files of the newer ones. */
const FILES = [
  '/etc/apt/sources.list',
  '/etc/apt/sources.list.d/debian.list',
  '/etc/apt/sources.list.d/debian.sources',
  '/etc/apt/sources.list.d/ubuntu.sources',
];
/** Debian called the suite buster/updates; from 11 on it is bullseye-security. */
const FIRST_SECURITY_SUITE = 11;

/** Debian's security archive is a tree of its own, which mirrors keep beside the main one; Ubuntu's is in the main one. */
function securityMirror(mirror: string, id: string | undefined): string {
  return id === 'ubuntu' ? mirror : `${mirror}-security`;
}

/** The InRelease files that the mirror must have for this release; none without a mirror. */
export function mirrorSources(
  mirror: string | undefined,
  os: HostFacts['os'] | undefined,
): readonly string[] {
  if (mirror === undefined || os?.codename === undefined) return [];
  const base = withoutSlash(mirror);
  const old = os.id === 'debian' && Number(os.version ?? FIRST_SECURITY_SUITE) < FIRST_SECURITY_SUITE;
  const suite = old ? `${os.codename}/updates` : `${os.codename}-security`;
  return [
    `${base}/dists/${os.codename}/InRelease`,
    `${securityMirror(base, os.id)}/dists/${suite}/InRelease`,
  ];
}

/** The distribution's own package sources point to the mirror; other sources stay. The files as they were are kept. */
export function packageMirror(mirror: string, os: HostFacts['os'] | undefined): Task {
  const base = withoutSlash(mirror);
  const environment = sh`export MIRROR=${base} MIRROR_SECURITY=${securityMirror(base, os?.id)} MIRROR_RELEASE=${os?.codename ?? ''}`;
  return command({
    id: 'package-mirror',
    title: `packages come from ${base}`,
    prevents: ['hosts-registry-blocked'],
    check: sh`${FUNCTIONS}
${environment}
show_rewritten ${[PROGRAM, ...FILES]}`,
    apply: sh`${FUNCTIONS}
${environment}
rewrite ${[PROGRAM, ...FILES]}`,
  });
}

function withoutSlash(address: string): string {
  return address.replace(/\/+$/, '');
}
