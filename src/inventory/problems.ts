import { excerpt, positionOf } from './source.js';
import type { Range, Source } from './source.js';

/** One thing that is wrong in the file. */
export interface Problem {
  readonly at: Range;
  /** Where in the structure: `hosts.node1.ssh.port`; empty for the file as a whole. */
  readonly path: string;
  /** What was found. */
  readonly found: string;
  /** The valid word that was probably meant. */
  readonly nearest?: string | undefined;
  readonly allowed?: string | undefined;
  /** What it collides with, further up: its line is named. */
  readonly earlier?: Range | undefined;
  /** The reason behind the rule; said once in a report. */
  readonly why?: string | undefined;
}

/** Gathers the problems of one file; the same problem at the same place (seen through a YAML alias) counts once. */
export interface ProblemList {
  readonly add: (problem: Problem) => void;
  /** Never shows this part of the file in a report. */
  readonly hide: (range: Range) => void;
  readonly all: () => readonly Problem[];
  readonly hidden: () => readonly Range[];
}

/** An empty list of problems. */
export function problemList(): ProblemList {
  const problems = new Map<string, Problem>();
  const hidden: Range[] = [];
  return {
    add: (problem) => {
      const key = `${problem.at[0]} ${problem.found}`;
      if (!problems.has(key)) problems.set(key, problem);
    },
    hide: (range) => hidden.push(range),
    all: () => [...problems.values()].sort((a, b) => a.at[0] - b.at[0]),
    hidden: () => hidden,
  };
}

const MOST_SHOWN = 30;

/** The whole report: each problem with its place, its line, what is allowed and why. */
export function renderProblems(source: Source, list: ProblemList): string {
  const problems = list.all();
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
  const said = new Set<string>();
  const shown = problems
    .slice(0, MOST_SHOWN)
    .map((problem) => renderProblem(source, problem, list.hidden(), said));
  const left = problems.length - shown.length;
  const rest = left > 0 ? [`… and ${left} more.`] : [];
  return [`${source.path} has ${count}.`, ...shown, ...rest].join('\n\n');
}

function renderProblem(
  source: Source,
  problem: Problem,
  hidden: readonly Range[],
  said: Set<string>,
): string {
  const { line, column } = positionOf(source, problem.at[0]);
  const place = `${source.path}:${line}:${column}: ${problem.path === '' ? '' : `${problem.path}: `}`;
  const question = problem.nearest === undefined ? '' : `; did you mean ${problem.nearest}?`;
  const earlier =
    problem.earlier === undefined ? '' : ` in line ${positionOf(source, problem.earlier[0]).line}`;
  const lines = [place + problem.found + earlier + question, ...excerpt(source, problem.at, hidden)];
  if (problem.allowed !== undefined) lines.push(`  allowed: ${problem.allowed}`);
  if (problem.why !== undefined && !said.has(problem.why)) lines.push(`  why: ${problem.why}`);
  said.add(problem.why ?? '');
  return lines.join('\n');
}
