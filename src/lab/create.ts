import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExitCode, ProvisionError } from '../errors.js';
import type { Role } from '../inventory/inventory.js';
import { createGroup, killGroup } from './cgroups.js';
import { destroyLab } from './destroy.js';
import { errorCode } from './error-code.js';
import { type CommonFiles, writeHostFiles } from './host-files.js';
import { ensureImage } from './image.js';
import { ensureKubernetes } from './kubernetes/ensure.js';
import { runLocal } from './local.js';
import { identityFile, type Lab, type LabHost, labGroup, saveLab } from './model.js';
import { claimNetwork } from './network.js';
import { hostFolder, labFolder, STATE_ROOT } from './paths.js';
import { powerOnAll } from './power.js';
import { type Report, requireLabPackages, requireRoot } from './requirements.js';
import { snapshotLab } from './snapshot.js';

/** Addresses run from .11 to .250 of the lab's network. */
const MOST_HOSTS = 240;

export interface LabRequest {
  /** Lower-case letters, digits and dashes; 1 to 20 of them, a letter first. */
  readonly name: string;
  /** How many hosts, called node1, node2 and so on. */
  readonly hosts: number;
  /** Debian suite. */
  readonly suite: string;
  readonly report: Report;
  /** Breaks the creation off; what there is of the lab is removed. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Creates a lab: hosts that run and answer ssh, and a snapshot `created` of them. What a failure leaves is removed.
 * @throws ProvisionError LAB_ROOT, LAB_PACKAGES, LAB_NAME, LAB_HOSTS, LAB_EXISTS, LAB_NETWORK, LAB_COMMAND, LAB_START, LAB_INTERRUPTED
 */
export async function createLab(request: LabRequest): Promise<Lab> {
  checkRequest(request);
  requireRoot();
  await requireLabPackages();
  await claimName(request.name);
  // Whatever is going on fails when its processes are killed.
  const stop = (): void => void killGroup(labGroup(request.name));
  request.signal?.addEventListener('abort', stop);
  try {
    return await build(request);
  } catch (error) {
    await destroyLab(request.name);
    throw request.signal?.aborted === true ? interrupted(request.name) : error;
  } finally {
    request.signal?.removeEventListener('abort', stop);
  }
}

function interrupted(name: string): ProvisionError {
  return new ProvisionError('LAB_INTERRUPTED', `The lab ${name} was not created; nothing of it is left.`, {
    exitCode: ExitCode.interrupted,
  });
}

async function build({ name, hosts, suite, report, signal }: LabRequest): Promise<Lab> {
  const network = await claimNetwork(name);
  const tools = `${labGroup(name)}/tools`;
  await createGroup(tools);
  const common = await makeCommonFiles(name);
  const image = await ensureImage(suite, labFolder(name), tools, report);
  signal?.throwIfAborted();
  const { folder, version } = await ensureKubernetes(report, signal);
  const kubernetes = { folder, version };
  const base = { name, suite, image, network, kubernetes, lockedPassword: common.lockedPassword };
  report(
    `Starting ${hosts} ${hosts === 1 ? 'host' : 'hosts'} on ${network.bridge} (10.77.${network.number}.0/24)`,
  );
  const planned = Array.from({ length: hosts }, (_, index) => plannedHost(network.number, index + 1, hosts));
  const lab = { ...base, hosts: await Promise.all(planned.map((host) => prepareHost(base, host, common))) };
  await saveLab(lab);
  await powerOnAll(lab);
  signal?.throwIfAborted();
  await snapshotLab(lab, 'created');
  return lab;
}

function checkRequest({ name, hosts, suite }: LabRequest): void {
  if (!/^[a-z][a-z0-9-]{0,19}$/.test(name)) {
    throw new ProvisionError('LAB_NAME', `"${name}" cannot be the name of a lab.`, {
      hint: 'Use 1 to 20 lower-case letters, digits and dashes, a letter first.',
      exitCode: ExitCode.usage,
    });
  }
  if (!/^[a-z]+$/.test(suite)) {
    throw new ProvisionError('LAB_SUITE', `"${suite}" is not a suite of Debian.`, {
      hint: 'For example bullseye, bookworm or trixie.',
      exitCode: ExitCode.usage,
    });
  }
  if (!Number.isInteger(hosts) || hosts < 1 || hosts > MOST_HOSTS) {
    throw new ProvisionError('LAB_HOSTS', `A lab has from 1 to ${MOST_HOSTS} hosts.`, {
      exitCode: ExitCode.usage,
    });
  }
}

async function claimName(name: string): Promise<void> {
  await mkdir(STATE_ROOT, { recursive: true, mode: 0o700 });
  await chmod(STATE_ROOT, 0o700);
  try {
    await mkdir(labFolder(name), { mode: 0o700 });
  } catch (cause) {
    if (errorCode(cause) !== 'EEXIST') throw cause;
    throw new ProvisionError('LAB_EXISTS', `There is a lab called ${name} already.`, {
      hint: `Choose another one with \`--name\`, or remove it with \`provision lab destroy --name ${name}\`.`,
      exitCode: ExitCode.usage,
      cause,
    });
  }
}

async function makeCommonFiles(name: string): Promise<CommonFiles & { readonly lockedPassword: string }> {
  const key = identityFile({ name });
  await runLocal(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', `provision-lab-${name}`, '-f', key]);
  const lockedPassword = randomBytes(9).toString('base64url');
  const { stdout } = await runLocal(['openssl', 'passwd', '-6', '-stdin'], { input: `${lockedPassword}\n` });
  return { publicKey: await readFile(`${key}.pub`, 'utf8'), lockedHash: stdout.trim(), lockedPassword };
}

function plannedHost(network: number, index: number, hosts: number): Omit<LabHost, 'hostKey'> {
  return {
    name: `node${index}`,
    address: `10.77.${network}.${10 + index}`,
    machine: `plab${network}-${index}`,
    roles: rolesOf(index, hosts),
  };
}

/** The first host leads; monitors are one or three, because an even number survives no more failures than one less. */
function rolesOf(index: number, hosts: number): Role[] {
  const monitors = hosts < 3 ? 1 : 3;
  return [
    ...(index === 1 ? (['control-plane'] as const) : []),
    'worker',
    ...(index <= monitors ? (['mon'] as const) : []),
    ...(index === 1 ? (['mgr'] as const) : []),
    'osd',
    ...(index === 1 ? (['mds'] as const) : []),
  ];
}

async function prepareHost(
  lab: Omit<Lab, 'hosts'>,
  host: Omit<LabHost, 'hostKey'>,
  common: CommonFiles,
): Promise<LabHost> {
  await mkdir(join(hostFolder(lab.name, host.name), 'upper'), { recursive: true });
  return { ...host, hostKey: await writeHostFiles(lab, host, common) };
}
