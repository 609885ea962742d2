import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/bin/provision.js', import.meta.url));

/** One `{"type":"task"}` line of the NDJSON output. */
export interface TaskLine {
  readonly type: 'task';
  readonly stage: string;
  readonly play: string;
  readonly host: string;
  readonly task: string;
  readonly status: 'ok' | 'change' | 'changed' | 'failed' | 'skipped' | 'unknown';
  /** The end of what a task that failed has said. */
  readonly output?: string;
  /** Id of the pitfall that it shows. */
  readonly pitfall?: string;
  /** What the operator is told and nothing was done about. */
  readonly notes?: readonly string[];
}

export interface SummaryLine {
  readonly type: 'summary';
  readonly ok: number;
  readonly changed: number;
  readonly failed: number;
  readonly unreachable: number;
  readonly seconds: number;
}

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface JsonOutcome extends Outcome {
  readonly tasks: readonly TaskLine[];
  readonly summary: SummaryLine;
}

export interface StartedProvision {
  readonly child: ChildProcess;
  readonly ended: Promise<Outcome>;
  /** What has been printed so far. */
  readonly printed: () => string;
}

/** Runs the built program as a user would, in a working folder that keeps its run records. */
export function startProvision(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): StartedProvision {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: folder,
    // A proxy that this machine may have does not lead to a lab, and doctor would say so.
    env: { ...process.env, HTTPS_PROXY: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, ended, printed: () => stdout + stderr };
}

export function provision(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  return startProvision(folder, args, env).ended;
}

/** Runs with `--output json`; every line of the standard output must be JSON and the last one the summary. */
export async function provisionJson(folder: string, args: readonly string[]): Promise<JsonOutcome> {
  return parseJson(await provision(folder, [...args, '--output', 'json']));
}

export function parseJson(outcome: Outcome): JsonOutcome {
  const lines = outcome.stdout
    .trimEnd()
    .split('\n')
    .map((line) => parseLine(line, outcome));
  const summary = lines.at(-1) as SummaryLine | undefined;
  if (summary?.type !== 'summary') throw new Error(`no summary line:\n${outcome.stdout}\n${outcome.stderr}`);
  const tasks = lines.filter((line) => (line as { type: string }).type === 'task') as TaskLine[];
  return { ...outcome, tasks, summary };
}

function parseLine(line: string, outcome: Outcome): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new Error(`not a JSON line: ${line}\n${outcome.stderr}`);
  }
}

/** `host stage/task` of each task with one of these statuses, sorted, for comparing runs. */
export function named(tasks: readonly TaskLine[], ...statuses: readonly TaskLine['status'][]): string[] {
  return tasks
    .filter(({ status }) => statuses.includes(status))
    .map(({ host, stage, task }) => `${host} ${stage}/${task}`)
    .sort();
}
