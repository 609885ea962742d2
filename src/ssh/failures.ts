import { ExitCode, ProvisionError } from '../errors.js';
import { DeadlinePassed } from './deadline.js';
import type { Target } from './target.js';

/** Codes after which a second attempt has no other result: a person must change something first. */
const FINAL = new Set([
  'SSH_AUTH',
  'SSH_CONFIG',
  'SSH_HOST_KEY_UNKNOWN',
  'SSH_HOST_KEY_CHANGED',
  'SSH_HOST_KEY_REVOKED',
  'SSH_UNSUPPORTED',
  'SUDO_PASSWORD',
  'SUDO_DENIED',
]);

/** Whether connecting again can help: names, refusals, time-outs and lost connections, never keys or passwords. */
export function isWorthRetrying(error: unknown): boolean {
  return error instanceof ProvisionError && error.code.startsWith('SSH_') && !FINAL.has(error.code);
}

/** The server closed before it said anything, as sshd does above MaxStartups: worth another try within the deadline. */
export class Dropped extends Error {}

/** What messages need to know of a target. */
export type Where = Pick<Target, 'host' | 'label' | 'address' | 'port' | 'timeout'>;

/** Where a target is, for messages: `10.0.0.12 port 22`. */
export function place(target: Where): string {
  return `${target.address} port ${target.port}`;
}

/** An error of connecting, exit code 4. */
export function unreachable(
  target: Where,
  code: string,
  what: string,
  hint: string,
  cause?: unknown,
): ProvisionError {
  return new ProvisionError(code, `Cannot connect to ${target.label}: ${what}.`, {
    hint,
    host: target.host,
    exitCode: ExitCode.unreachable,
    cause,
  });
}

const CHECK_ADDRESS = (target: Where): string =>
  `Check address, ssh.host and ssh.port of ${target.host} in the inventory, and that sshd runs there.`;

/** Explains why no TCP connection came about. */
export function socketFailure(target: Where, error: unknown): ProvisionError {
  const code = errorCode(error);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EAI_NONAME' || code === 'EAI_FAIL') {
    const what = `the name "${target.address}" cannot be resolved`;
    return unreachable(
      target,
      'SSH_NAME',
      what,
      'Check the name for typing mistakes, or give an address.',
      error,
    );
  }
  if (code === 'ECONNREFUSED') {
    return unreachable(
      target,
      'SSH_REFUSED',
      `${place(target)} refused the connection`,
      CHECK_ADDRESS(target),
      error,
    );
  }
  if (code === 'ETIMEDOUT') {
    return unreachable(
      target,
      'SSH_TIMEOUT',
      `${place(target)} did not answer`,
      CHECK_ADDRESS(target),
      error,
    );
  }
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH' || code === 'EHOSTDOWN') {
    const what = `there is no route to ${place(target)}, or the machine is off`;
    return unreachable(target, 'SSH_UNREACHABLE', what, CHECK_ADDRESS(target), error);
  }
  const text = error instanceof Error ? error.message : String(error);
  return unreachable(
    target,
    'SSH_LOST',
    `the connection to ${place(target)} broke: ${text}`,
    CHECK_ADDRESS(target),
    error,
  );
}

function errorCode(error: unknown): string | undefined {
  if (error instanceof AggregateError) return errorCode(error.errors.at(-1));
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Explains a passed deadline; other reasons (the caller's own signal) are handed on as they are. */
export function deadlineFailure(target: Where, reason: unknown): unknown {
  if (!(reason instanceof DeadlinePassed)) return reason;
  const seconds = target.timeout / 1000;
  const what = `${place(target)} did not answer within ${seconds} s (${reason.doing})`;
  return unreachable(
    target,
    'SSH_TIMEOUT',
    what,
    `${CHECK_ADDRESS(target)} A slow host needs a longer ssh.connectTimeout.`,
  );
}

/** The server hung up before its greeting, each time. */
export function droppedFailure(target: Where, error: Dropped): ProvisionError {
  const what = `${place(target)} closed the connection before it greeted${error.message ? ` ("${error.message}")` : ''}`;
  const hint =
    'Too many connections at once (MaxStartups, PerSourcePenalties), a firewall, or a program other than sshd.';
  return unreachable(target, 'SSH_REFUSED', what, hint, error);
}

/** What ssh2 cannot do and the system's ssh may. */
export function unsupported(target: Where, what: string, cause?: unknown): ProvisionError {
  const hint = `Set "transport: openssh" in the ssh settings of ${target.host}: the system's ssh may be able to.`;
  return unreachable(target, 'SSH_UNSUPPORTED', what, hint, cause);
}

/** The connection broke while a program ran. */
export function lost(host: string, why: string): ProvisionError {
  return new ProvisionError('SSH_LOST', `The connection to ${host} was lost: ${why}.`, {
    hint: 'Run the same command again when the host is reachable; it goes on where it stopped.',
    host,
    exitCode: ExitCode.unreachable,
  });
}

/** The error of a jump host as the error of each host behind it. */
export function throughJump(target: Where, error: unknown): unknown {
  if (!(error instanceof ProvisionError)) return error;
  const text = error.message.replace(/^(Cannot|Will not) connect to /, '');
  return new ProvisionError(error.code, `Cannot connect to ${target.label}: ${text}`, {
    hint: error.hint,
    host: target.host,
    exitCode: error.exitCode,
    cause: error,
  });
}
