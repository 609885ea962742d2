import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { joinGroup } from './join-group.js';
import { runLocal } from './local.js';
import { CACHE_ROOT, scriptPath } from './paths.js';
import type { Report } from './requirements.js';

/** What a small cloud machine has beyond Debian's important packages. */
const PACKAGES = ['systemd', 'systemd-sysv', 'dbus', 'ifupdown', 'openssh-server', 'sudo', 'ca-certificates'];

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** One archive of packages, as a paragraph of a deb822 sources file. */
export interface Archive {
  readonly uri: string;
  readonly suite: string;
  readonly components: readonly string[];
}

/**
 * The image of a suite: made once (about half a minute), then found by a key over everything it was made from.
 * @param workFolder takes the files from which it is made.
 * @param group control group in which it is made.
 * @returns the folder that holds `root` and `ntp`.
 */
export async function ensureImage(
  suite: string,
  workFolder: string,
  group: string,
  report: Report,
): Promise<string> {
  const sources = sourcesText(archivesFor(suite, await ownRelease(), await ownArchives()));
  const aptConf = await acquireOptions('/etc/apt/apt.conf.d');
  const script = scriptPath('build-image.sh');
  const scripts = [script, scriptPath('add-time-server.sh')];
  const texts = await Promise.all(scripts.map((path) => readFile(path, 'utf8')));
  const key = createHash('sha256');
  for (const part of [suite, sources, aptConf, PACKAGES.join(), ...texts]) key.update(`${part}\0`);
  const folder = join(CACHE_ROOT, `${suite}-${key.digest('hex').slice(0, 12)}`);
  if (existsSync(folder)) return folder;
  report(`Building the ${suite} image with mmdebstrap, once: about half a minute`);
  const files = { sources: join(workFolder, 'debian.sources'), aptConf: join(workFolder, 'apt.conf') };
  await mkdir(CACHE_ROOT, { recursive: true, mode: 0o755 });
  await writeFile(files.sources, sources);
  await writeFile(files.aptConf, aptConf);
  const build = ['sh', script, suite, folder, files.sources, files.aptConf, PACKAGES.join()];
  await runLocal(joinGroup(group, ['flock', join(CACHE_ROOT, 'lock'), 'unshare', '--mount', ...build]));
  return folder;
}

/** Removes what a broken-off build of an image left, unless one is being built. */
export async function removeBrokenImages(): Promise<void> {
  const names = await readdir(CACHE_ROOT).catch((): string[] => []);
  const broken = names.filter((name) => name.endsWith('.partial')).map((name) => join(CACHE_ROOT, name));
  if (broken.length === 0) return;
  const remove = ['rm', '--recursive', '--force', '--one-file-system', '--', ...broken];
  await runLocal(['flock', '--nonblock', join(CACHE_ROOT, 'lock'), ...remove], { allowFailure: true });
}

/**
 * The archives from which a suite comes: those of this machine's own Debian release with the suite's name in place of
 * the release's, else Debian's public ones.
 */
export function archivesFor(suite: string, release: string | undefined, own: readonly Archive[]): Archive[] {
  const usable = release ? own.filter((archive) => archive.suite.split('-')[0] === release) : [];
  const taken = usable.length > 0 ? usable.map((archive) => renamed(archive, suite)) : publicArchives(suite);
  // The rolling release has neither updates nor a security archive.
  return suite === 'sid' ? taken.filter((archive) => archive.suite === 'sid') : taken;
}

/** A deb822 sources file. */
export function sourcesText(archives: readonly Archive[]): string {
  return archives
    .map(({ uri, suite, components }) =>
      [
        'Types: deb',
        `URIs: ${uri}`,
        `Suites: ${suite}`,
        `Components: ${components.join(' ')}`,
        `Signed-By: ${KEYRING}`,
        '',
      ].join('\n'),
    )
    .join('\n');
}

function renamed(archive: Archive, suite: string): Archive {
  const [, ...rest] = archive.suite.split('-');
  return { ...archive, suite: [suite, ...rest].join('-') };
}

function publicArchives(suite: string): Archive[] {
  const components = ['main'];
  return [
    { uri: 'http://deb.debian.org/debian/', suite, components },
    { uri: 'http://deb.debian.org/debian/', suite: `${suite}-updates`, components },
    { uri: 'http://deb.debian.org/debian-security/', suite: `${suite}-security`, components },
  ];
}

/** The code name of this machine's release, when it is a Debian. */
async function ownRelease(): Promise<string | undefined> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  if (!/^ID=debian$/m.test(text)) return undefined;
  return /^VERSION_CODENAME=(\w+)$/m.exec(text)?.[1];
}

/** The archives that apt uses on this machine, in its own words. */
async function ownArchives(): Promise<Archive[]> {
  const format = '$(REPO_URI) $(RELEASE) $(COMPONENT)';
  const listed = await runLocal(['apt-get', 'indextargets', '--format', format, 'Created-By: Packages'], {
    allowFailure: true,
  });
  const archives = new Map<string, Archive>();
  for (const line of listed.stdout.trim().split('\n')) {
    const [uri, suite, component] = line.split(' ');
    if (!uri || !suite || !component) continue;
    const known = archives.get(`${uri} ${suite}`);
    archives.set(`${uri} ${suite}`, { uri, suite, components: [...(known?.components ?? []), component] });
  }
  return [...archives.values()];
}

/**
 * How this machine reaches its archives: its apt options about acquiring (proxies, time-outs, dates). The files that
 * container images carry to stay small (docker-clean, docker-gzip-indexes) make apt slow and stay out.
 */
async function acquireOptions(folder: string): Promise<string> {
  const names = await readdir(folder).catch((): string[] => []);
  const texts = await Promise.all(
    names
      .filter((name) => name !== 'docker-clean' && name !== 'docker-gzip-indexes')
      .toSorted()
      .map((name) => readFile(join(folder, name), 'utf8')),
  );
  const lines = texts.join('\n').split('\n');
  return lines
    .filter((line) => /^\s*Acquire::[\w:-]+\s+"[^"]*";\s*$/i.test(line))
    .join('\n')
    .concat('\n');
}
