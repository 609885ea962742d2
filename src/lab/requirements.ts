import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { ExitCode, ProvisionError } from '../errors.js';
import { runLocal } from './local.js';

/** Called with a line before each step that takes long. */
export type Report = (line: string) => void;

/** What the lab runs or reads on this machine, and the Debian package that brings it. */
const NEEDS: readonly { readonly file: string; readonly package: string }[] = [
  { file: 'mmdebstrap', package: 'mmdebstrap' },
  { file: 'systemd-nspawn', package: 'systemd-container' },
  { file: 'nft', package: 'nftables' },
  { file: 'ip', package: 'iproute2' },
  { file: 'ssh-keygen', package: 'openssh-client' },
  { file: 'openssl', package: 'openssl' },
  { file: 'unshare', package: 'util-linux' },
  { file: 'find', package: 'findutils' },
  { file: '/usr/share/keyrings/debian-archive-keyring.gpg', package: 'debian-archive-keyring' },
];

/**
 * Refuses to go on without root.
 * @throws ProvisionError LAB_ROOT
 */
export function requireRoot(): void {
  if (process.getuid?.() === 0) return;
  throw new ProvisionError(
    'LAB_ROOT',
    'The lab starts containers and a network bridge, for which it must be root.',
    {
      hint: 'Run the same command with sudo.',
      exitCode: ExitCode.usage,
    },
  );
}

/** The packages that this machine lacks for the lab. */
export async function missingLabPackages(): Promise<string[]> {
  const missing = await Promise.all(
    NEEDS.map(async (need) => ((await present(need.file)) ? [] : [need.package])),
  );
  return missing.flat();
}

/**
 * Refuses to go on without the packages that the lab needs.
 * @throws ProvisionError LAB_PACKAGES with the apt line that brings them.
 */
export async function requireLabPackages(): Promise<void> {
  const missing = await missingLabPackages();
  if (missing.length === 0) return;
  throw new ProvisionError(
    'LAB_PACKAGES',
    `The lab needs packages that this machine lacks: ${missing.join(', ')}.`,
    {
      hint: `Install them with \`${aptLine(missing).join(' ')}\`.`,
      exitCode: ExitCode.usage,
    },
  );
}

/** Installs the packages that the lab needs, after saying which; used by the demo and the end-to-end tests. */
export async function ensureLabPackages(report: Report): Promise<void> {
  requireRoot();
  const missing = await missingLabPackages();
  if (missing.length === 0) return;
  report(`Installing what the lab needs: ${aptLine(missing).join(' ')}`);
  const install = ['env', 'DEBIAN_FRONTEND=noninteractive', ...aptLine(missing)];
  const first = await runLocal(install, { allowFailure: true });
  if (first.code === 0) return;
  await runLocal(['apt-get', 'update']);
  await runLocal(install);
}

function aptLine(packages: readonly string[]): string[] {
  return ['apt-get', 'install', '-y', '--no-install-recommends', ...packages];
}

async function present(file: string): Promise<boolean> {
  const folders = file.startsWith('/')
    ? ['']
    : ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
  const found = await Promise.all(folders.map((folder) => readable(join(folder, file))));
  return found.includes(true);
}

async function readable(path: string): Promise<boolean> {
  return access(path, constants.R_OK).then(
    () => true,
    () => false,
  );
}
