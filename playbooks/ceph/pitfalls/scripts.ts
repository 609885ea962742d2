import { readFileSync } from 'node:fs';
import type { Host } from '../../../src/inventory/inventory.js';
import { lines, rawScript, type Script } from '../../../src/shell/script.js';
import { KUBECTL } from '../../kubernetes/kubectl.js';
import { CEPH_CLI } from '../cli.js';
import { isDevice } from '../members.js';

function load(file: string): Script {
  return rawScript(readFileSync(new URL(file, import.meta.url), 'utf8'));
}

const COMMON = lines(CEPH_CLI, load('./common.sh'));
/** What a host holds of its OSDs. */
export const OSDS = lines(COMMON, load('./osds.sh'));
/** Deploying, and what was left of it. */
export const DEPLOY = lines(OSDS, load('./deploy.sh'));
/** Monitors, pools, metadata servers, keys, programs. */
export const CLUSTER = lines(COMMON, load('./cluster.sh'));
/** What Kubernetes was told of Ceph. */
export const VOLUMES = lines(COMMON, KUBECTL, load('./volumes.sh'));
/** The images that it was told of. */
export const IMAGES = lines(VOLUMES, load('./images.sh'));

export const CEPH_CONF = '/etc/ceph/ceph.conf';
export const ADMIN_KEYRING = '/etc/ceph/ceph.client.admin.keyring';
/** A folder, or a link to one, for each OSD of the host. */
export const OSD_LINKS = '/var/lib/ceph/osd';

/** Those in which the inventory has OSDs. */
export function directoriesOf(host: Host): readonly string[] {
  return host.osds.filter((osd) => !isDevice(osd));
}
