import { readFileSync } from 'node:fs';
import { lines, rawScript } from '../../src/shell/script.js';
import { CEPH_CLI } from './cli.js';

/** Shell functions that ask the cluster and judge its answers with jq. */
export const ASK = lines(CEPH_CLI, rawScript(readFileSync(new URL('./ask.sh', import.meta.url), 'utf8')));

/** Seconds for a check that asks the cluster: more than it may take to answer, see cli.sh. */
export const ASK_TIMEOUT = 60;

/** Without the packages there is nobody to ask, and nothing is known of the cluster. */
export const AFTER_PACKAGES: readonly string[] = ['ceph-packages'];
