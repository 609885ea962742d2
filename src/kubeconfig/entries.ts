import { stringify } from 'yaml';
import type { Credentials } from './admin-conf.js';

/** The three entries of a kubeconfig that lead to one cluster. */
export interface Entries {
  /** Of the cluster and of the context. */
  readonly name: string;
  readonly user: string;
  readonly clusters: NamedEntry;
  readonly users: NamedEntry;
  readonly contexts: NamedEntry;
}

export interface NamedEntry {
  readonly name: string;
  readonly [part: string]: string | Readonly<Record<string, string>>;
}

/** The lists of a kubeconfig that have entries with names. */
export const LISTS = ['clusters', 'users', 'contexts'] as const;

/** Entries named after the cluster, so that those of several clusters can be in one file. */
export function entriesOf(cluster: string, server: string, credentials: Credentials): Entries {
  const user = `${cluster}-admin`;
  const { authority, certificate, key } = credentials;
  return {
    name: cluster,
    user,
    clusters: { name: cluster, cluster: { server, 'certificate-authority-data': authority } },
    users: { name: user, user: { 'client-certificate-data': certificate, 'client-key-data': key } },
    contexts: { name: cluster, context: { cluster, user } },
  };
}

/** A kubeconfig of its own. */
export function wholeConfig(entries: Entries): string {
  const lists = Object.fromEntries(LISTS.map((list) => [list, [entries[list]]]));
  return stringify(
    { apiVersion: 'v1', kind: 'Config', ...lists, 'current-context': entries.name },
    { lineWidth: 0 },
  );
}
