import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { controllersAreSeparate } from './cgroups.js';
import { runLocal } from './local.js';
import type { Lab, LabHost } from './model.js';
import { hostFolder, scriptPath } from './paths.js';
import { folderInLayer, linkInLayer, type UpperLayer, writeInLayer } from './upper-layer.js';

/** The users of a lab host who accept the lab's key; the numbers are those of build-image.sh. */
const USERS = [
  { home: '/root', id: 0 },
  { home: '/home/ops', id: 1000 },
  { home: '/home/locked', id: 1001 },
] as const;

const CAP_SYS_RESOURCE = 24;

/** What all hosts of a lab have in common and are given before their first start. */
export interface CommonFiles {
  readonly publicKey: string;
  /** The line of /etc/shadow for the user `locked`, without the name. */
  readonly lockedHash: string;
}

/**
 * Writes into the upper layer of a host that has not run yet what makes it itself: keys, address, names, and how this
 * machine reaches the network.
 * @returns the fingerprint of its ed25519 host key.
 */
export async function writeHostFiles(
  lab: Omit<Lab, 'hosts'>,
  host: Omit<LabHost, 'hostKey'>,
  common: CommonFiles,
): Promise<string> {
  const files = { upper: join(hostFolder(lab.name, host.name), 'upper'), lower: join(lab.image, 'root') };
  await writeInLayer(files, '/etc/machine-id', `${randomBytes(16).toString('hex')}\n`);
  await writeInLayer(files, '/etc/network/interfaces.d/host0', interfaceText(lab, host));
  await writeInLayer(files, '/etc/resolv.conf', await nameServers());
  await writeInLayer(files, '/etc/shadow', await shadow(lab.image, common.lockedHash));
  await writeTrust(files);
  for (const { home, id } of USERS) {
    await writeInLayer(files, `${home}/.ssh/authorized_keys`, common.publicKey, {
      mode: 0o600,
      folderMode: 0o700,
      owner: id,
    });
  }
  await writeAdaptations(files);
  return makeHostKeys(files);
}

/** `SHA256:…`, as `ssh-keygen -l` prints it, of a line in a public key file. */
export function fingerprint(publicKey: string): string {
  const blob = Buffer.from(publicKey.split(' ')[1] ?? '', 'base64');
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replaceAll('=', '')}`;
}

function interfaceText(lab: Omit<Lab, 'hosts'>, host: Omit<LabHost, 'hostKey'>): string {
  return `auto host0
iface host0 inet static
  address ${host.address}/24
  gateway ${lab.network.gateway}
  mtu ${lab.network.mtu}
`;
}

/** A resolver that listens on this machine's loopback only is out of reach; systemd-resolved tells the real ones. */
async function nameServers(): Promise<string> {
  const own = await readFile('/etc/resolv.conf', 'utf8').catch(() => '');
  const upstream = '/run/systemd/resolve/resolv.conf';
  return /^nameserver\s+127\./m.test(own) && existsSync(upstream) ? readFile(upstream, 'utf8') : own;
}

async function shadow(image: string, hash: string): Promise<string> {
  const text = await readFile(join(image, 'root/etc/shadow'), 'utf8');
  return text.replace(/^locked:[^:]*:/m, () => `locked:${hash}:`);
}

/** Certificate authorities and pip's settings, which some networks need to reach their registries. */
async function writeTrust(files: UpperLayer): Promise<void> {
  const folder = '/usr/local/share/ca-certificates';
  const names = await readdir(folder).catch((): string[] => []);
  const extra = names.filter((name) => name.endsWith('.crt')).map((name) => join(folder, name));
  for (const path of [...extra, '/etc/ssl/certs/ca-certificates.crt', '/etc/pip.conf']) {
    if (existsSync(path)) await writeInLayer(files, path, await readFile(path, 'utf8'));
  }
}

/** What a host needs because it shares this machine's kernel and clock. */
async function writeAdaptations(files: UpperLayer): Promise<void> {
  await writeInLayer(files, '/etc/systemd/system/chrony.service.d/lab.conf', CHRONY_DROP_IN);
  if (controllersAreSeparate()) {
    await writeInLayer(files, '/usr/local/sbin/lab-cgroups', await guestScript('cgroups.sh'), {
      mode: 0o755,
    });
    await writeInLayer(files, '/etc/systemd/system/lab-cgroups.service', CGROUPS_UNIT);
    await linkInLayer(
      files,
      '/etc/systemd/system/sysinit.target.wants/lab-cgroups.service',
      '../lab-cgroups.service',
    );
  }
  if (!(await hasCapability(CAP_SYS_RESOURCE))) {
    await writeInLayer(files, '/usr/local/sbin/runc', await guestScript('runc.sh'), { mode: 0o755 });
  }
}

const CHRONY_DROP_IN = `# The clock belongs to the lab's machine: chronyd measures (chronyc tracking), but sets nothing.
[Service]
ExecStart=
ExecStart=!/usr/sbin/chronyd $DAEMON_OPTS -x
`;

const CGROUPS_UNIT = `[Unit]
Description=Make this lab host's control groups writable
DefaultDependencies=no
Before=sysinit.target docker.service containerd.service kubelet.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/sbin/lab-cgroups
`;

async function guestScript(name: string): Promise<string> {
  return readFile(scriptPath(join('guest', name)), 'utf8');
}

async function hasCapability(number: number): Promise<boolean> {
  const bits = /^CapEff:\s*([0-9a-f]+)$/m.exec(await readFile('/proc/self/status', 'utf8'))?.[1] ?? '0';
  return ((BigInt(`0x${bits}`) >> BigInt(number)) & 1n) === 1n;
}

async function makeHostKeys(files: UpperLayer): Promise<string> {
  await folderInLayer(files, '/etc/ssh');
  await runLocal(['ssh-keygen', '-A', '-f', files.upper]);
  return fingerprint(await readFile(join(files.upper, 'etc/ssh/ssh_host_ed25519_key.pub'), 'utf8'));
}
