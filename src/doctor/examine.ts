import { readFileSync } from 'node:fs';
import { lines, rawScript, type Script, sh } from '../shell/script.js';
import { LIBRARY } from '../tasks/library.js';

const read = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8');
const FUNCTIONS = rawScript(read('./examine.sh'));
/** What scripts of tasks, probes and remedies rely on. */
const PREAMBLE = `set -u
LC_ALL=C MODE=look STATE=/var/lib/provision SECRETS=/nonexistent RUN_ID=doctor PENDING=
export LC_ALL
${LIBRARY}
${read('./cure.sh')}`;

/** What is asked: a script that writes nothing, in a process of its own. */
export interface Question {
  readonly kind: 'access' | 'probe' | 'cure';
  /** Of the stage, or id of the pitfall. */
  readonly name: string;
  readonly script: Script;
  /** "$@" of the script. */
  readonly words?: readonly string[] | undefined;
}

/** What is read beside the questions. */
export interface Sources {
  /** Hours of the logs of the services; undefined: none. */
  readonly logs?: number | undefined;
  /** The events of Kubernetes, and for its probes the images of its pods, on a host that has access. */
  readonly events?: boolean | undefined;
}

/** One program that asks a host all of this. */
export function examination(questions: readonly Question[], { logs, events }: Sources = {}): string {
  const program: Script = lines(
    rawScript('LC_ALL=C\nPATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin\nexport LC_ALL PATH'),
    sh`PREAMBLE=${PREAMBLE}`,
    FUNCTIONS,
    ...(events === true ? [sh`images`] : []),
    ...questions.map(
      ({ kind, name, script, words = [] }) => sh`ask ${[kind, name, script.source, ...words]}`,
    ),
    ...(logs === undefined ? [] : [sh`logs ${logs}`]),
    ...(events === true ? [sh`events`] : []),
  );
  return `${program.source}\n`;
}

/** What a host answered. */
export interface Answer {
  readonly kind: Question['kind'] | 'log';
  /** As asked, or name of the log. */
  readonly name: string;
  readonly lines: readonly string[];
  /** Exit code of the script. */
  readonly code: number;
}

/** Reads what the program printed; an answer that was cut off is left out. */
export function parseAnswers(printed: string): readonly Answer[] {
  const answers: Answer[] = [];
  let open: { kind: Answer['kind']; name: string; lines: string[] } | undefined;
  for (const line of printed.split('\n')) {
    const [, kind, name] = /^(access|probe|cure|log) (.+)$/.exec(line) ?? [];
    if (kind !== undefined && name !== undefined) open = { kind: kind as Answer['kind'], name, lines: [] };
    else if (line.startsWith('|')) open?.lines.push(line.slice(1));
    else if (open !== undefined && /^end \d+$/.test(line)) {
      answers.push({ ...open, code: Number(line.slice(4)) });
      open = undefined;
    }
  }
  return answers;
}
