import { readFileSync } from 'node:fs';
import type { Task } from '../../../src/engine/task.js';
import type { Host } from '../../../src/inventory/inventory.js';
import { lines, rawScript, type Script, sh } from '../../../src/shell/script.js';
import { command } from '../../../src/tasks/command.js';
import { directory } from '../../../src/tasks/directory.js';
import { CEPH_CLI } from '../cli.js';
import { CONF, confSettings } from '../conf.js';
import type { CephContext } from '../context.js';
import { clusterFsids } from '../found.js';
import { holdsAdminKey } from '../operators-group.js';
import { workFolder } from '../work-folder.js';
import { deployFunctions } from './run.js';

const load = (file: string): Script => rawScript(readFileSync(new URL(file, import.meta.url), 'utf8'));
const FOUND = load('../found.sh');
/** Used here, and sent to the other hosts. */
const PEER = lines(CONF, FOUND, load('./peer.sh'));
const FUNCTIONS = lines(CEPH_CLI, PEER, sh`PEER=${PEER.source}`, load('./cluster.sh'));

/** Name of the secret output of the admin host by which hosts may bring OSDs to the cluster. */
export const BOOTSTRAP_KEY = 'ceph-bootstrap-osd-key';
/** The task of the admin host that brings it. */
export const MONS = 'ceph-mons';

/** Seconds for a check that logs in to all hosts or asks the cluster. */
const CHECK = 90;
/** Seconds for ceph-deploy, which waits a minute for each monitor of a new cluster. */
const APPLY = 1200;

const ACCESS = [
  'ceph-packages',
  'ceph-deploy-user',
  'ceph-deploy-key',
  'ceph-deploy-known-hosts',
  'ceph-deploy-ssh-config',
  'ceph-deploy-installed',
];

interface Step {
  readonly id: string;
  readonly title: string;
  readonly after: readonly string[];
  readonly check: Script;
  readonly apply: Script;
  readonly output?: Task['output'];
  readonly prevents?: readonly string[];
}

/** What ceph-deploy does on the admin host, in the order of its documentation. */
export function clusterTasks(context: CephContext): readonly Task[] {
  const { inventory, members, release } = context;
  const folder = workFolder(inventory.ceph);
  const functions = lines(deployFunctions(context), FUNCTIONS);
  const step = ({ id, title, after, check, apply, output, prevents }: Step): Task =>
    command({
      id,
      title,
      after: [...ACCESS, ...after],
      prevents,
      timeout: { check: CHECK, apply: APPLY },
      check: lines(functions, check),
      apply: lines(functions, apply),
      output,
    });
  const settings = Object.entries(confSettings(context)).flat();
  const confs = [words(members.all), ...settings];
  const mons = words(members.mons);
  const keyHosts = members.all.filter((host) => holdsAdminKey(host, context));
  const group = inventory.ceph.operatorsGroup;
  const keys = [words(keyHosts), group === undefined ? '600' : '640', group ?? 'root'];
  const others = words(members.all.filter((host) => !keyHosts.includes(host)));
  const begun = 'ceph-deploy-new';
  const pushed = 'ceph-conf';
  return [
    directory({
      id: 'ceph-deploy-folder',
      title: `${folder} is the folder of the cluster`,
      path: folder,
      mode: '0700',
      owner: inventory.ceph.deployUser,
      after: ['ceph-deploy-user'],
    }),
    step({
      id: begun,
      title: 'the cluster has been begun: ceph-deploy new',
      after: ['ceph-deploy-folder'],
      check: sh`check_begun`,
      apply: sh`begin_cluster ${newOptions(context)} ${members.mons.map(({ name }) => name)}`,
      // Read when the play has ended: the key comes with the monitors. It is known while one of them is missing, too.
      output: {
        name: BOOTSTRAP_KEY,
        secret: true,
        read: sh`awk '$1 == "key" && $2 == "=" { print $3; exit }' ${`${folder}/ceph.bootstrap-osd.keyring`}`,
      },
    }),
    step({
      id: 'ceph-deploy-conf',
      title: `${folder}/ceph.conf has the settings of the cluster`,
      after: [begun],
      check: sh`check_settings ${settings}`,
      apply: sh`put_settings ${settings}`,
    }),
    step({
      id: pushed,
      title: 'every host has the configuration: ceph-deploy config push',
      after: [begun, 'ceph-deploy-conf'],
      prevents: ['ceph-leftovers', 'ceph-pool-size', 'ceph-osd-ext4-names'],
      check: sh`check_confs ${confs}`,
      apply: sh`push_confs ${confs}`,
    }),
    step({
      id: MONS,
      title: 'the monitors are in quorum: ceph-deploy mon create-initial, mon add, gatherkeys',
      after: [begun, pushed, 'ceph-mon-service'],
      check: sh`check_mons ${mons}`,
      apply: sh`deploy_mons ${mons} ${members.mons.flatMap(({ name, address }) => [name, address])}`,
    }),
    step({
      id: 'ceph-admin-keyring',
      title: 'the admin key is on the admin host and the monitors: ceph-deploy admin',
      after: [MONS, 'ceph-operators-group'],
      prevents: ['ceph-admin-keyring'],
      check: sh`check_admin_keys ${[...keys, others, mons]}`,
      apply: sh`push_admin_keys ${keys}`,
    }),
    ...(release.mgr ? [daemons('mgr', 'managers', members.mgrs)] : []),
    ...(members.mdss.length > 0 ? [daemons('mds', 'metadata servers', members.mdss)] : []),
  ];

  function daemons(kind: 'mgr' | 'mds', what: string, hosts: readonly Host[]): Task {
    const list = [kind, words(hosts)];
    return step({
      id: `ceph-${kind}s`,
      title: `the ${what} run: ceph-deploy ${kind} create`,
      after: [MONS, 'ceph-admin-keyring', `ceph-${kind}-service`],
      check: sh`check_daemons ${[...list, mons]}`,
      apply: sh`deploy_daemons ${list}`,
    });
  }
}

/** A host's name has no blanks in it. */
function words(hosts: readonly Host[]): string {
  return hosts.map(({ name }) => name).join(' ');
}

function newOptions(context: CephContext): string {
  const { publicNetwork, clusterNetwork } = context.inventory.ceph;
  const [fsid, ...more] = clusterFsids(context, context.members);
  const options = [
    ['--fsid', more.length === 0 ? fsid : undefined],
    ['--public-network', publicNetwork],
    ['--cluster-network', clusterNetwork],
  ];
  return options
    .filter(([, value]) => value !== undefined)
    .flat()
    .join(' ');
}
