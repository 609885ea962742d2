import { parse, resolve } from 'node:path';
import { ExitCode } from '../../errors.js';
import type { Change } from '../../lab/compare-trees.js';
import type { LabStatus } from '../../lab/list.js';
import type { Argument, Command, Option } from '../command.js';

const NAME_OPTION: Option = {
  name: 'name',
  value: 'NAME',
  description: 'the lab; may be left out while there is only one',
};

const HOST_ARGUMENT: Argument = { name: 'host', description: 'for example node1', required: true };

const SNAPSHOT_DESCRIPTION = 'name of the snapshot';

const create: Command = {
  name: 'create',
  summary: 'Start a lab and write its inventory.',
  arguments: [],
  options: [
    { name: 'hosts', value: 'N', description: 'how many hosts', default: '3' },
    { name: 'suite', value: 'SUITE', description: 'release of Debian on the hosts', default: 'bookworm' },
    {
      name: 'name',
      value: 'NAME',
      description: 'name of the lab; the name of the inventory file when left out',
    },
    {
      name: 'output',
      short: 'o',
      value: 'FILE',
      description: 'inventory file to write',
      default: 'lab.yaml',
      complete: 'file',
    },
  ],
  examples: [
    {
      command: 'provision lab create --hosts 3 --suite bookworm -o lab.yaml',
      explanation: 'three hosts, ready for `provision up lab.yaml`',
    },
  ],
  handler: async (args, context) => {
    const [{ createLab }, { requireOwnFile, writeInventory }] = await Promise.all([
      import('../../lab/create.js'),
      import('../../lab/inventory-file.js'),
    ]);
    const file = args.text('output') ?? 'lab.yaml';
    const path = resolve(context.cwd, file);
    await requireOwnFile(path);
    const lab = await createLab({
      name: args.text('name') ?? parse(path).name.toLowerCase(),
      hosts: Number(args.text('hosts')),
      suite: args.text('suite') ?? 'bookworm',
      report: (line) => context.stderr.write(`${line}\n`),
      signal: context.softStop,
    });
    await writeInventory(lab, path);
    const names = lab.hosts.map((host) => `${host.name} (${host.address})`).join(', ');
    context.stdout.write(`The lab ${lab.name} runs: ${names}.\nNext: provision up ${file}\n`);
    return ExitCode.done;
  },
};

const list: Command = {
  name: 'list',
  summary: 'Show the labs of this machine.',
  arguments: [],
  options: [],
  examples: [{ command: 'provision lab list', explanation: 'names, networks and which hosts run' }],
  handler: async (_args, context) => {
    const [{ listLabs }, { requireRoot }] = await Promise.all([
      import('../../lab/list.js'),
      import('../../lab/requirements.js'),
    ]);
    requireRoot();
    const labs = await listLabs();
    const text = labs.length === 0 ? 'There is no lab on this machine.' : labs.map(describe).join('\n');
    context.stdout.write(`${text}\n`);
    return ExitCode.done;
  },
};

const exec: Command = {
  name: 'exec',
  summary: 'Run a command as root on a host, past ssh.',
  arguments: [
    HOST_ARGUMENT,
    { name: 'command', description: 'the command and its words, after --', required: true, rest: true },
  ],
  options: [NAME_OPTION],
  examples: [
    { command: 'provision lab exec node2 -- systemctl stop docker', explanation: 'make something drift' },
  ],
  handler: async (args) => {
    const [{ openChosen }, { labExecAttached }] = await Promise.all([
      import('../../lab/choose.js'),
      import('../../lab/exec.js'),
    ]);
    const lab = await openChosen(args.text('name'));
    return labExecAttached(lab, args.text('host') ?? '', args.list('command'));
  },
};

const snapshot: Command = {
  name: 'snapshot',
  summary: 'Remember the hosts as they are now.',
  arguments: [{ name: 'snapshot', description: SNAPSHOT_DESCRIPTION, required: false, default: 'snapshot' }],
  options: [NAME_OPTION],
  examples: [{ command: 'provision lab snapshot', explanation: 'before trying something' }],
  handler: async (args, context) => {
    const [{ openChosen }, { snapshotLab }] = await Promise.all([
      import('../../lab/choose.js'),
      import('../../lab/snapshot.js'),
    ]);
    const lab = await openChosen(args.text('name'));
    await snapshotLab(lab, args.text('snapshot'));
    context.stdout.write(`The lab ${lab.name} has the snapshot "${args.text('snapshot')}".\n`);
    return ExitCode.done;
  },
};

const restore: Command = {
  name: 'restore',
  summary: 'Put the hosts back to a snapshot and start them.',
  description: 'What they wrote since is lost. The snapshot "created" is always there.',
  arguments: [
    { name: 'snapshot', description: `${SNAPSHOT_DESCRIPTION}; the latest when left out`, required: false },
  ],
  options: [NAME_OPTION],
  examples: [
    { command: 'provision lab restore', explanation: 'back to the latest snapshot' },
    { command: 'provision lab restore created', explanation: 'back to freshly installed hosts' },
  ],
  handler: async (args, context) => {
    const [{ openChosen }, { findSnapshot, restoreLab }] = await Promise.all([
      import('../../lab/choose.js'),
      import('../../lab/snapshot.js'),
    ]);
    const lab = await openChosen(args.text('name'));
    const name = await findSnapshot(lab, args.text('snapshot'));
    await restoreLab(lab, name);
    context.stdout.write(`The lab ${lab.name} is back at the snapshot "${name}".\n`);
    return ExitCode.done;
  },
};

const changes: Command = {
  name: 'changes',
  summary: 'List the files of a host that changed since a snapshot.',
  description:
    'Files are compared by type, mode, owner, target, time and content. What a host changes by itself (its journal, who logged in) is left out unless --all is given.',
  arguments: [HOST_ARGUMENT],
  options: [
    { name: 'since', value: 'SNAPSHOT', description: `${SNAPSHOT_DESCRIPTION}; the latest when left out` },
    { name: 'all', description: 'also what changes by itself' },
    NAME_OPTION,
  ],
  examples: [
    { command: 'provision lab changes node1', explanation: 'what was written since the latest snapshot' },
    { command: 'provision lab changes node1 --since created', explanation: 'since the host was new' },
  ],
  handler: async (args, context) => {
    const [{ openChosen }, { changedFiles }] = await Promise.all([
      import('../../lab/choose.js'),
      import('../../lab/changes.js'),
    ]);
    const lab = await openChosen(args.text('name'));
    const found = await changedFiles(lab, args.text('host') ?? '', {
      since: args.text('since'),
      all: args.flag('all'),
    });
    for (const change of found) context.stdout.write(`${changeLine(change)}\n`);
    context.stderr.write(`${found.length === 1 ? '1 path differs.' : `${found.length} paths differ.`}\n`);
    return ExitCode.done;
  },
};

const destroy: Command = {
  name: 'destroy',
  summary: 'Remove a lab, also one whose creation was broken off.',
  arguments: [],
  options: [NAME_OPTION],
  examples: [{ command: 'provision lab destroy --name lab', explanation: 'its inventory file stays' }],
  handler: async (args, context) => {
    const [{ chooseLab }, { destroyLab }] = await Promise.all([
      import('../../lab/choose.js'),
      import('../../lab/destroy.js'),
    ]);
    const name = await chooseLab(args.text('name'));
    await destroyLab(name);
    context.stdout.write(`The lab ${name} is gone.\n`);
    return ExitCode.done;
  },
};

export const labCommand: Command = {
  name: 'lab',
  summary: 'Real hosts on this machine to try things on.',
  description:
    'A lab is a network with hosts that are systemd containers: each has its own systemd, ssh server, address and root file system. It needs root on a Linux machine.',
  arguments: [],
  options: [],
  examples: [
    { command: 'sudo provision lab create -o lab.yaml', explanation: 'three hosts' },
    { command: 'sudo provision up lab.yaml', explanation: 'make them a platform' },
    { command: 'sudo provision lab destroy', explanation: 'remove them' },
  ],
  commands: [create, list, exec, snapshot, restore, changes, destroy],
};

function describe({ name, lab, running }: LabStatus): string {
  if (lab === undefined)
    return `${name}: was never finished; remove it with: provision lab destroy --name ${name}`;
  const hosts = lab.hosts.map(
    (host) => `  ${host.name}  ${host.address}  ${running.includes(host.name) ? 'on' : 'off'}`,
  );
  return [`${name}: ${lab.suite}, ${lab.network.bridge}, 10.77.${lab.network.number}.0/24`, ...hosts].join(
    '\n',
  );
}

function changeLine({ kind, path, aspects }: Change): string {
  const sign = { added: '+', removed: '-', changed: '~' }[kind];
  return aspects.length === 0 ? `${sign} ${path}` : `${sign} ${path} (${aspects.join(', ')})`;
}
