import { readFileSync } from 'node:fs';
import type { Task } from '../../../src/engine/task.js';
import { lines, rawScript, sh } from '../../../src/shell/script.js';
import { command } from '../../../src/tasks/command.js';
import { CEPH_CLI } from '../cli.js';
import { CONF } from '../conf.js';
import type { CephContext } from '../context.js';
import { clusterFsids, hasMonitor } from '../found.js';
import { workFolder } from '../work-folder.js';
import { ADMIN_KEYRING, type CephEntity, keyringText } from './keyring.js';
import { knownMonitorKey } from './monitor.js';

const FUNCTIONS = lines(
  CEPH_CLI,
  rawScript(readFileSync(new URL('./first-keys.sh', import.meta.url), 'utf8')),
);
const AFTER = ['ceph-packages'];

/** As the monitors make them themselves where they do, and as Ceph's manual deployment has them. */
export const FIRST_ENTITIES = {
  mon: { name: 'mon.', caps: { mon: 'allow *' } },
  admin: {
    name: 'client.admin',
    caps: { mds: 'allow *', mgr: 'allow *', mon: 'allow *', osd: 'allow *' },
  },
  bootstrapOsd: { name: 'client.bootstrap-osd', caps: { mon: 'allow profile bootstrap-osd' } },
} as const satisfies Record<string, CephEntity>;
export type FirstKey = keyof typeof FIRST_ENTITIES;

/** The secret output that holds one of the first keys. */
export function keyOutput(which: FirstKey): string {
  return `ceph-key-${FIRST_ENTITIES[which].name.replace(/\.$/, '').replace('.', '-')}`;
}

/** A first key as the admin host has handed it over; in a plan it may not be there yet. */
export function firstKey(which: FirstKey, { outputs, members }: CephContext): string | undefined {
  const key = outputs.get(members.admin.name)?.get(keyOutput(which));
  return key === '' ? undefined : key;
}

export const FSID_OUTPUT = 'ceph-fsid';

/** The cluster's id: made once on the admin host, or that of the cluster that there is. */
export function clusterId(context: CephContext): Task {
  const folder = workFolder(context.inventory.ceph);
  const file = `${folder}/ceph.conf`;
  const [known = ''] = clusterFsids(context, context.members);
  return command({
    id: 'ceph-fsid',
    title: 'the cluster has an id',
    after: AFTER,
    prevents: ['ceph-leftovers'],
    check: sh`${CONF}
[ -n "$(conf_value ${file} fsid)" ] || differs 'the cluster has no id yet'`,
    apply: sh`${CONF}
fsid=${known}
[ -n "$fsid" ] || read -r fsid </proc/sys/kernel/random/uuid
(umask 077 && mkdir -p ${folder})
printf '[global]\nfsid = %s\n' "$fsid" | replace_file ${[file, '600', 'root', 'root']}`,
    output: {
      name: FSID_OUTPUT,
      secret: false,
      read: sh`${CONF}
conf_value ${file} fsid`,
    },
  });
}

/** The secret that opens the cluster when the admin host has nothing that does. */
const MON_KEYRING = 'ceph-known-mon-keyring';

/** The secrets of `firstKeysTasks`. */
export function firstKeysSecrets(context: CephContext): Readonly<Record<string, string>> {
  const key = knownMonitorKey(context);
  return { [MON_KEYRING]: key === undefined ? '' : keyringText(FIRST_ENTITIES.mon, key) };
}

/** The cluster's first keys: made once on the admin host, or those of the cluster that there is. */
export function firstKeysTasks(context: CephContext): readonly Task[] {
  const folder = workFolder(context.inventory.ceph);
  return [keys(folder, context), ...handedOver(folder)];
}

function keys(folder: string, context: CephContext): Task {
  const file = `${folder}/keyring`;
  const made = Object.values(FIRST_ENTITIES);
  const names = made.map(({ name }) => name);
  const lives = hasMonitor(context);
  const mons = context.members.mons.map(({ address }) => (address.includes(':') ? `[${address}]` : address));
  const functions = lines(FUNCTIONS, sh`MONS=${mons.join(',')}`);
  const lost = `The keys of the cluster cannot be had: either no monitor answers ${context.members.admin.name}, or no key that is still there opens the cluster. Look at the monitors (systemctl status ceph-mon@NAME on their hosts), then run again: provision stage ceph`;
  return command({
    id: 'ceph-first-keys',
    title: 'the keys that the cluster begins with are there',
    after: AFTER,
    secrets: [MON_KEYRING],
    timeout: { check: 60, apply: 600 },
    check: lines(
      sh`${functions}
has_keys ${[file, ...names]} || exit 1`,
      ...(lives ? [sh`still_good ${[file, ADMIN_KEYRING]}`] : []),
    ),
    apply: lines(
      sh`${functions}
new_keyring ${`${file}.new`} || exit 2`,
      ...(lives
        ? [sh`take_keys ${[`${file}.new`, file]} "$SECRETS"/${MON_KEYRING} ${names} || cannot ${lost}`]
        : made.map(
            ({ name, caps }) =>
              sh`make_key ${[`${file}.new`, name, ...Object.entries(caps).flat()]} || exit 2`,
          )),
      sh`chmod 0600 ${`${file}.new`} && mv -f ${[`${file}.new`, file]}`,
    ),
  });
}

/** Each key is a secret of its own, so that it is masked wherever it stands alone. */
function handedOver(folder: string): readonly Task[] {
  return (Object.keys(FIRST_ENTITIES) as FirstKey[]).map((which) => {
    const { name } = FIRST_ENTITIES[which];
    const read = sh`${FUNCTIONS}
key_in ${[`${folder}/keyring`, name]}`;
    return command({
      id: keyOutput(which),
      title: `the key of ${name} can be handed to the hosts that need it`,
      after: [...AFTER, 'ceph-first-keys'],
      // Nothing to do of its own: it is there as soon as the first keys are.
      check: sh`! pending ceph-first-keys || exit 0
${FUNCTIONS}
has_keys ${[`${folder}/keyring`, name]}`,
      output: { name: keyOutput(which), secret: true, read },
    });
  });
}
