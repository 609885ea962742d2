import { readFileSync } from 'node:fs';
import { rawScript } from '../../src/shell/script.js';

/** Shell functions that ask the cluster as client.admin of this host. */
export const CEPH_CLI = rawScript(readFileSync(new URL('./cli.sh', import.meta.url), 'utf8'));
