import { readFileSync } from 'node:fs';
import { quote } from '../shell/quote.js';
import { LIBRARY } from '../tasks/library.js';
import type { HostPlay } from './host-play.js';
import type { Task } from './task.js';

const runtime = readFileSync(new URL('./runtime.sh', import.meta.url), 'utf8');

/** Where a play's run folder lies on the host, and who started it. */
export interface RunFolder {
  /** Id of the whole run, sortable by time. */
  readonly run: string;
  /** Number of the play within the run: the same play never runs twice in one folder. */
  readonly sequence: number;
  /** One line of JSON: who, from where, since when. A second controller is told this. */
  readonly owner: string;
}

/** Where the folder lies below /run/provision. */
export function runFolderPath(play: HostPlay, folder: RunFolder): string {
  return `runs/${folder.run}/${String(folder.sequence).padStart(2, '0')}-${play.stage}-${play.play}`;
}

/**
 * One program that judges every task of some plays on one host and writes nothing.
 * @param elsewhere tasks of other hosts, as `HOST:ID`, that would change something
 */
export function lookProgram(plays: readonly HostPlay[], elsewhere: readonly string[] = []): string {
  const tasks = plays.flatMap((play) => play.tasks);
  const secrets = Object.assign({}, ...plays.map((play) => play.secrets)) as Record<string, string>;
  return joinLines(
    runtime,
    LIBRARY,
    `RUN_ID=look MODE=look PENDING=${quote(elsewhere.join(' '))}`,
    lookSecrets(secrets),
    `printf '{"t":"look","pid":%s}\\n' "$$"`,
    'tell_holder',
    ...tasks.map(lookFunctions),
    ...tasks.map(lookCall),
    `printf '{"t":"done"}\\n'`,
  );
}

/**
 * One self-extracting program that runs a play on one host: it lays out the run folder, starts the detached part and
 * follows it. Sent a second time after a lost connection it only follows.
 */
export function applyProgram(play: HostPlay, folder: RunFolder): string {
  const path = runFolderPath(play, folder);
  return joinLines(
    runtime,
    'umask 077',
    `if claim_folder ${onHost(path)}; then`,
    `mkdir ${onHost(`${path}/tasks`)} ${onHost(`${path}/secrets`)}`,
    writeFile(`${path}/runtime.sh`, runtime),
    writeFile(`${path}/library.sh`, LIBRARY),
    writeFile(`${path}/owner`, `${folder.owner}\n`),
    writeFile(`${path}/meta.json`, metadata(play, folder)),
    writeFile(`${path}/order`, play.tasks.map(orderLine).join('')),
    ...play.tasks.flatMap((task, index) => taskFiles(task, index, path, folder)),
    outputsFile(play, path, folder),
    ...Object.entries(play.secrets).map(([name, value]) => writeFile(`${path}/secrets/${name}`, value)),
    'prune_folders',
    `launch ${onHost(path)} ${quote(`provision-${folder.run}-${folder.sequence}`)}`,
    'fi',
    followCall(path, 0, 0),
  );
}

/** Goes on following a run from where the connection broke. Offsets are bytes of the run's events and output. */
export function followProgram(path: string, eventsOffset: number, outOffset: number): string {
  return joinLines(runtime, followCall(path, eventsOffset, outOffset));
}

/** Lists the runs on a host that have not ended. */
export function listRunsProgram(): string {
  return joinLines(runtime, 'list_runs');
}

function followCall(path: string, eventsOffset: number, outOffset: number): string {
  return `follow ${onHost(path)} ${eventsOffset} ${outOffset}`;
}

/** A look has its secrets in memory-backed files for as long as it takes. */
function lookSecrets(secrets: Readonly<Record<string, string>>): string {
  const names = Object.keys(secrets);
  if (names.length === 0) return 'SECRETS=/nonexistent';
  return joinLines(
    'umask 077',
    'mkdir -p "$PROVISION_RUN_ROOT"',
    'SECRETS="$PROVISION_RUN_ROOT/look.$$"',
    'trap \'rm -rf "$SECRETS"\' EXIT',
    "trap 'exit 143' HUP TERM INT PIPE",
    'mkdir "$SECRETS"',
    ...names.map((name) => `printf %s ${quote(secrets[name] ?? '')} >"$SECRETS"/${quote(name)}`),
    'umask 022',
  );
}

function lookFunctions(task: Task, index: number): string {
  const check = `check_${index}() {\nset -u\n${task.check.source}\n}`;
  return task.output === undefined
    ? check
    : `${check}\noutput_${index}() {\nset -u\n${task.output.read.source}\n}`;
}

function lookCall(task: Task, index: number): string {
  const after = (task.after ?? []).map(quote).join(' ');
  return `look ${index} ${quote(task.id)} ${task.output === undefined ? 'plain' : 'output'} ${after}`.trimEnd();
}

function orderLine(task: Task, index: number): string {
  const kind = task.apply === undefined ? 'proof' : 'apply';
  return `${index} ${task.id} ${kind} ${task.timeout.check} ${task.timeout.apply}\n`;
}

function taskFiles(task: Task, index: number, path: string, folder: RunFolder): string[] {
  const header = taskHeader(path, folder);
  const files = [writeFile(`${path}/tasks/${index}-${task.id}.check`, `${header}${task.check.source}\n`)];
  if (task.apply !== undefined) {
    files.push(writeFile(`${path}/tasks/${index}-${task.id}.apply`, `${header}${task.apply.source}\n`));
  }
  return files;
}

/** What a task finds when it starts; the same as in a look. */
function taskHeader(path: string, folder: RunFolder): string {
  return joinLines(
    `RUN=\${RUN:-/run/provision/${path}}`,
    `RUN_ID=${quote(folder.run)} MODE=apply PENDING=`,
    'STATE=${STATE:-/var/lib/provision}',
    'SECRETS=$RUN/secrets',
    '. "$RUN/library.sh"',
    'cd / || exit 2',
    'set -u\n',
  );
}

/** Outputs are read by the following connection itself and never touch the host's disk or run folder. */
function outputsFile(play: HostPlay, path: string, folder: RunFolder): string {
  const outputs = play.tasks.flatMap((task, index) =>
    task.output === undefined
      ? []
      : [`output_${index}() {\n${task.output.read.source}\n}`, `tell_output ${index}`],
  );
  if (outputs.length === 0) return '';
  const body = joinLines('. "$RUN/runtime.sh"', taskHeader(path, folder), ...outputs);
  return writeFile(`${path}/outputs.sh`, body);
}

function metadata(play: HostPlay, folder: RunFolder): string {
  const tasks = play.tasks.map(({ id, title, apply }) => ({ id, title, proof: apply === undefined }));
  return `${JSON.stringify({ run: folder.run, stage: play.stage, play: play.play, owner: JSON.parse(folder.owner) as unknown, tasks })}\n`;
}

/** `printf` is part of the shell, so the content is in no process's arguments. */
function writeFile(path: string, content: string): string {
  return `printf %s ${quote(content)} >${onHost(path)}`;
}

/** A path below the run root as a shell word; tests have a root of their own. */
function onHost(path: string): string {
  return `"$PROVISION_RUN_ROOT"/${quote(path)}`;
}

function joinLines(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n');
}
