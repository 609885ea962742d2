import type { KubernetesObject } from './manifest-text.js';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** RBAC is part of every cluster of kubeadm since 1.6, and its API is stable since 1.8 [Kubernetes deprecation guide]. */
const FIRST_RBAC = 6;
const FIRST_STABLE_RBAC = 8;

/** A ServiceAccount of its own with what it may do in the whole cluster (pitfall pods-service-account). */
export function serviceAccount(
  name: string,
  namespace: string,
  rules: readonly Rule[],
  minor: number,
): readonly KubernetesObject[] {
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } };
  if (minor < FIRST_RBAC || rules.length === 0) return [account];
  const group = 'rbac.authorization.k8s.io';
  const apiVersion = `${group}/${minor < FIRST_STABLE_RBAC ? 'v1beta1' : 'v1'}`;
  return [
    account,
    { apiVersion, kind: 'ClusterRole', metadata: { name }, rules },
    {
      apiVersion,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: group, kind: 'ClusterRole', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    },
  ];
}
