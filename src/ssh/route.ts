import type { Duplex } from 'node:stream';
import { ProvisionError } from '../errors.js';
import { openClient, type ClientContext, type OpenClient } from './client.js';
import { createDeadline, DeadlinePassed, orAborted, sleep, type Deadline } from './deadline.js';
import { deadlineFailure, Dropped, droppedFailure, throughJump, unreachable } from './failures.js';
import { createLimit, type Limit } from './limit.js';
import { openSocket, waitForGreeting } from './socket.js';
import type { Target } from './target.js';

export interface RouteContext extends ClientContext {
  /** Handshakes at once: more only make the event loop slow (500 at once stop it for 1.1 s, 50 for 0.1 s). */
  readonly handshakes: Limit;
}

/** Opens connections, through shared jump hosts where there are any. */
export interface Routes {
  /** @throws ProvisionError; the caller's own reason when `signal` is aborted. */
  open(target: Target, signal?: AbortSignal): Promise<OpenClient>;
}

interface Way {
  readonly socket: Duplex;
  /** Gives the jump host's connection back. */
  readonly release: () => void;
}

interface SharedJump {
  readonly client: Promise<OpenClient>;
  users: number;
}

/** Tries after a server hung up before its greeting: sshd drops at random above MaxStartups. */
const DROPS = 6;
const PINNED_TRIES = 3;
/** Connections to one and the same server that wait for its greeting: its system drops what is more than 128. */
const ARRIVALS = 64;

/** Jump hosts are connected to once and shared by all hosts behind them: forwarding is not limited by MaxSessions. */
export function createRoutes(context: RouteContext): Routes {
  const jumps = new Map<string, SharedJump>();
  const arrivals = new Map<string, Limit>();

  async function open(target: Target, signal?: AbortSignal): Promise<OpenClient> {
    const deadline = createDeadline(target.timeout, signal);
    try {
      return await retryDrops(target, deadline);
    } catch (error) {
      if (error instanceof Dropped) throw droppedFailure(target, error);
      throw deadline.signal.aborted ? deadlineFailure(target, deadline.signal.reason) : error;
    } finally {
      deadline.clear();
    }
  }

  async function retryDrops(target: Target, deadline: Deadline): Promise<OpenClient> {
    for (let tries = 1; ; tries++) {
      try {
        return await tryPinned(target, deadline);
      } catch (error) {
        if (!(error instanceof Dropped) || tries === DROPS || deadline.signal.aborted) throw error;
        deadline.doing = 'waiting to try again after it hung up';
        await sleep(100 * 2 ** (tries - 1) * (0.5 + Math.random()), deadline.signal).catch(
          (reason: unknown) => {
            throw reason instanceof DeadlinePassed ? error : reason;
          },
        );
      }
    }
  }

  /** The pin may be of any of the server's keys, so another type is asked for before the pin counts as broken. */
  async function tryPinned(target: Target, deadline: Deadline): Promise<OpenClient> {
    let refusal: unknown;
    for (let tries = 1; ; tries++) {
      try {
        return await openOnce(target, deadline);
      } catch (error) {
        const code = error instanceof ProvisionError ? error.code : undefined;
        if (refusal !== undefined && code === 'SSH_UNSUPPORTED') throw refusal;
        if (code !== 'SSH_HOST_KEY_CHANGED' || target.pinnedKey === undefined || tries === PINNED_TRIES)
          throw error;
        refusal ??= error;
      }
    }
  }

  async function openOnce(target: Target, deadline: Deadline): Promise<OpenClient> {
    const way = await reach(target, deadline);
    try {
      const leave = await deadline.pause(() => context.handshakes(deadline.signal));
      const opened = await openClient(target, way.socket, context, deadline).finally(leave);
      opened.onLost(way.release);
      return opened;
    } catch (error) {
      way.socket.destroy();
      way.release();
      throw error;
    }
  }

  async function reach(target: Target, deadline: Deadline): Promise<Way> {
    const leave = await deadline.pause(() => arrivalsAt(target)(deadline.signal));
    try {
      const way = await openWay(target, deadline);
      await waitForGreeting(way.socket, deadline).catch((error: unknown) => {
        way.socket.destroy();
        way.release();
        throw error;
      });
      return way;
    } finally {
      leave();
    }
  }

  function arrivalsAt({ address, port }: Target): Limit {
    const place = `${address} ${port}`;
    const limit = arrivals.get(place) ?? createLimit(ARRIVALS);
    arrivals.set(place, limit);
    return limit;
  }

  async function openWay(target: Target, deadline: Deadline): Promise<Way> {
    const jump = target.jumps.at(-1);
    if (jump === undefined) return { socket: await openSocket(target, deadline), release: () => undefined };
    deadline.doing = `connecting to ${jump.label}`;
    const { client, release } = borrow(jump);
    try {
      const { ssh } = await orAborted(client, deadline.signal).catch((error: unknown) => {
        throw throughJump(target, error);
      });
      deadline.doing = `waiting for ${jump.label} to reach it`;
      const forwarding = ssh.forwardOut('127.0.0.1', 0, target.address, target.port);
      const socket = await orAborted(forwarding, deadline.signal).catch((error: unknown) => {
        if (!deadline.signal.aborted) throw forwardFailure(target, jump, error);
        forwarding.then(
          (late) => late.destroy(),
          () => undefined,
        );
        throw error;
      });
      return { socket, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  function borrow(jump: Target): { client: Promise<OpenClient>; release: () => void } {
    const key = nameOf(jump);
    const shared = jumps.get(key) ?? { client: open(jump), users: 0 };
    if (shared.users++ === 0) {
      jumps.set(key, shared);
      const forget = (): void => {
        if (jumps.get(key) === shared) jumps.delete(key);
      };
      shared.client.then((opened) => opened.onLost(forget), forget);
    }
    let released = false;
    const release = (): void => {
      if (released) return;
      released = true;
      if (--shared.users > 0) return;
      if (jumps.get(key) === shared) jumps.delete(key);
      shared.client.then(
        (opened) => opened.close(),
        () => undefined,
      );
    };
    return { client: shared.client, release };
  }

  return { open };
}

function nameOf(jump: Target): string {
  const place = `${jump.user}@${jump.address}:${jump.port} ${jump.requiredIdentity ?? ''}`;
  return [...jump.jumps.map(nameOf), place].join('\n');
}

function forwardFailure(target: Target, jump: Target, error: unknown): unknown {
  const text = error instanceof Error ? error.message : String(error);
  const fail = (code: string, what: string, hint: string): unknown =>
    unreachable(target, code, `${jump.label} ${what} (${text})`, hint, error);
  const hint = `Check the address of ${target.host} as ${jump.label} sees it.`;
  if (/prohibited/i.test(text)) {
    return fail(
      'SSH_REFUSED',
      'may not forward connections',
      `Set "AllowTcpForwarding yes" in sshd_config of ${jump.label}.`,
    );
  }
  if (/refused/i.test(text))
    return fail('SSH_REFUSED', `was refused by ${target.address} port ${target.port}`, hint);
  if (/resolve|name or service|unknown host/i.test(text))
    return fail('SSH_NAME', `cannot resolve "${target.address}"`, hint);
  if (/timed out/i.test(text))
    return fail('SSH_TIMEOUT', `got no answer from ${target.address} port ${target.port}`, hint);
  if (/no route|unreachable/i.test(text))
    return fail('SSH_UNREACHABLE', `has no route to ${target.address}`, hint);
  if (/^No response|Not connected/i.test(text)) return fail('SSH_LOST', 'lost its connection', 'Try again.');
  return fail('SSH_REFUSED', `cannot reach ${target.address} port ${target.port}`, hint);
}
