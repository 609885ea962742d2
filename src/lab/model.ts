import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExitCode, ProvisionError } from '../errors.js';
import type { Role } from '../inventory/inventory.js';
import { hostFolder, labFolder } from './paths.js';

/** A lab as it was created; kept in `lab.json` of its folder. */
export interface Lab {
  readonly name: string;
  /** Debian suite: bullseye, bookworm, trixie. */
  readonly suite: string;
  /** Folder of the shared image: `root` is the lower layer of every host, `ntp` holds the time server. */
  readonly image: string;
  readonly network: LabNetwork;
  readonly kubernetes: LabKubernetes;
  readonly hosts: readonly LabHost[];
  /** Password of the user `locked`, whose sudo asks for it. */
  readonly lockedPassword: string;
}

export interface LabNetwork {
  /** 1 to 254: the third number of the addresses. */
  readonly number: number;
  readonly bridge: string;
  /** Address of the bridge: gateway and time server of the hosts. */
  readonly gateway: string;
  /** Bytes; that of the machine's own way out. */
  readonly mtu: number;
}

/** Packages and images of Kubernetes that the lab made, because no registry has packages that every lab can reach. */
export interface LabKubernetes {
  /** Folder of this machine; hosts see it, read-only, as `KUBERNETES_FOLDER`. */
  readonly folder: string;
  readonly version: string;
}

export interface LabHost {
  /** Name in the inventory; the host itself does not know it until `provision up` has run. */
  readonly name: string;
  readonly address: string;
  readonly roles: readonly Role[];
  /** Name of the container; its end of the network cable is called `vb-` and this. */
  readonly machine: string;
  /** Fingerprint `SHA256:…` of its ed25519 host key. */
  readonly hostKey: string;
}

/**
 * Folders of a host that lie on the machine's own file system, not on the overlay: Docker and containerd cannot put
 * their overlays on an overlay, OSDs need ext4, and /data is a second disk to move data to.
 */
export const VOLUMES = ['/var/lib/docker', '/var/lib/containerd', '/var/local', '/data'] as const;

/** Where a host sees the packages and images of Kubernetes. */
export const KUBERNETES_FOLDER = '/srv/kubernetes';

/** The folder of a volume below a host's folder or a snapshot of it: `/var/local` is `volumes/var-local`. */
export function volumeFolder(volume: string): string {
  return join('volumes', volume.slice(1).replaceAll('/', '-'));
}

/** The private key with which root, ops and locked are entered. */
export function identityFile(lab: Pick<Lab, 'name'>): string {
  return join(labFolder(lab.name), 'id_ed25519');
}

/** The control group of a host, below that of its lab. */
export function hostGroup(lab: string, host: string): string {
  return `${labGroup(lab)}/${host}`;
}

/** The control group that holds everything that runs for a lab. */
export function labGroup(lab: string): string {
  return `provision-lab/${lab}`;
}

/**
 * One host of a lab.
 * @throws ProvisionError LAB_HOST_UNKNOWN
 */
export function labHost(lab: Lab, name: string): LabHost {
  const host = lab.hosts.find((each) => each.name === name);
  if (host) return host;
  const names = lab.hosts.map((each) => each.name).join(', ');
  throw new ProvisionError('LAB_HOST_UNKNOWN', `The lab ${lab.name} has no host ${name}.`, {
    hint: `Its hosts are ${names}.`,
    exitCode: ExitCode.usage,
  });
}

/** Writes `lab.json`. */
export async function saveLab(lab: Lab): Promise<void> {
  await writeFile(join(labFolder(lab.name), 'lab.json'), `${JSON.stringify(lab, undefined, 2)}\n`);
}

/**
 * Reads a lab that was created to its end.
 * @throws ProvisionError LAB_UNKNOWN, also when its creation was broken off.
 */
export async function openLab(name: string): Promise<Lab> {
  try {
    const lab: Lab = JSON.parse(await readFile(join(labFolder(name), 'lab.json'), 'utf8'));
    return lab;
  } catch (cause) {
    throw new ProvisionError('LAB_UNKNOWN', `There is no finished lab called ${name}.`, {
      hint: '`provision lab list` shows the labs of this machine.',
      exitCode: ExitCode.usage,
      cause,
    });
  }
}

/** Console output of a host since it was created. */
export function consoleLog(lab: string, host: string): string {
  return join(hostFolder(lab, host), 'console.log');
}
