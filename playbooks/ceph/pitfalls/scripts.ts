import { readFileSync } from 'node:fs';
import type { Host } from '../../../src/inventory/inventory.js';
import { lines, rawScript, type Script, sh, sharing } from '../../../src/shell/script.js';
import { KUBECTL } from '../../kubernetes/kubectl.js';
import { isDevice } from '../members.js';
import { CEPH_TELLS, TELLS_CLUSTER, TELLS_HOST } from '../told.js';

function load(file: string): Script {
  return rawScript(readFileSync(new URL(file, import.meta.url), 'utf8'));
}

const COMMON = load('./common.sh');
/** What a host holds of its OSDs. */
export const OSDS = lines(TELLS_HOST, COMMON, load('./osds.sh'));
/** Deploying, and what was left of it. */
export const DEPLOY = lines(OSDS, load('./deploy.sh'));
/** Monitors, keys, programs of a host. */
export const HOST = lines(TELLS_HOST, COMMON, load('./cluster.sh'));
/** Pools and metadata servers. */
export const CLUSTER = lines(TELLS_CLUSTER, COMMON, load('./cluster.sh'));
/** The features of images. */
export const FEATURES = load('./features.sh');

const VOLUME_FUNCTIONS = lines(CEPH_TELLS, COMMON, KUBECTL, load('./volumes.sh'));
/** What Kubernetes was told of Ceph. */
export const VOLUMES = sharing(VOLUME_FUNCTIONS, {
  variable: 'VOLUME_OBJECTS',
  script: sh`${VOLUME_FUNCTIONS}
object_list persistentvolumes`,
});
/** The images that it was told of. */
export const IMAGES = lines(VOLUMES, FEATURES, load('./images.sh'));

export const CEPH_CONF = '/etc/ceph/ceph.conf';
export const ADMIN_KEYRING = '/etc/ceph/ceph.client.admin.keyring';
/** A folder, or a link to one, for each OSD of the host. */
export const OSD_LINKS = '/var/lib/ceph/osd';

/** Those in which the inventory has OSDs. */
export function directoriesOf(host: Host): readonly string[] {
  return host.osds.filter((osd) => !isDevice(osd));
}
