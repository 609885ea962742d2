import type { HostFacts } from '../../engine/facts.js';
import { ExitCode } from '../../errors.js';
import type { Command } from '../command.js';
import { ACCEPT_KEYS_OPTION, FORKS_OPTION, HOST_OPTION, INVENTORY_ARGUMENT } from '../common-options.js';
import type { LastRun } from '../last-runs.js';

export const statusCommand: Command = {
  name: 'status',
  summary: 'Show what the hosts are like right now.',
  description:
    'Reads each host and changes nothing. Below the hosts stands what the stages say of their clusters. The last run is that of this machine: its records lie in .provision beside the inventory.',
  arguments: [INVENTORY_ARGUMENT],
  options: [HOST_OPTION, FORKS_OPTION, ACCEPT_KEYS_OPTION],
  examples: [
    { command: 'provision status inventory.yaml', explanation: 'a line a host' },
    { command: 'provision status --host node1,node2', explanation: 'of two hosts' },
  ],
  handler: async (args, context) => {
    const [{ gatherAll }, { lastRuns }, { openRun }, { printHostErrors }, { StageAnswers }, { linePrinter }] =
      await Promise.all([
        import('../../engine/gather-all.js'),
        import('../last-runs.js'),
        import('../open-run.js'),
        import('../print-host-errors.js'),
        import('../stage-answers.js'),
        import('../../report/line-printer.js'),
      ]);
    const run = await openRun(args, context, { mode: 'look' });
    const answers = new StageAnswers(run.request.playbooks, run.inventory);
    const [{ facts, errors }, last] = await Promise.all([
      gatherAll(run.request, (_, connection) => answers.ask(connection, run.request.hardStop)),
      lastRuns(run.folder),
    ]);
    const { hosts } = run.request;
    const shown = run.inventory.hosts.filter(({ name }) => hosts.length === 0 || hosts.includes(name));
    const rows = shown.map(({ name, address, roles }) => [
      name,
      address,
      roles.join(',') || '-',
      lastRunText(last.get(name)),
      ...factColumns(facts.get(name)),
      ...answers.cells(name, facts.get(name)),
    ]);
    context.stdout.write(table([[...HEADER, ...answers.titles()], ...rows]));
    linePrinter(context.stdout)(answers.clusterLines().map((line) => run.masker.mask(line)));
    printHostErrors(errors, run.masker, context.stderr);
    return [...errors.values()][0]?.exitCode ?? ExitCode.done;
  },
};

const HEADER = ['HOST', 'ADDRESS', 'ROLES', 'LAST RUN', 'SYSTEM', 'KERNEL', 'MEMORY', 'ROOT FREE', 'CLOCK'];

function lastRunText(last: LastRun | undefined): string {
  if (last === undefined) return '-';
  const [, month, day, hour, minute] = /^\d{4}(\d\d)(\d\d)T(\d\d)(\d\d)/.exec(last.run) ?? [];
  return `${last.outcome} ${month}-${day} ${hour}:${minute}Z`;
}

function factColumns(facts: HostFacts | undefined): string[] {
  if (facts === undefined) return ['no answer'];
  const root = facts.fileSystems.find(({ mountPoint }) => mountPoint === '/');
  return [
    [facts.os.id, facts.os.version].filter(Boolean).join(' '),
    facts.kernel,
    facts.memory === undefined ? '-' : gibibytes(facts.memory),
    root === undefined ? '-' : gibibytes(root.free),
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

/** Columns as wide as their widest word; a row that is not whole does not count where it ends. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.filter(({ length }) => length > column + 1).map((row) => row[column]?.length ?? 0), 0),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ');
  return `${rows.map(line).join('\n')}\n`;
}
