import { readFileSync } from 'node:fs';
import { lines, rawScript } from '../../src/shell/script.js';
import { CEPH_CLI } from './cli.js';

function functions(file: string) {
  return rawScript(readFileSync(new URL(file, import.meta.url), 'utf8'));
}

/** What a host and its cluster show: see probes.sh. */
export const PROBES = lines(CEPH_CLI, functions('./probes.sh'));
/** What Kubernetes was told of Ceph: see volumes.sh. */
export const VOLUMES = functions('./volumes.sh');

export const CEPH_CONF = '/etc/ceph/ceph.conf';
export const ADMIN_KEYRING = '/etc/ceph/ceph.client.admin.keyring';
/** A folder, or a link to one, for each OSD of the host. */
export const OSD_FOLDERS = '/var/lib/ceph/osd';
