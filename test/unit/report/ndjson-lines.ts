import { z } from 'zod';

const time = z.number();
const texts = z.array(z.string());
const place = { stage: z.string(), play: z.string(), host: z.string() };
const counts = { ok: z.number(), changed: z.number(), failed: z.number(), skipped: z.number() };

/** What docs/output.md promises of each line, and no key more. */
export const LINES = [
  z.strictObject({
    type: z.literal('run'),
    time,
    mode: z.enum(['plan', 'up', 'reset']),
    run: z.string(),
    cluster: z.string(),
    hosts: texts,
    stages: texts,
  }),
  z.strictObject({ type: z.literal('connected'), time, host: z.string() }),
  z.strictObject({ type: z.literal('connection-lost'), time, host: z.string(), reason: z.string() }),
  z.strictObject({ type: z.literal('reconnected'), time, host: z.string() }),
  z.strictObject({
    type: z.literal('unreachable'),
    time,
    host: z.string(),
    code: z.string(),
    message: z.string(),
    hint: z.string().optional(),
  }),
  z.strictObject({
    type: z.literal('play'),
    time,
    stage: z.string(),
    play: z.string(),
    title: z.string(),
    hosts: texts,
  }),
  z.strictObject({
    type: z.literal('task'),
    ...place,
    task: z.string(),
    status: z.enum(['ok', 'change', 'changed', 'failed', 'skipped', 'unknown']),
    title: z.string(),
    time,
    seconds: z.number(),
    difference: z.string().optional(),
    output: z.string().optional(),
    knownAfter: z.string().optional(),
    pitfall: z.string().optional(),
    notes: texts.optional(),
  }),
  z.strictObject({
    type: z.literal('host'),
    time,
    ...place,
    outcome: z.enum(['ok', 'failed', 'unreachable', 'locked']),
  }),
  z.strictObject({ type: z.literal('notice'), time, host: z.string().optional(), text: z.string() }),
  z.strictObject({
    type: z.literal('summary'),
    ...counts,
    unreachable: z.number(),
    seconds: z.number(),
    mode: z.enum(['plan', 'up', 'reset']),
    run: z.string(),
    hosts: z.record(
      z.string(),
      z.strictObject({
        ...counts,
        outcome: z.enum(['ok', 'failed', 'unreachable', 'locked', 'interrupted']),
      }),
    ),
    exitCode: z.number(),
    record: z.string().optional(),
    time,
  }),
] as const;
