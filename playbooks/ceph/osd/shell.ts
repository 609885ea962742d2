import { readFileSync } from 'node:fs';
import { lines, rawScript, type Script } from '../../../src/shell/script.js';

function load(file: string): Script {
  return rawScript(readFileSync(new URL(file, import.meta.url), 'utf8'));
}

/** What an OSD's directory holds. */
export const DIRECTORY = load('./directory.sh');
/** `fsid_of`: the cluster that a ceph.conf names. */
export const FOUND = load('../found.sh');
/** Making the OSD of a directory; needs DIRECTORY and CEPH_CLI. */
export const MAKE = load('./make.sh');
/** Which file system a directory is on; needs DIRECTORY and CONF. */
export const NAMES = load('./names.sh');
/** What is on a device. */
export const DEVICE = load('./device.sh');
/** What the admin host sees of OSDs on devices; needs CEPH_CLI. */
export const DEPLOY = load('./deploy.sh');
/** The daemon and what the cluster says of it; needs all of the above and what tells about services. */
export const UP = lines(
  load('../../../src/tasks/unit.sh'),
  load('../../../src/tasks/service-check.sh'),
  load('./place.sh'),
  load('./up.sh'),
);
