import type { HostFacts } from '../src/engine/facts.js';
import type { Inventory } from '../src/inventory/inventory.js';

/** What a pod needs to have the time zone of its host. */
export interface PodTime {
  readonly volume: {
    readonly name: string;
    readonly hostPath: { readonly path: string; readonly type?: string };
  };
  readonly mount: { readonly name: string; readonly mountPath: string; readonly readOnly: boolean };
}

const NAME = 'host-time';
/** kubelet looks what is at a path since 1.8; before, Docker would make a folder where nothing is. */
const FIRST_TYPED = 8;

/**
 * Pods show the host's time (pitfall hosts-timezone-pods). Where /etc/localtime is a link, the zone's own file is mounted:
 * a link would lead into the image. Ubuntu 14.04 has a file there that images of its kind do not have among their zones.
 * @param minor of Kubernetes: 20 for 1.20.
 */
export function podTime(
  { timezone }: Pick<Inventory, 'timezone'>,
  hosts: readonly Pick<HostFacts, 'localtime'>[],
  minor: number,
): PodTime {
  const copies = hosts.length > 0 && hosts.every(({ localtime }) => localtime === 'file');
  const path = copies ? '/etc/localtime' : `/usr/share/zoneinfo/${timezone}`;
  return {
    volume: { name: NAME, hostPath: minor < FIRST_TYPED ? { path } : { path, type: 'File' } },
    mount: { name: NAME, mountPath: '/etc/localtime', readOnly: true },
  };
}
