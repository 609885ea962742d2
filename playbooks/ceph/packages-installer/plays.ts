import type { Play } from '../../../src/engine/play.js';
import type { Task } from '../../../src/engine/task.js';
import type { Host } from '../../../src/inventory/inventory.js';
import type { CephContext } from '../context.js';
import { hasMonitor } from '../found.js';
import { holdsAdminKey, operatorsGroup } from '../operators-group.js';
import { quorum } from '../quorum.js';
import { configuration } from './config.js';
import { daemonKeys, daemonSecrets, daemonsOf, daemonTasks } from './daemon.js';
import {
  clusterId,
  FIRST_ENTITIES,
  type FirstKey,
  firstKey,
  firstKeysSecrets,
  firstKeysTasks,
  keyOutput,
} from './first-keys.js';
import { ADMIN_KEYRING, keyringFile, keyringText } from './keyring.js';
import { isFormed, madeMonitor, MON_KEYRING, monitorTasks } from './monitor.js';

/** Monitors, managers and metadata servers by Ceph's own commands on their hosts; keys travel as secret outputs. */
export function packagesInstallerPlays(context: CephContext): readonly Play[] {
  const { members } = context;
  const daemons = daemonsOf(context);
  return [
    {
      id: 'ceph-beginning',
      title: 'The id of the cluster',
      hosts: [members.admin],
      tasks: () => [clusterId(context)],
    },
    {
      id: 'ceph-configuration',
      title: 'Configuration, and monitors that have been made run',
      hosts: members.all,
      tasks: (host) => [
        configuration(context),
        ...operatorsGroup(host, context),
        ...madeMonitor(host, context),
      ],
    },
    {
      id: 'ceph-keys',
      title: 'The keys that the cluster begins with',
      hosts: [members.admin],
      tasks: () => firstKeysTasks(context),
      secrets: () => firstKeysSecrets(context),
    },
    {
      id: 'ceph-keyrings',
      title: 'Keys where they belong',
      hosts: members.all.filter((host) => keyrings(host, context).length > 0),
      tasks: (host) => keyrings(host, context),
      secrets: () => firstKeyrings(context),
    },
    {
      id: 'ceph-monitors',
      title: 'Monitors',
      hosts: members.mons,
      // Those of a new cluster wait for each other; one that comes later is to be in before the next one.
      order: isFormed(context) ? 'serial' : 'all',
      tasks: (host) => monitorTasks(host, context),
      secrets: () => ({ [MON_KEYRING]: monitorKeyring(context) }),
    },
    {
      id: 'ceph-daemon-keys',
      title: 'The monitors have a quorum and know the other daemons',
      hosts: [members.admin],
      tasks: () => [quorum(context), ...(daemons.length > 0 ? [daemonKeys(context)] : [])],
    },
    ...daemons.map(
      ({ kind, title, hosts }): Play => ({
        id: `ceph-${kind}s`,
        title,
        hosts,
        tasks: (host) => daemonTasks(kind, host, context),
        secrets: (host) => daemonSecrets(kind, host, context),
      }),
    ),
  ];
}

/** The admin key is where Ceph is administered, and nowhere else. */
function keyrings(host: Host, context: CephContext): readonly Task[] {
  const { inventory, members } = context;
  const group = inventory.ceph.operatorsGroup;
  const options = (which: FirstKey) => ({
    secret: keyOutput(which),
    known: firstKey(which, context) !== undefined,
    lives: hasMonitor(context),
    from: members.admin.name,
  });
  return [
    ...(holdsAdminKey(host, context)
      ? [
          keyringFile({
            id: 'ceph-admin-key',
            path: ADMIN_KEYRING,
            ...options('admin'),
            mode: group === undefined ? '0600' : '0640',
            owner: 'root',
            group: group ?? 'root',
            prevents: ['ceph-admin-keyring'],
          }),
        ]
      : []),
    ...(members.osds.includes(host)
      ? [
          keyringFile({
            id: 'ceph-bootstrap-osd',
            path: '/var/lib/ceph/bootstrap-osd/ceph.keyring',
            ...options('bootstrapOsd'),
            mode: '0600',
            owner: 'ceph',
            group: 'ceph',
          }),
        ]
      : []),
  ];
}

function firstKeyrings(context: CephContext): Readonly<Record<string, string>> {
  const which: readonly FirstKey[] = ['admin', 'bootstrapOsd'];
  return Object.fromEntries(
    which.flatMap((each) => {
      const key = firstKey(each, context);
      return key === undefined ? [] : [[keyOutput(each), keyringText(FIRST_ENTITIES[each], key)]];
    }),
  );
}

function monitorKeyring(context: CephContext): string {
  const which = Object.keys(FIRST_ENTITIES) as FirstKey[];
  return which.map((each) => keyringText(FIRST_ENTITIES[each], firstKey(each, context) ?? '')).join('');
}
