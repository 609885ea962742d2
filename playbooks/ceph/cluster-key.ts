import { readFileSync } from 'node:fs';
import { rawScript, type Script, sh } from '../../src/shell/script.js';
import { keyHash } from '../key-of.js';

const FUNCTIONS = rawScript(readFileSync(new URL('./found.sh', import.meta.url), 'utf8'));

/**
 * Sets $KEY to this cluster and to what the inventory says of it; empty when there is no cluster yet. It asks nobody, so it
 * says nothing of what runs.
 */
export function clusterKey(what: unknown): Script {
  return sh`${FUNCTIONS}
KEY=$(fsid_of /etc/ceph/ceph.conf)
[ -z "$KEY" ] || KEY="$KEY "${keyHash(what)}`;
}
