import type { Task } from '../../src/engine/task.js';
import type { Host } from '../../src/inventory/inventory.js';
import { aptKey } from '../../src/tasks/apt-key.js';
import { aptRepository } from '../../src/tasks/apt-repository.js';
import type { CephContext } from './context.js';
import { cephRepository } from './releases.js';

const KEY = '/etc/apt/keyrings/ceph.asc';

/** Where the packages come from, unless the distribution's own are wanted. */
export function packageSource(host: Host, { inventory, facts, release }: CephContext): readonly Task[] {
  const known = facts.get(host.name);
  const repository = known === undefined ? undefined : cephRepository(inventory.ceph, release, known);
  if (repository === undefined) return [];
  return [
    aptKey({ id: 'ceph-key', path: KEY, key: repository.key }),
    aptRepository({
      id: 'ceph-repository',
      file: '/etc/apt/sources.list.d/ceph.sources',
      uris: [repository.uri],
      suites: [repository.suite],
      components: [repository.component],
      signedBy: KEY,
    }),
  ];
}
