import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ProvisionError } from '../errors.js';
import { createLab } from './create.js';
import { destroyLab, labNames } from './destroy.js';
import { writeInventory } from './inventory-file.js';
import { VERSION as KUBERNETES } from './kubernetes/recipe.js';
import { openLab } from './model.js';
import { ensureLabPackages, requireRoot } from './requirements.js';

const NAME = 'demo';
const HOSTS = 3;
const SUITE = 'bookworm';
const INVENTORY = 'demo.yaml';
const MAIN = fileURLToPath(new URL('../../bin/provision.js', import.meta.url));

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** `npm run demo`: a lab, `provision up` on it, and how to look around; `-- --destroy` removes it. Gives the exit code. */
async function demo(words: readonly string[]): Promise<number> {
  requireRoot();
  if (words.includes('--destroy')) return remove();
  await ensureLabPackages(say);
  await bringUpLab();
  say(`\n$ provision up ${INVENTORY} --yes`);
  const code = await provision(['up', INVENTORY, '--yes']);
  if (code === 0) tellAround();
  else
    say(`\nThat did not work (exit code ${code}). Run "npm run demo" again: what is done is not done twice.`);
  return code;
}

/** The hosts are kept from demo to demo, so that the second one shows that nothing changes. */
async function bringUpLab(): Promise<void> {
  const exists = (await labNames()).includes(NAME);
  const usable = exists && (await openLab(NAME).catch(() => undefined)) !== undefined;
  if (exists && !usable) await destroyLab(NAME);
  if (usable) say(`The lab "${NAME}" is still there and is used again.`);
  else await createLab({ name: NAME, hosts: HOSTS, suite: SUITE, report: say });
  await writeInventory(await openLab(NAME), INVENTORY);
}

async function remove(): Promise<number> {
  await destroyLab(NAME);
  await rm(INVENTORY, { force: true });
  say('The demo is gone.');
  return 0;
}

/** The program itself, on this terminal. Ctrl-C reaches it directly; this process waits for its answer. */
async function provision(words: readonly string[]): Promise<number> {
  const ignore = (): void => undefined;
  process.on('SIGINT', ignore);
  const child = spawn(process.execPath, [MAIN, ...words], { stdio: 'inherit' });
  const [code] = (await once(child, 'close')) as [number | null];
  process.off('SIGINT', ignore);
  return code ?? 1;
}

function tellAround(): void {
  say(`
Three hosts are one cluster of Kubernetes and one of Ceph now. Kubernetes is the ${KUBERNETES} that the lab made from Debian's source
(see docs/lab.md); on hosts of yours it comes from its own package source. To look around (as root):
  npm run provision -- status ${INVENTORY}
  npm run provision -- exec ${INVENTORY} --host node1 -- kubectl --kubeconfig /etc/kubernetes/admin.conf get nodes,pods -A -o wide
  npm run provision -- exec ${INVENTORY} --host node1 -- ceph -s
  npm run provision -- ssh node1 ${INVENTORY}
  npm run provision -- up ${INVENTORY}        (again: nothing changes)
  npm run provision -- lab exec node2 --name ${NAME} -- systemctl stop kubelet
  npm run provision -- plan ${INVENTORY}      (sees it)
To remove everything:
  npm run demo -- --destroy`);
}

try {
  process.exitCode = await demo(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof ProvisionError)) throw error;
  process.stderr.write(`${error.message}\n${error.hint === undefined ? '' : `  ${error.hint}\n`}`);
  process.exitCode = error.exitCode;
}
