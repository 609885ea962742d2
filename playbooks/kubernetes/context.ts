import type { PlaybookContext } from '../../src/engine/play.js';
import { type KubernetesMembers, kubernetesMembers } from './members.js';
import { type KubernetesRelease, kubernetesRelease } from './releases.js';

/** What the parts of the stage may look at. */
export interface KubernetesContext extends PlaybookContext {
  readonly members: KubernetesMembers;
  readonly release: KubernetesRelease;
}

/** undefined when the inventory has no Kubernetes. */
export function kubernetesContext(context: PlaybookContext): KubernetesContext | undefined {
  const members = kubernetesMembers(context.inventory);
  if (members === undefined) return undefined;
  const release = kubernetesRelease(context.inventory.kubernetes, context.facts.get(members.first.name));
  return { ...context, members, release };
}
