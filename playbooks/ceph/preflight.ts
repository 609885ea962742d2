import type { Task } from '../../src/engine/task.js';
import type { Host } from '../../src/inventory/inventory.js';
import { sh } from '../../src/shell/script.js';
import { command } from '../../src/tasks/command.js';
import { verdict } from '../verdict.js';
import type { CephContext } from './context.js';
import { readFound } from './found.js';
import { releaseProblem } from './releases.js';

/** What must be true of a host before Ceph is brought to it. */
export function preflight(host: Host, context: CephContext): readonly Task[] {
  const facts = context.facts.get(host.name);
  return [
    verdict({
      id: 'ceph-release',
      title: `Ceph ${context.release.name} can be had for this system`,
      problem:
        facts === undefined
          ? undefined
          : releaseProblem(context.inventory.ceph, facts, context.release, context.inventory.hosts),
    }),
    rightName(host),
    readFound(host, context),
  ];
}

/** Ceph calls daemons by the name that the host gives itself. */
function rightName({ name }: Host): Task {
  const advice = `the inventory calls it ${name}: Ceph would know it by both names (pitfall hosts-name-mismatch). Name it first: provision stage hosts`;
  return command({
    id: 'ceph-host-name',
    title: `the host calls itself ${name}`,
    after: ['host-name'],
    prevents: ['hosts-name-mismatch'],
    check: sh`[ "$(uname -n)" = ${name} ] || cannot "The host calls itself $(uname -n), and "${advice}`,
  });
}
