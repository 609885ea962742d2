import type { RunMode, TaskDetail } from '../engine/events.js';
import type { ProvisionError } from '../errors.js';
import { groupAlike, groupBy, hostList } from './group-alike.js';
import type { TaskEnd } from './report.js';
import { count, indent } from './sentences.js';

/** More hosts than this are not named in a command; `--retry-failed` means them all. */
const MOST_IN_COMMAND = 5;

/** What stood in the way on one host. */
export interface HostError {
  readonly host: string;
  readonly error: ProvisionError;
}

/**
 * Failed tasks as blocks: what, where, the end of its output, what it means, what to do. The same failure on several hosts
 * stands once.
 * @param inventory as it stands in a command line
 */
export function failuresText(tasks: readonly TaskEnd[], mode: RunMode, inventory: string): string[] {
  const failed = groupAlike(tasks.filter(({ status }) => status === 'failed'));
  return failed.flatMap((group) => failureLines(group, mode, inventory));
}

function failureLines(group: readonly TaskEnd[], mode: RunMode, inventory: string): string[] {
  const [first] = group;
  if (first === undefined) return [];
  const { stage, task, title, detail } = first;
  const hosts = group.map(({ host }) => host);
  return [
    `${hostList(hosts)}: ${stage}/${task} failed: ${title}`,
    ...indent(detail.difference, 'differs: '),
    ...indent(detail.output, ''),
    ...pitfallLines(detail),
    `  To try again: provision ${mode} ${inventory} ${choice(stage, hosts, mode)}`,
  ];
}

function choice(stage: string, hosts: readonly string[], mode: RunMode): string {
  if (hosts.length <= MOST_IN_COMMAND) return `--stage ${stage} --host ${hosts.join(',')}`;
  return mode === 'up' ? '--retry-failed' : `--stage ${stage}`;
}

function pitfallLines({ pitfall }: TaskDetail): string[] {
  if (pitfall === undefined) return [];
  return [
    `  This is the pitfall ${pitfall.id}: ${pitfall.meaning}`,
    ...pitfall.steps.map((step, index) => `    ${index + 1}. ${step}`),
  ];
}

/** Errors of hosts; those with the same code and advice stand together, each with its own sentence and the advice once. */
export function hostErrorsText(errors: readonly HostError[]): string[] {
  return groupBy(errors, ({ error }) => `${error.code}\0${error.hint ?? ''}`).flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    if (group.length === 1) return hostErrorLines(first);
    return [
      `${count(group.length, 'host')} (${first.error.code})`,
      ...group.map(({ host, error }) => `  ${sentence(host, error)}`),
      ...hintLines(first.error),
    ];
  });
}

/** One host's error. */
export function hostErrorLines({ host, error }: HostError): string[] {
  return [`${sentence(host, error)} (${error.code})`, ...hintLines(error)];
}

/** Most sentences name the host already. */
function sentence(host: string, { message }: ProvisionError): string {
  return message.split(/[^\w.-]+/).includes(host) ? message : `${host}: ${message}`;
}

function hintLines({ hint }: ProvisionError): string[] {
  return hint === undefined ? [] : [`  ${hint}`];
}
