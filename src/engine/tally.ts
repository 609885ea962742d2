import { ExitCode } from '../errors.js';
import type { HostSummary, RunEvent, RunMode, RunSummary } from './events.js';

type Counts = { -readonly [Key in keyof HostSummary]: HostSummary[Key] };

/** Counts what a run's events say, host by host, and turns it into the summary and the exit code. */
export class Tally {
  readonly #hosts = new Map<string, Counts>();
  readonly #errorExitCodes: number[] = [];
  readonly #started = Date.now();

  constructor(hosts: readonly string[]) {
    for (const host of hosts) {
      this.#hosts.set(host, { ok: 0, changed: 0, failed: 0, skipped: 0, outcome: 'ok' });
    }
  }

  add(event: RunEvent): void {
    if (event.kind === 'task-end') this.#count(event.host, event.status);
    else if (event.kind === 'unreachable') {
      this.#errorExitCodes.push(event.error.exitCode);
      this.#outcome(event.host, 'unreachable');
    } else if (event.kind === 'host-end' && event.outcome !== 'ok') this.#outcome(event.host, event.outcome);
  }

  interrupted(host: string): void {
    this.#outcome(host, 'interrupted');
  }

  outcome(host: string): HostSummary['outcome'] {
    return this.#hosts.get(host)?.outcome ?? 'ok';
  }

  summary(mode: RunMode, run: string, record: string | undefined): RunSummary {
    const all = [...this.#hosts.values()];
    const sum = (key: 'ok' | 'changed' | 'failed' | 'skipped'): number =>
      all.reduce((total, host) => total + host[key], 0);
    return {
      mode,
      run,
      ok: sum('ok'),
      changed: sum('changed'),
      failed: sum('failed'),
      skipped: sum('skipped'),
      unreachable: all.filter((host) => host.outcome === 'unreachable').length,
      seconds: (Date.now() - this.#started) / 1000,
      hosts: Object.fromEntries(this.#hosts),
      exitCode: this.#exitCode(all),
      record,
    };
  }

  #count(host: string, status: string): void {
    const counts = this.#hosts.get(host);
    if (counts === undefined) return;
    if (status === 'ok') counts.ok += 1;
    else if (status === 'change' || status === 'changed') counts.changed += 1;
    else if (status === 'failed') counts.failed += 1;
    else counts.skipped += 1;
    if (status === 'failed') counts.outcome = 'failed';
  }

  #outcome(host: string, outcome: HostSummary['outcome']): void {
    const counts = this.#hosts.get(host);
    if (counts !== undefined) counts.outcome = outcome;
  }

  /** The operator's own interruption first, then what went wrong on hosts, the most telling first. */
  #exitCode(all: readonly HostSummary[]): number {
    const has = (outcome: HostSummary['outcome']): boolean => all.some((host) => host.outcome === outcome);
    if (has('interrupted')) return ExitCode.interrupted;
    if (has('failed') || this.#errorExitCodes.includes(ExitCode.failed)) return ExitCode.failed;
    if (this.#errorExitCodes.includes(ExitCode.hostKey)) return ExitCode.hostKey;
    if (has('locked')) return ExitCode.locked;
    return has('unreachable') ? ExitCode.unreachable : ExitCode.done;
  }
}
