import { RunHosts } from '../engine/run-hosts.js';
import type { RunRequest } from '../engine/run-request.js';
import { limited } from '../engine/work-pool.js';
import { ProvisionError } from '../errors.js';
import { type Answer, type Answers, parseAnswers } from './examine.js';
import { SeatCall } from './seats.js';

/** Milliseconds: each question has a limit of its own, and few of them take a second. */
const TIMEOUT = 600_000;

/** What is asked. */
export interface Inquiry {
  /** The program for a host, which asks first for its access to clusters; without one it is not asked. */
  readonly program: (host: string) => string | undefined;
  /** Asked, while hosts still answer, on the first of them that says that it can. */
  readonly clusters?: readonly ClusterProgram[];
}

/** What is asked of clusters. */
export interface ClusterProgram {
  /** Their stages: each by a host that can ask all of them. */
  readonly asks: readonly string[];
  readonly program: string;
}

export interface HostsAsked {
  /** Of each host itself. */
  readonly hosts: Answers;
  /** Of the clusters, by the host that was asked. */
  readonly clusters: Answers;
  readonly errors: ReadonlyMap<string, ProvisionError>;
}

/** Told who has not answered yet, whenever that changes. */
export type Waiting = (hosts: readonly string[]) => void;

/**
 * Asks hosts, all at once. A host that cannot be reached is left out.
 * @param mask takes secrets out of what was answered
 */
export function askHosts(
  request: RunRequest,
  mask: (text: string) => string,
  inquiry: Inquiry,
  waiting: Waiting = () => undefined,
): Promise<HostsAsked> {
  return new Asking(request, mask, inquiry, waiting).ask();
}

class Asking {
  readonly #request: RunRequest;
  readonly #mask: (text: string) => string;
  readonly #inquiry: Inquiry;
  readonly #waiting: Waiting;
  readonly #hosts: RunHosts;
  readonly #seats: SeatCall;
  readonly #own = new Map<string, readonly Answer[]>();
  readonly #errors = new Map<string, ProvisionError>();
  /** Hosts that have not answered all that they were asked; one stands here once for each program. */
  #open: readonly string[] = [];

  constructor(request: RunRequest, mask: (text: string) => string, inquiry: Inquiry, waiting: Waiting) {
    this.#request = request;
    this.#mask = mask;
    this.#inquiry = inquiry;
    this.#waiting = waiting;
    this.#hosts = new RunHosts(request, (event) => {
      if (event.kind === 'unreachable') this.#fails(event.host, event.error);
    });
    this.#seats = new SeatCall(this.#names());
  }

  async ask(): Promise<HostsAsked> {
    const { clusters = [] } = this.#inquiry;
    const turn = limited(this.#request.forks);
    for (const name of this.#names()) this.#begins(name);
    try {
      const [, ...told] = await Promise.all([
        this.#hosts.connect((name) => turn(() => this.#askHost(name))),
        ...clusters.map((cluster) => this.#askCluster(cluster)),
      ]);
      return { hosts: this.#inOrder(), clusters: joined(told.flat()), errors: this.#errors };
    } finally {
      this.#waiting([]);
      await this.#hosts.close();
    }
  }

  #names(): readonly string[] {
    return this.#hosts.selected().map(({ name }) => name);
  }

  async #askHost(name: string): Promise<void> {
    const program = this.#inquiry.program(name);
    if (program !== undefined) {
      this.#own.set(name, await this.#run(name, program, (printed) => this.#seats.hear(name, printed)));
    }
    this.#seats.tell(name, this.#own.get(name) ?? []);
    this.#ends(name);
  }

  async #askCluster({ asks, program }: ClusterProgram): Promise<readonly HostAnswers[]> {
    const name = await this.#seats.first(asks);
    if (name === undefined) return [];
    this.#begins(name);
    try {
      const answers = await this.#run(name, program);
      this.#ends(name);
      return [[name, answers]];
    } catch (error) {
      if (!(error instanceof ProvisionError)) throw error;
      this.#fails(name, error);
      return [];
    }
  }

  /** @param hear is given all that was printed so far, whenever that becomes more */
  async #run(name: string, program: string, hear?: (printed: string) => void): Promise<readonly Answer[]> {
    const options = { signal: this.#request.hardStop, timeout: TIMEOUT };
    return this.#hosts.session(name).use(async (connection) => {
      const chunks: Buffer[] = [];
      const text = (): string => Buffer.concat(chunks).toString('utf8');
      const onStdout = (chunk: Buffer): void => {
        chunks.push(chunk);
        hear?.(text());
      };
      await connection.execRoot(program, { ...options, onStdout });
      return parseAnswers(this.#mask(text()));
    });
  }

  #fails(name: string, error: ProvisionError): void {
    this.#errors.set(name, error);
    this.#seats.tell(name, []);
    this.#ends(name);
  }

  #begins(name: string): void {
    this.#open = [...this.#open, name];
    this.#waiting(unique(this.#open));
  }

  #ends(name: string): void {
    const index = this.#open.indexOf(name);
    this.#open = this.#open.filter((_, at) => at !== index);
    this.#waiting(unique(this.#open));
  }

  #inOrder(): Answers {
    return new Map(
      this.#names().flatMap((name) => {
        const answers = this.#own.get(name);
        return answers === undefined ? [] : [[name, answers] as const];
      }),
    );
  }
}

type HostAnswers = readonly [name: string, answers: readonly Answer[]];

function joined(all: readonly HostAnswers[]): Answers {
  const answers = new Map<string, readonly Answer[]>();
  for (const [name, told] of all) answers.set(name, [...(answers.get(name) ?? []), ...told]);
  return answers;
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}
