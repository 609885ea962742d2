import type { Task } from '../src/engine/task.js';
import { type Script, sh } from '../src/shell/script.js';
import { command } from '../src/tasks/command.js';
import type { TaskOptions } from '../src/tasks/options.js';

export interface ProvenOnceOptions extends TaskOptions {
  readonly title: string;
  /** Sets $KEY, one line, to what is to be proven. Another key on another day: proven again. Read-only and cheap. */
  readonly key: Script;
  /** Why it is due, for the plan. */
  readonly due: string;
  /** Exits 0 when it is proven; says in sentences what is wrong otherwise. Leaves no trace. */
  readonly prove: Script;
  /** Seconds for `prove`. */
  readonly timeout: number;
  readonly secrets?: readonly string[] | undefined;
}

/**
 * Something that takes a while to prove and stays true: proven once, and again when what it rests on has changed. What was
 * proven is kept in `$STATE/proofs/<id>`; remove that file to have it proven anew.
 */
export function provenOnce(options: ProvenOnceOptions): Task {
  const { id, key, due, prove, timeout } = options;
  return command({
    ...options,
    timeout: { apply: timeout },
    check: sh`${key}
${isProven(id)} || differs ${due}`,
    apply: sh`(
${prove}
) || exit 1
${key}
${recordProof(id)}`,
  });
}

/** A command that succeeds when the record of a proof says $KEY. */
export function isProven(id: string): Script {
  const record = sh`"$STATE"/proofs/${id}`;
  return sh`{ PROVEN=; [ ! -r ${record} ] || IFS= read -r PROVEN <${record}; [ -n "$KEY" ] && [ "$PROVEN" = "$KEY" ]; }`;
}

/** Writes $KEY down as proven. */
export function recordProof(id: string): Script {
  const record = sh`"$STATE"/proofs/${id}`;
  return sh`(umask 077 && mkdir -p "$STATE"/proofs && printf '%s\n' "$KEY" >${record}.new && mv -f ${record}.new ${record})`;
}
