import { readFileSync } from 'node:fs';
import { lines, rawScript, sh, sharing } from '../../src/shell/script.js';
import { CEPH_CLI } from './cli.js';

function read(file: string): string {
  return readFileSync(new URL(file, import.meta.url), 'utf8');
}

/** Shell functions that ask the cluster for several things at once: see told.sh and tell.py. */
export const CEPH_TELLS = lines(
  CEPH_CLI,
  sh`TELL_PROGRAM=${read('./tell.py')}`,
  rawScript(read('./told.sh')),
);

/** The same, for what a host asks for itself. */
export const TELLS_HOST = sharing(CEPH_TELLS, {
  variable: 'OSDS_TOLD',
  script: sh`${CEPH_TELLS}
has_access && osds_told`,
});

/** The same, for what is asked of the cluster. */
export const TELLS_CLUSTER = sharing(CEPH_TELLS, {
  variable: 'CLUSTER_TOLD',
  script: sh`${CEPH_TELLS}
cluster_told`,
});

/** See Playbook.access. */
export const CEPH_ACCESS = sh`${TELLS_HOST}
can_ask_cluster`;
