import type { RunEvent } from '../engine/events.js';
import { planText } from './plan-text.js';
import type { Report } from './report.js';
import { errorLines, failureLines, summaryLine } from './sentences.js';

type TaskEnd = Extract<RunEvent, { kind: 'task-end' }>;

/** Prints a plan once it is whole: first what stands in the way, then the changes, then the sum. */
export function planReport(write: (text: string) => void): Report {
  const tasks: TaskEnd[] = [];
  const problems: string[] = [];
  const print = (lines: readonly string[]): void => {
    if (lines.length > 0) write(`${lines.join('\n')}\n`);
  };
  return {
    event: (event) => {
      if (event.kind === 'task-end') tasks.push(event);
      else if (event.kind === 'unreachable') problems.push(...errorLines(event.host, event.error));
      else if (event.kind === 'notice') {
        problems.push([event.host, event.text].filter((part) => part !== undefined).join(' '));
      } else if (event.kind === 'run-end') {
        const failures = tasks.filter(({ status }) => status === 'failed').flatMap(failureLines);
        print([...planText(tasks), ...failures, ...problems, summaryLine(event.summary)]);
      }
    },
    suspend: async () => undefined,
    close: async () => undefined,
  };
}
