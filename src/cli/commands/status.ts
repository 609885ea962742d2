import type { HostFacts } from '../../engine/facts.js';
import { ExitCode } from '../../errors.js';
import type { Command } from '../command.js';
import { ACCEPT_KEYS_OPTION, FORKS_OPTION, HOST_OPTION, INVENTORY_ARGUMENT } from '../common-options.js';
import { openRun } from '../open-run.js';

export const statusCommand: Command = {
  name: 'status',
  summary: 'Show what the hosts are like right now.',
  arguments: [INVENTORY_ARGUMENT],
  options: [HOST_OPTION, FORKS_OPTION, ACCEPT_KEYS_OPTION],
  examples: [{ command: 'provision status inventory.yaml', explanation: 'a line a host' }],
  handler: async (args, context) => {
    const { gatherAll } = await import('../../engine/gather-all.js');
    const run = await openRun(args, context, { mode: 'plan' });
    const { facts, errors } = await gatherAll(run.request);
    const named = run.inventory.hosts.filter(({ name }) => facts.has(name) || errors.has(name));
    const rows = named.map(({ name, address, roles }) => [
      name,
      address,
      roles.join(',') || '-',
      ...hostColumns(facts.get(name), errors.get(name)?.message),
    ]);
    context.stdout.write(table([HEADER, ...rows]));
    return [...errors.values()][0]?.exitCode ?? ExitCode.done;
  },
};

const HEADER = ['HOST', 'ADDRESS', 'ROLES', 'SYSTEM', 'KERNEL', 'MEMORY', 'ROOT FREE', 'DOCKER', 'CLOCK'];

function hostColumns(facts: HostFacts | undefined, error: string | undefined): string[] {
  if (facts === undefined) return [error ?? 'no answer'];
  const root = facts.fileSystems.find(({ mountPoint }) => mountPoint === '/');
  return [
    `${facts.os.id} ${facts.os.version}`,
    facts.kernel,
    facts.memory === undefined ? '-' : gibibytes(facts.memory),
    root === undefined ? '-' : gibibytes(root.free),
    facts.runtimes.docker ?? '-',
    skew(facts.clockSkew),
  ];
}

function skew(seconds: number | undefined): string {
  if (seconds === undefined) return '-';
  return `${seconds >= 0 ? '+' : ''}${seconds.toFixed(3)} s`;
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

/** Columns as wide as their widest word; the last column of a row may be longer than its header. */
function table(rows: readonly (readonly string[])[]): string {
  const full = rows.filter((row) => row.length === HEADER.length);
  const widths = HEADER.map((_, column) => Math.max(...full.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ');
  return `${rows.map(line).join('\n')}\n`;
}
