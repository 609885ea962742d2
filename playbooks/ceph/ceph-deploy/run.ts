import { readFileSync } from 'node:fs';
import { lines, rawScript, type Script, sh } from '../../../src/shell/script.js';
import type { CephContext } from '../context.js';
import { workFolder } from '../work-folder.js';
import { deployRoot } from './install.js';
import { deployHome } from './user.js';

const FUNCTIONS = rawScript(readFileSync(new URL('./run.sh', import.meta.url), 'utf8'));

/** Shell functions for scripts on the admin host: `ceph_deploy`, `ceph_deploy_on`, `on_host`, `look_at`; see run.sh. */
export function deployFunctions(context: CephContext): Script {
  const { inventory, members } = context;
  return lines(
    sh`DEPLOY_USER=${inventory.ceph.deployUser} DEPLOY_HOME=${deployHome(context)} DEPLOY_WORK=${workFolder(inventory.ceph)}`,
    sh`DEPLOY_ROOT=${deployRoot(context)} DEPLOY_SELF=${members.admin.name}`,
    FUNCTIONS,
  );
}

/**
 * Runs ceph-deploy on the admin host as the deploy user, for the apply of a task.
 * @param host whose configuration it is to take; ceph-deploy refuses a host whose ceph.conf is not the one that it has
 */
export function runCephDeploy(context: CephContext, words: readonly string[], host?: string): Script {
  const call = host === undefined ? sh`ceph_deploy ${words}` : sh`ceph_deploy_on ${[host, ...words]}`;
  return lines(deployFunctions(context), call);
}
