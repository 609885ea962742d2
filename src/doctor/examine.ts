import { readFileSync } from 'node:fs';
import type { Pitfall } from '../pitfalls/pitfall.js';
import { lines, rawScript, type Script, sh } from '../shell/script.js';
import { LIBRARY } from '../tasks/library.js';

const FUNCTIONS = rawScript(readFileSync(new URL('./examine.sh', import.meta.url), 'utf8'));
/** What scripts of tasks and probes rely on. */
const PREAMBLE = `set -u
LC_ALL=C MODE=look STATE=/var/lib/provision SECRETS=/nonexistent RUN_ID=doctor PENDING=
export LC_ALL
${LIBRARY}`;

/** One program that asks a host all that its pitfalls want to know. @param since hours of logs. */
export function examination(pitfalls: readonly Pitfall[], since: number): string {
  const probes = pitfalls.flatMap(({ id, probe }) =>
    probe === undefined ? [] : [sh`ask ${[id, probe.source]}`],
  );
  const program: Script = lines(
    rawScript('LC_ALL=C\nPATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin\nexport LC_ALL PATH'),
    sh`PREAMBLE=${PREAMBLE}`,
    FUNCTIONS,
    ...probes,
    sh`logs ${`${since} hours ago`}`,
  );
  return `${program.source}\n`;
}

/** What a host answered. */
export interface Answer {
  readonly kind: 'probe' | 'log';
  /** Id of the pitfall, or name of the log. */
  readonly name: string;
  readonly lines: readonly string[];
  /** 0 well, 1 found; anything else could not tell. */
  readonly code: number;
}

/** Reads what the program printed; an answer that was cut off is left out. */
export function parseAnswers(printed: string): readonly Answer[] {
  const answers: Answer[] = [];
  let open: { kind: Answer['kind']; name: string; lines: string[] } | undefined;
  for (const line of printed.split('\n')) {
    const [, kind, name] = /^(probe|log) (.+)$/.exec(line) ?? [];
    if (kind !== undefined && name !== undefined) open = { kind: kind as Answer['kind'], name, lines: [] };
    else if (line.startsWith('|')) open?.lines.push(line.slice(1));
    else if (open !== undefined && /^end \d+$/.test(line)) {
      answers.push({ ...open, code: Number(line.slice(4)) });
      open = undefined;
    }
  }
  return answers;
}
