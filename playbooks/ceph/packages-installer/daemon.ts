import { readFileSync } from 'node:fs';
import type { Task } from '../../../src/engine/task.js';
import type { Host } from '../../../src/inventory/inventory.js';
import { lines, rawScript, sh } from '../../../src/shell/script.js';
import { command } from '../../../src/tasks/command.js';
import { directory } from '../../../src/tasks/directory.js';
import { ASK, ASK_TIMEOUT } from '../ask.js';
import type { CephContext } from '../context.js';
import { hasMonitor } from '../found.js';
import { type CephEntity, keyringFile } from './keyring.js';
import { daemonService } from './service.js';

const FUNCTIONS = lines(ASK, rawScript(readFileSync(new URL('./daemon.sh', import.meta.url), 'utf8')));

/** A daemon that registers with the monitors and needs nothing but its key. */
type Kind = 'mgr' | 'mds';

/** The rights that ceph-deploy gives them, too. */
const CAPS: Readonly<Record<Kind, CephEntity['caps']>> = {
  mgr: { mds: 'allow *', mon: 'allow profile mgr', osd: 'allow *' },
  mds: { mds: 'allow', mon: 'allow profile mds', osd: 'allow rwx' },
};

/** Where these daemons are to run. */
export interface Daemons {
  readonly kind: Kind;
  readonly title: string;
  readonly hosts: readonly Host[];
}

export function daemonsOf({ members, release }: CephContext): readonly Daemons[] {
  const all: readonly Daemons[] = [
    { kind: 'mgr', title: 'Managers', hosts: release.mgr ? members.mgrs : [] },
    { kind: 'mds', title: 'Metadata servers', hosts: members.mdss },
  ];
  return all.filter(({ hosts }) => hosts.length > 0);
}

function entities(context: CephContext): readonly CephEntity[] {
  return daemonsOf(context).flatMap(({ kind, hosts }) =>
    hosts.map(({ name }) => ({ name: `${kind}.${name}`, caps: CAPS[kind] })),
  );
}

const KEYS = 'ceph-daemon-keys';

/** The key of a host's daemon, as the admin host has handed it over. */
function daemonKey(kind: Kind, host: Host, context: CephContext): string | undefined {
  const { outputs, members } = context;
  const keys = outputs.get(members.admin.name)?.get(KEYS)?.split('\n');
  return keys?.[entities(context).findIndex(({ name }) => name === `${kind}.${host.name}`)];
}

/** On the admin host: the cluster knows the daemons. One question for all of them. */
export function daemonKeys(context: CephContext): Task {
  const wanted = entities(context);
  const list = context.release.number < 12 ? 'list' : 'ls';
  const begin = sh`${FUNCTIONS}
WANTED=${JSON.stringify(wanted.map(({ name }) => name))}
ask_entities ${list} || exit 1`;
  return command({
    id: KEYS,
    title: `the cluster has keys for ${wanted.map(({ name }) => name).join(', ')}`,
    after: ['ceph-packages', 'ceph-quorum'],
    timeout: { check: ASK_TIMEOUT, apply: 600 },
    check: lines(begin, sh`judge_entities`),
    apply: lines(
      begin,
      ...wanted.map(({ name, caps }) => sh`register ${[name, ...Object.entries(caps).flat()]} || exit 2`),
    ),
    output: { name: KEYS, secret: true, read: lines(begin, sh`tell_keys`) },
  });
}

/** A host may have both, and a plan gives it the secrets of all plays at once. */
const keyringSecret = (kind: Kind): string => `ceph-${kind}-keyring`;

/** On its own host: the daemon has its key, runs, and starts with the host. */
export function daemonTasks(kind: Kind, host: Host, context: CephContext): readonly Task[] {
  const folder = `/var/lib/ceph/${kind}/ceph-${host.name}`;
  const owner = { owner: 'ceph', group: 'ceph' };
  return [
    directory({ id: `ceph-${kind}-folder`, path: folder, mode: '0755', ...owner, after: ['ceph-packages'] }),
    keyringFile({
      id: `ceph-${kind}-key`,
      path: `${folder}/keyring`,
      secret: keyringSecret(kind),
      known: daemonKey(kind, host, context) !== undefined,
      lives: hasMonitor(context),
      from: context.members.admin.name,
      mode: '0600',
      ...owner,
    }),
    daemonService(kind, host, { after: ['ceph-packages', `ceph-${kind}-key`] }),
  ];
}

/** The secrets of `daemonTasks`. */
export function daemonSecrets(
  kind: Kind,
  host: Host,
  context: CephContext,
): Readonly<Record<string, string>> {
  const key = daemonKey(kind, host, context);
  return key === undefined ? {} : { [keyringSecret(kind)]: `[${kind}.${host.name}]\n\tkey = ${key}\n` };
}
