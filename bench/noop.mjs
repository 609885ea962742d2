// How long a run takes that has nothing to change: `provision up` of the stages hosts and docker, Ansible doing the same
// checks (pipelining; mitogen), and the floor: one ssh connection and one empty command a host, in parallel.
// All sides take turns in each round, with the same forks, on the same lab hosts. Needs root, the lab's packages, ansible-core
// and ansible-mitogen (`apt install ansible-core ansible-mitogen`). Usage: npm run bench [-- --hosts 1,3,10 --rounds 5]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createLab } from '../dist/src/lab/create.js';
import { destroyLab, labNames } from '../dist/src/lab/destroy.js';
import { labExec } from '../dist/src/lab/exec.js';
import { writeInventory } from '../dist/src/lab/inventory-file.js';
import { identityFile } from '../dist/src/lab/model.js';
import { table, time } from './measure.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const MAIN = here('../dist/bin/provision.js');
const MITOGEN = '/usr/lib/python3/dist-packages/ansible_mitogen/plugins/strategy';
/** Only this system's Python has the modules of the package ansible-core. */
const ANSIBLE = ['/usr/bin/ansible-playbook'];
const BASE_PACKAGES = [
  'ca-certificates',
  'chrony',
  'conntrack',
  'curl',
  'ethtool',
  'gnupg',
  'iptables',
  'socat',
];

const { values } = parseArgs({
  options: { hosts: { type: 'string', default: '1,3,10' }, rounds: { type: 'string', default: '5' } },
});

async function measure(count, rounds) {
  const name = `bench-${count}`;
  if ((await labNames()).includes(name)) await destroyLab(name);
  const lab = await createLab({ name, hosts: count, suite: 'bookworm', report: console.log });
  const folder = mkdtempSync(join(tmpdir(), 'provision-bench-'));
  try {
    await writeInventory(lab, join(folder, 'lab.yaml'));
    console.log(`${count} hosts: bringing them up, and Python for Ansible`);
    time('up', process.execPath, [MAIN, 'up', 'lab.yaml', '--to', 'docker', '--yes', '--output', 'plain'], {
      cwd: folder,
    });
    await Promise.all(lab.hosts.map((host) => preparePython(lab, host.name)));
    const sides = makeSides(lab, folder, count);
    time('ansible, first run', ...sides.pipelining);
    const results = Object.fromEntries(Object.keys(sides).map((side) => [side, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (const [side, [command, args, options]] of Object.entries(sides)) {
        const { elapsed, stdout } = time(side, command, args, options);
        assertNoChange(side, stdout);
        results[side].push(elapsed);
      }
    }
    return { count, results };
  } finally {
    await destroyLab(name);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function preparePython(lab, host) {
  const { code, stderr } = await labExec(lab, host, [
    'apt-get',
    '-qq',
    '-y',
    'install',
    'python3',
    'python3-apt',
  ]);
  if (code !== 0) throw new Error(`python3 on ${host}: ${stderr}`);
}

function assertNoChange(side, stdout) {
  if (side === 'provision' && !stdout.includes('0 changed'))
    throw new Error(`provision changed something:\n${stdout}`);
  if (/changed=[1-9]/.test(stdout)) throw new Error(`${side} changed something:\n${stdout}`);
}

function makeSides(lab, folder, forks) {
  const key = identityFile(lab);
  const options = [
    '-i',
    key,
    '-o',
    'BatchMode=yes',
    '-o',
    'StrictHostKeyChecking=no',
    '-o',
    'UserKnownHostsFile=/dev/null',
    '-o',
    'LogLevel=ERROR',
  ];
  const each = lab.hosts.map(({ address }) => `ssh ${options.join(' ')} root@${address} true &`).join('\n');
  writeFileSync(join(folder, 'floor.sh'), `${each}\nwait\n`);
  writeFileSync(
    join(folder, 'hosts.ini'),
    lab.hosts.map(({ name, address }) => `${name} ansible_host=${address}`).join('\n'),
  );
  const facts = {
    hosts_block: lab.hosts.map(({ name, address }) => `${address}\t${name}`).join('\n'),
    base_packages: BASE_PACKAGES,
    ansible_user: 'root',
    ansible_ssh_private_key_file: key,
    ansible_python_interpreter: '/usr/bin/python3',
  };
  writeFileSync(join(folder, 'vars.json'), JSON.stringify(facts));
  const ansible = (strategy) => {
    const env = {
      ...process.env,
      PATH: '/usr/bin:/bin:/usr/sbin:/sbin',
      ANSIBLE_PIPELINING: 'True',
      ANSIBLE_HOST_KEY_CHECKING: 'False',
      ANSIBLE_FORKS: String(forks),
      ANSIBLE_SSH_ARGS: '-o ControlMaster=auto -o ControlPersist=1s',
      ANSIBLE_NOCOLOR: '1',
      ...strategy,
    };
    const [command, ...rest] = ANSIBLE;
    return [
      command,
      [...rest, '-i', 'hosts.ini', '-e', '@vars.json', here('ansible/noop.yml')],
      { cwd: folder, env },
    ];
  };
  return {
    floor: ['sh', ['floor.sh'], { cwd: folder }],
    'floor (own)': [process.execPath, [here('floor.mjs'), join(folder, 'lab.yaml')], { cwd: folder }],
    provision: [
      process.execPath,
      [MAIN, 'up', 'lab.yaml', '--to', 'docker', '--yes', '--output', 'plain', '--forks', String(forks)],
      { cwd: folder },
    ],
    pipelining: ansible({}),
    mitogen: ansible({ ANSIBLE_STRATEGY_PLUGINS: MITOGEN, ANSIBLE_STRATEGY: 'mitogen_linear' }),
  };
}

const reports = [];
for (const count of values.hosts.split(',').map(Number))
  reports.push(await measure(count, Number(values.rounds)));
for (const { count, results } of reports) {
  console.log(`\n${count} host${count === 1 ? '' : 's'}`);
  console.log(table(results, 'provision'));
}
