import type { Host, Inventory, Role } from '../src/inventory/inventory.js';

/** Hosts that become nodes of Kubernetes. */
export const KUBERNETES: readonly Role[] = ['control-plane', 'worker'];
/** Hosts that run containers. */
export const CONTAINERS: readonly Role[] = [...KUBERNETES, 'docker'];
/** Hosts of the Ceph cluster. */
export const CEPH: readonly Role[] = ['mon', 'mgr', 'osd', 'mds'];

export function hasRole(host: Host, roles: readonly Role[]): boolean {
  return host.roles.some((role) => roles.includes(role));
}

/** The hosts that have one of these roles, in the order of the inventory. */
export function hostsWithRole(inventory: Inventory, roles: readonly Role[]): readonly Host[] {
  return inventory.hosts.filter((host) => hasRole(host, roles));
}
