import { readFileSync } from 'node:fs';
import type { ClusterLog } from '../engine/play.js';
import { quote } from '../shell/quote.js';
import { lines, rawScript, type Script, type Share, sh } from '../shell/script.js';
import { LIBRARY } from '../tasks/library.js';

const read = (file: string): Script => rawScript(readFileSync(new URL(file, import.meta.url), 'utf8'));
const FUNCTIONS = read('./examine.sh');
/** What scripts of tasks, probes and remedies rely on. */
const PREAMBLE = lines(
  rawScript(`set -u
LC_ALL=C MODE=look STATE=/var/lib/provision SECRETS=/nonexistent RUN_ID=doctor PENDING=
export LC_ALL`),
  rawScript(LIBRARY),
  read('./cure.sh'),
  read('./answer.sh'),
);

/** Characters. */
const LONG = 500;

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
  /** Of clusters, on a host that has access. */
  readonly clusters?: readonly ClusterLog[] | undefined;
}

/** One program that asks a host all of this. */
export function examination(questions: readonly Question[], { logs, clusters = [] }: Sources = {}): string {
  const program: Script = lines(
    rawScript('LC_ALL=C\nPATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin\nexport LC_ALL PATH'),
    FUNCTIONS,
    sh`QUESTIONS=${answering(questions).source}`,
    sh`ask ${questions.length}`,
    ...(logs === undefined ? [] : [sh`logs ${logs}`]),
    ...clusters.map(({ name, script }) => sh`cluster_log ${name} ${lines(PREAMBLE, script).source}`),
  );
  return `${program.source}\n`;
}

/**
 * Answers those of them that its two words say. What is long is sent once. What several need to know is asked once, before
 * the first of them: whoever waits for the first answers is not to wait for what others need.
 */
function answering(questions: readonly Question[]): Script {
  const texts = new Map<string, string>();
  const word = ({ parts }: Script): Script =>
    rawScript(parts.map((part) => (part.length < LONG ? quote(part) : variableOf(part))).join(''));
  const variableOf = (text: string): string => {
    const variable = texts.get(text) ?? `text_${texts.size}`;
    texts.set(text, variable);
    return `"$${variable}"`;
  };
  const asked = new Set<string>();
  const shared = ({ variable, script }: Share): readonly Script[] => {
    if (asked.has(variable)) return [];
    asked.add(variable);
    return [sh`share ${variable} ${word(script)}`];
  };
  const calls = questions.flatMap(({ kind, name, script, words = [] }, index) => [
    ...script.shares.flatMap(shared),
    sh`answer "$1" "$2" ${[index, kind, name]} ${word(script)} ${words}`,
  ]);
  const sets = [...texts].map(([text, variable]) => sh`${rawScript(variable)}=${text}`);
  return lines(PREAMBLE, ...sets, ...calls);
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

/** By host name, in the order of the inventory; a host that was asked nothing is absent. */
export type Answers = ReadonlyMap<string, readonly Answer[]>;

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
