import type { CephContext } from './context.js';

export interface FilesystemPools {
  readonly metadata: string;
  readonly data: string;
}

/** The pools of the file system, named as the documentation of CephFS does; undefined when no host has the role mds. */
export function filesystemPools({ inventory, members }: CephContext): FilesystemPools | undefined {
  if (members.mdss.length === 0) return undefined;
  const { filesystem } = inventory.ceph;
  return { metadata: `${filesystem}_metadata`, data: `${filesystem}_data` };
}
