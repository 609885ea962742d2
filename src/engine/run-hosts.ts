import { ProvisionError } from '../errors.js';
import type { Host } from '../inventory/inventory.js';
import type { RunEvent } from './events.js';
import type { HostFacts } from './facts.js';
import { factsScript, parseFacts } from './gather-facts.js';
import type { RunRequest } from './run-request.js';
import { Session } from './session.js';
import { inParallel } from './work-pool.js';

/** The hosts of a run: their connections and facts, and which of them are still in it. */
export class RunHosts {
  readonly facts = new Map<string, HostFacts>();
  readonly #request: RunRequest;
  readonly #emit: (event: RunEvent) => void;
  readonly #sessions = new Map<string, Session>();
  /** Hosts that no longer take part: unreachable, failed, locked. */
  readonly #out = new Set<string>();

  constructor(request: RunRequest, emit: (event: RunEvent) => void) {
    this.#request = request;
    this.#emit = emit;
  }

  /** Every host that the run was asked for. */
  selected(): Host[] {
    const { inventory, hosts } = this.#request;
    return inventory.hosts.filter((host) => hosts.length === 0 || hosts.includes(host.name));
  }

  isSelected = (host: Host): boolean => {
    return this.#request.hosts.length === 0 || this.#request.hosts.includes(host.name);
  };

  isIn(name: string): boolean {
    return !this.#out.has(name);
  }

  leave(name: string): void {
    this.#out.add(name);
  }

  session(name: string): Session {
    const session = this.#sessions.get(name);
    if (session === undefined) throw new Error(`no session for ${name}`);
    return session;
  }

  /** Connects to all hosts at once and reads their facts. A host that cannot be had leaves the run; the others go on. */
  async open(): Promise<void> {
    await this.connect((name) => this.#gather(name));
  }

  /** Connects to all hosts at once, and does something with each that is there. A host that cannot be had leaves the run. */
  async connect(visit: (name: string) => Promise<void>): Promise<void> {
    const hosts = this.selected();
    // Connections are limited by the connector (handshakes), so all unreachable hosts are known after one time limit.
    await inParallel(hosts, hosts.length, (host) => this.#openOne(host, visit));
  }

  /** Facts as they are after something has changed. */
  async refreshFacts(): Promise<void> {
    const hosts = this.selected().filter((host) => this.isIn(host.name));
    await inParallel(hosts, this.#request.forks, (host) => this.#gather(host.name));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map((session) => session.close()));
  }

  async #openOne(host: Host, visit: (name: string) => Promise<void>): Promise<void> {
    this.#emit({ kind: 'connecting', time: Date.now(), host: host.name });
    const session = new Session(
      host.name,
      this.#request.connect(host),
      {
        lost: (reason) => this.#emit({ kind: 'connection-lost', time: Date.now(), host: host.name, reason }),
        back: () => this.#emit({ kind: 'reconnected', time: Date.now(), host: host.name }),
      },
      this.#request.hardStop,
    );
    this.#sessions.set(host.name, session);
    try {
      await session.open();
      await visit(host.name);
      this.#emit({ kind: 'connected', time: Date.now(), host: host.name });
    } catch (error) {
      if (!(error instanceof ProvisionError)) throw error;
      this.leave(host.name);
      this.#emit({ kind: 'unreachable', time: Date.now(), host: host.name, error });
    }
  }

  async #gather(name: string): Promise<void> {
    const packages = this.#request.playbooks.flatMap((playbook) => playbook.packages ?? []);
    const facts = await this.session(name).use(async (connection) => {
      const sentAt = Date.now() / 1000;
      const result = await connection.execRoot(factsScript(packages), { signal: this.#request.hardStop });
      return parseFacts(result.stdout.toString('utf8'), { sentAt, receivedAt: Date.now() / 1000 });
    });
    this.facts.set(name, facts);
  }
}
