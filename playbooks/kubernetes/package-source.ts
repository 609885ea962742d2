import type { Task } from '../../src/engine/task.js';
import type { Host } from '../../src/inventory/inventory.js';
import { aptRepository } from '../../src/tasks/apt-repository.js';
import type { KubernetesContext } from './context.js';
import { kubernetesRepository } from './releases.js';
import { signingKey } from './signing-key.js';

const KEY = '/etc/apt/keyrings/kubernetes.asc';

/** Where the packages come from, unless the host's own sources have them. */
export function kubernetesSource(
  host: Host,
  { inventory, facts, release }: KubernetesContext,
): readonly Task[] {
  const repository = kubernetesRepository(inventory.kubernetes, release);
  if (repository === undefined || !facts.has(host.name)) return [];
  const { uri, suite, components, key, trusted } = repository;
  return [
    ...(key === undefined ? [] : [signingKey({ id: 'kubernetes-key', path: KEY, key })]),
    aptRepository({
      id: 'kubernetes-repository',
      file: '/etc/apt/sources.list.d/kubernetes.sources',
      uris: [uri],
      suites: [suite],
      components,
      signedBy: key === undefined ? undefined : KEY,
      fields: trusted ? { Trusted: 'yes' } : {},
    }),
  ];
}
