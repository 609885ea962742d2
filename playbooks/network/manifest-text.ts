import { stringify } from 'yaml';

/** One object of Kubernetes. */
export type KubernetesObject = Readonly<Record<string, unknown>>;

/** Objects as a manifest: a YAML document each. What is undefined in them is left out. */
export function manifestText(objects: readonly KubernetesObject[]): string {
  return objects
    .map((object) => `---\n${stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })}`)
    .join('');
}
