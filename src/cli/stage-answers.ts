import type { HostFacts } from '../engine/facts.js';
import type { Playbook, StatusColumn, StatusOfCluster } from '../engine/play.js';
import { ProvisionError } from '../errors.js';
import type { Inventory } from '../inventory/inventory.js';
import { quote } from '../shell/quote.js';
import type { Script } from '../shell/script.js';
import type { Connection } from '../ssh/connection.js';

/** Milliseconds for one question; what it asks has limits of its own. */
const ANSWER_TIMEOUT = 60_000;

interface Question {
  readonly stage: string;
  readonly cluster: StatusOfCluster;
  /** Who can be asked, the one to believe first. */
  readonly hosts: readonly string[];
}

/** What the stages want to know of the hosts for `provision status`, and what they make of the answers. */
export class StageAnswers {
  readonly #columns: readonly StatusColumn[];
  readonly #questions: readonly Question[];
  /** Host, then title of the column. */
  readonly #cells = new Map<string, Map<string, string>>();
  /** Stage, then host. */
  readonly #answers = new Map<string, Map<string, string>>();

  constructor(playbooks: readonly Playbook[], inventory: Inventory) {
    const used = playbooks.filter(({ hosts, status }) => status !== undefined && hosts(inventory).length > 0);
    this.#columns = used.flatMap(({ status }) => status?.column ?? []);
    this.#questions = used.flatMap(({ stage, status }) =>
      status?.cluster === undefined
        ? []
        : [
            {
              stage,
              cluster: status.cluster,
              hosts: status.cluster.hosts(inventory).map(({ name }) => name),
            },
          ],
    );
  }

  /** Asks one host all that the stages want to know of it. */
  async ask(connection: Connection, signal: AbortSignal): Promise<void> {
    const { host } = connection;
    for (const { title, script } of this.#columns) {
      const answer = await run(connection, script, signal);
      keep(this.#cells, host, title, answer.printed);
    }
    for (const { stage, cluster, hosts } of this.#questions) {
      if (!hosts.includes(host)) continue;
      const answer = await run(connection, cluster.script, signal);
      if (answer.code === 0) keep(this.#answers, stage, host, answer.printed);
    }
  }

  titles(): string[] {
    return this.#columns.map(({ title }) => title);
  }

  /** The columns of a host; none for one that did not answer. */
  cells(host: string, facts: HostFacts | undefined): string[] {
    if (facts === undefined) return [];
    return this.#columns.map(({ title, cell }) => cell(this.#cells.get(host)?.get(title) ?? '', facts));
  }

  /** What each stage says of its cluster, below an empty line each. */
  clusterLines(): string[] {
    return this.#questions.flatMap(({ stage, cluster, hosts }) => {
      const answers = this.#answers.get(stage);
      const told = hosts.map((host) => answers?.get(host)).find((printed) => printed !== undefined);
      const lines = told === undefined ? [cluster.silence] : cluster.lines(told);
      return ['', `${cluster.title}:`, ...lines.map((line) => `  ${line}`)];
    });
  }
}

/** In a shell of its own: what the script sets, or where it ends, concerns nothing else. */
async function run(
  connection: Connection,
  script: Script,
  signal: AbortSignal,
): Promise<{ readonly code: number; readonly printed: string }> {
  const program = `sh -c ${quote(script.source)} </dev/null`;
  try {
    const { code, stdout } = await connection.execRoot(program, { signal, timeout: ANSWER_TIMEOUT });
    return { code, printed: stdout.toString('utf8') };
  } catch (error) {
    // A host that thinks for too long gives no answer; one that is gone is told of by the caller.
    if (error instanceof ProvisionError && error.code === 'EXEC_TIMEOUT') return { code: 124, printed: '' };
    throw error;
  }
}

function keep(map: Map<string, Map<string, string>>, outer: string, inner: string, value: string): void {
  const values = map.get(outer) ?? new Map<string, string>();
  map.set(outer, values.set(inner, value));
}
