import { readFileSync } from 'node:fs';
import type { Task } from '../../../src/engine/task.js';
import type { Inventory } from '../../../src/inventory/inventory.js';
import { rawScript, sh } from '../../../src/shell/script.js';
import { command } from '../../../src/tasks/command.js';
import { noProxy } from '../../proxy.js';
import type { CephContext } from '../context.js';
import { cephDeployVersion } from './versions.js';

const FUNCTIONS = rawScript(readFileSync(new URL('./install.sh', import.meta.url), 'utf8'));
/** Name of the secret with the proxies, which may hold a password. */
const PROXY = 'ceph-deploy-proxy';
/** Seconds: a slow package index. */
const TIMEOUT = 600;
/** For releases that ceph-deploy does not know; the rules of the inventory refuse them. */
const NEWEST = '2.0.1';

function versionOf({ release }: CephContext) {
  return cephDeployVersion(release.cephDeploy ?? NEWEST);
}

/** The virtual environment. */
export function deployRoot(context: CephContext): string {
  return `/opt/ceph-deploy-${versionOf(context).version}`;
}

/** ceph-deploy in the version that fits the release, with what newer Pythons need: pitfalls ceph-deploy-too-old, ceph-deploy-python38. */
export function installed(context: CephContext): Task {
  const { version, tools, packages, patches } = versionOf(context);
  const root = deployRoot(context);
  const words = patches.flatMap(({ file, original, change, patched }) => [file, original, change, patched]);
  return command({
    id: 'ceph-deploy-installed',
    title: `ceph-deploy ${version} is in ${root}`,
    after: ['ceph-packages'],
    prevents: ['ceph-deploy-too-old', 'ceph-deploy-python38'],
    timeout: { apply: TIMEOUT },
    secrets: Object.keys(proxySecret(context.inventory)),
    check: sh`${FUNCTIONS}
check_deploy ${[root, version, ...words]}`,
    apply: sh`${FUNCTIONS}
install_deploy ${[root, tools, packages, ...words]}`,
  });
}

/** The proxy of the inventory as pip takes it: an environment variable a line. */
export function proxySecret(inventory: Inventory): Readonly<Record<string, string>> {
  const { proxy } = inventory;
  if (proxy === undefined) return {};
  const variables = [
    ['http_proxy', proxy.http],
    ['https_proxy', proxy.https],
    ['no_proxy', noProxy(inventory).join(',')],
  ];
  const set = variables.filter(([, value]) => value !== undefined);
  return { [PROXY]: set.map(([name, value]) => `${name}=${value}\n`).join('') };
}
