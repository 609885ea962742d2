import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ExitCode, ProvisionError } from '../errors.js';
import { identityFile, KUBERNETES_FOLDER, type Lab } from './model.js';

/** The suites whose Ceph ceph-deploy can deploy; in later ones Ceph's own commands take the same steps. */
const WITH_CEPH_DEPLOY = ['bullseye', 'bookworm'];

const FIRST_LINE = '# A lab made by `provision lab create`';

/**
 * The inventory of a lab. It pins every host's key and names the key that opens it, so that nothing is asked.
 * Ceph is told to take little room, and not to complain of a full disk: all hosts of all labs share the one of the machine.
 * The same disk is why kubelet is told to evict nothing before it is nearly full; the limits of tracked connections, which kube-proxy
 * would set, belong to the machine too.
 * Docker is told to manage control groups itself: where the lab's machine has cgroup v1, the systemd of a host does not own them.
 */
export function inventoryText(lab: Lab): string {
  const installer = WITH_CEPH_DEPLOY.includes(lab.suite) ? 'ceph-deploy' : 'packages';
  const hosts = lab.hosts.map(
    ({ name, address, roles, hostKey }) =>
      `  ${name}: { address: ${address}, roles: [${roles.join(', ')}], ssh: { hostKey: "${hostKey}" } }`,
  );
  return `${FIRST_LINE}; \`provision lab destroy --name ${lab.name}\` removes it.
cluster: ${lab.name}
timezone: Asia/Shanghai
ssh: { user: root, identityFile: ${identityFile(lab)} }
time: { servers: [${lab.network.gateway}] }
docker: { cgroupDriver: cgroupfs }
ceph: { installer: ${installer}, blockSize: 3G, config: { osd journal size: 512, mon data avail warn: 3, mon data avail crit: 1, mon osd nearfull ratio: 0.95, mon osd backfillfull ratio: 0.96, mon osd full ratio: 0.97 } }
kubernetes:
  { version: ${lab.kubernetes.version}, source: folder, folder: ${KUBERNETES_FOLDER}, evictionHard: { nodefs.available: 2%, imagefs.available: 2% }, proxyConfig: { conntrack.maxPerCore: "0", conntrack.min: "0", conntrack.tcpEstablishedTimeout: 0s, conntrack.tcpCloseWaitTimeout: 0s } }
hosts:
${hosts.join('\n')}
`;
}

/**
 * Refuses a path that holds something else than the inventory of a lab.
 * @throws ProvisionError LAB_INVENTORY
 */
export async function requireOwnFile(path: string): Promise<void> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return FIRST_LINE;
    throw error;
  });
  if (text.startsWith(FIRST_LINE)) return;
  throw new ProvisionError(
    'LAB_INVENTORY',
    `${path} exists and was not written by the lab; it stays as it is.`,
    {
      hint: 'Name another file with `-o`.',
      exitCode: ExitCode.usage,
    },
  );
}

/**
 * Writes the inventory of a lab.
 * @returns the absolute path.
 * @throws ProvisionError LAB_INVENTORY when the path holds something else.
 */
export async function writeInventory(lab: Lab, path: string): Promise<string> {
  await requireOwnFile(path);
  await writeFile(path, inventoryText(lab));
  return resolve(path);
}
