import { readFileSync } from 'node:fs';
import type { Task } from '../engine/task.js';
import { rawScript, type Script, sh } from '../shell/script.js';
import { makeTask, type TaskOptions } from './options.js';

/** What must come true: a TCP port accepts connections (of this host by default), a URL answers, a script exits 0. */
export type Probe =
  | { readonly port: number; readonly host?: string | undefined }
  | { readonly http: string }
  | { readonly command: Script };

export type WaitForOptions = TaskOptions &
  Probe & {
    /** Seconds. */
    readonly deadline: number;
    /** "the API server to answer": completes "waiting for". */
    readonly description: string;
  };

const FUNCTIONS = rawScript(readFileSync(new URL('./wait-for.sh', import.meta.url), 'utf8'));
/** Seconds that the last try may take. */
const LAST_TRY = 30;

/** Something outside the task's power that must come true in time. The check tries once. */
export function waitFor(options: WaitForOptions): Task {
  const { deadline, description } = options;
  const functions = sh`${FUNCTIONS}
probe() (
${probeScript(options)}
)`;
  return makeTask(options, {
    title: `waited for ${description}`,
    timeout: { apply: deadline + LAST_TRY },
    check: sh`${functions}
why=$(probe 2>&1) || differs ${`not yet: ${description}. `}"$why"`,
    apply: sh`${functions}
wait_until ${[deadline, description]}`,
  });
}

function probeScript(probe: Probe): Script {
  if ('port' in probe) return sh`port_answers ${[probe.host ?? '127.0.0.1', probe.port]}`;
  return 'http' in probe ? sh`http_answers ${probe.http}` : probe.command;
}
