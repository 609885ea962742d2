// How long `provision doctor` takes on a platform that is well: Docker, Kubernetes and a pod network on every host, and Ceph on the first three.
// Both sides take turns in each round, as whole processes: the doctor, and the least that a person would ask by hand (ssh to every host at once
// for what failed and what is full; the nodes, pods and events; the health of Ceph). Needs root and the lab's packages.
// Usage: npm run bench:doctor [-- --hosts 10 --rounds 5]
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parse, stringify } from 'yaml';
import { createLab } from '../dist/src/lab/create.js';
import { destroyLab, labNames } from '../dist/src/lab/destroy.js';
import { writeInventory } from '../dist/src/lab/inventory-file.js';
import { identityFile } from '../dist/src/lab/model.js';
import { table, time } from './measure.mjs';

const MAIN = fileURLToPath(new URL('../dist/bin/provision.js', import.meta.url));
const NAME = 'bench-doctor';
const CEPH_HOSTS = ['node1', 'node2', 'node3'];
const STAGES = 'hosts,docker,kubernetes,ceph,network';
/** Milliseconds after which a new platform has nothing more to say of its beginning. */
const SETTLING = 60_000;

const { values } = parseArgs({
  options: { hosts: { type: 'string', default: '10' }, rounds: { type: 'string', default: '5' } },
});

/** Ceph on three hosts, with a pool, an image and a client, as volumes of Kubernetes would have them. */
function changed(inventory) {
  for (const [name, host] of Object.entries(inventory.hosts)) {
    if (!CEPH_HOSTS.includes(name)) host.roles = host.roles.filter((role) => role !== 'osd');
  }
  inventory.ceph.pools = { kube: {} };
  inventory.ceph.images = { 'kube/data': { size: '64M' } };
  inventory.ceph.clients = { kube: { pools: ['kube'] } };
  return inventory;
}

/** The least that a person would ask. */
function byHand(lab) {
  const options =
    '-o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR';
  const ssh = ({ address }, command) => `ssh -i ${identityFile(lab)} ${options} root@${address} '${command}'`;
  const host =
    'systemctl --failed; df -h; journalctl -q -p err --since -24h -n 200; docker info; ip route; free';
  const cluster =
    'export KUBECONFIG=/etc/kubernetes/admin.conf; kubectl get nodes -o wide; kubectl get pods -A -o wide; kubectl get events -A; ceph health detail; ceph osd tree';
  const hosts = lab.hosts.map((each) => `${ssh(each, host)} >/dev/null 2>&1 &`);
  return `${hosts.join('\n')}\nwait\n${ssh(lab.hosts[0], cluster)} >/dev/null\n`;
}

async function prepare(folder) {
  if ((await labNames()).includes(NAME)) await destroyLab(NAME);
  const lab = await createLab({
    name: NAME,
    hosts: Number(values.hosts),
    suite: 'bookworm',
    report: console.log,
  });
  const file = join(folder, 'lab.yaml');
  await writeInventory(lab, file);
  writeFileSync(file, stringify(changed(parse(readFileSync(file, 'utf8')))));
  writeFileSync(join(folder, 'by-hand.sh'), byHand(lab));
  console.log(`bringing ${values.hosts} hosts up`);
  time('up', process.execPath, [MAIN, 'up', 'lab.yaml', '--stage', STAGES, '--yes', '--output', 'plain'], {
    cwd: folder,
    maxBuffer: 1 << 28,
  });
  await new Promise((resolve) => setTimeout(resolve, SETTLING));
}

const folder = mkdtempSync(join(tmpdir(), 'provision-bench-'));
try {
  await prepare(folder);
  const sides = {
    'by hand': ['sh', ['by-hand.sh'], { cwd: folder }],
    doctor: [process.execPath, [MAIN, 'doctor', 'lab.yaml', '--forks', values.hosts], { cwd: folder }],
  };
  const results = { 'by hand': [], doctor: [] };
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const [side, words] of Object.entries(sides)) {
      const { elapsed } = time(side, ...words);
      results[side].push(elapsed);
      console.log(`${side}: ${(elapsed / 1000).toFixed(2)} s`);
    }
  }
  console.log(`\n${values.hosts} hosts`);
  console.log(table(results, 'doctor'));
} finally {
  await destroyLab(NAME);
  rmSync(folder, { recursive: true, force: true });
}
