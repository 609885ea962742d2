import type { RunEvent, RunSummary } from '../engine/events.js';
import { failuresText, type HostError, hostErrorsText } from './failure-text.js';
import { groupBy, hostList } from './group-alike.js';
import { notesText } from './notes-text.js';
import { changedText, planText } from './plan-text.js';
import type { TaskEnd } from './report.js';
import { hostLine, onwardLines, summaryLine } from './sentences.js';

/** Collects what of a run is worth reading when it is over. */
export class RunDigest {
  readonly #inventory: string;
  readonly #tasks: TaskEnd[] = [];
  /** In the inventory's order, which is not that in which hosts end their tasks. */
  #hosts: readonly string[] = [];
  #stages: readonly string[] = [];
  #errors: HostError[] = [];
  #notices: string[] = [];

  /** @param inventory as it stands in a command line */
  constructor(inventory: string) {
    this.#inventory = inventory;
  }

  event(event: RunEvent): void {
    if (event.kind === 'run-start') {
      this.#hosts = event.hosts;
      this.#stages = event.stages;
    } else if (event.kind === 'task-end' && isWorthReading(event)) this.#tasks.push(event);
    else if (event.kind === 'unreachable') {
      this.#errors.push({ host: event.host, error: event.error });
    } else if (event.kind === 'notice') {
      this.#notices.push([event.host, event.text].filter((part) => part !== undefined).join(' '));
    }
  }

  /** What stands in the way so far, for a question in the middle of a run; it is not said again at the end. */
  takeProblems(): string[] {
    const lines = [...hostErrorsText(this.#errors), ...this.#notices];
    this.#errors = [];
    this.#notices = [];
    return lines;
  }

  /** First what changed or would, then what stood in the way, then the sum; parts with an empty line between. */
  lines(summary: RunSummary): string[] {
    const { mode } = summary;
    const tasks = this.#inOrder();
    const parts = [
      mode === 'plan' ? planText(tasks) : changedText(tasks),
      failuresText(tasks, mode, this.#inventory),
      hostErrorsText(this.#errors),
      notesText(tasks),
      this.#notices,
      mode === 'plan'
        ? [summaryLine(summary)]
        : [
            ...hostLines(summary),
            ...onwardLines(summary, this.#inventory, this.#stages),
            summaryLine(summary),
          ],
    ];
    return parts
      .filter(({ length }) => length > 0)
      .flatMap((part, index) => [...(index > 0 ? [''] : []), ...part]);
  }

  /** Sorted by host inside each task; the tasks stay in the order in which the first host came to them. */
  #inOrder(): TaskEnd[] {
    const place = new Map(this.#hosts.map((host, index) => [host, index]));
    const groups = groupBy(this.#tasks, ({ stage, play, task }) => [stage, play, task].join('\0'));
    const placeOf = ({ host }: TaskEnd): number => place.get(host) ?? 0;
    return groups.flatMap((group) => group.sort((a, b) => placeOf(a) - placeOf(b)));
  }
}

function isWorthReading({ status, detail }: TaskEnd): boolean {
  return (status !== 'ok' && status !== 'skipped') || detail.notes.length > 0;
}

/** What became of the hosts; those that came out alike stand together. */
function hostLines(summary: RunSummary): string[] {
  const groups = groupBy(Object.keys(summary.hosts), (host) => hostLine(summary, host));
  return groups.map((hosts) => `${hostList(hosts)}: ${hostLine(summary, hosts[0] ?? '')}`);
}
