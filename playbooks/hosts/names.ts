import { readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import type { Task } from '../../src/engine/task.js';
import type { Host, Inventory } from '../../src/inventory/inventory.js';
import { lines, rawScript, sh } from '../../src/shell/script.js';
import { command } from '../../src/tasks/command.js';
import { file } from '../../src/tasks/file.js';
import { hostname } from '../../src/tasks/hostname.js';
import { managedBlock } from '../../src/tasks/managed-block.js';
import { onlyWhere } from '../only-where.js';

const FUNCTIONS = rawScript(readFileSync(new URL('./names.sh', import.meta.url), 'utf8'));
const HOSTS = '/etc/hosts';
const prevents = ['hosts-name-mismatch'];

/** The host is called what the inventory calls it, and every host knows every other, and itself, by its private address. */
export function names(host: Host, inventory: Inventory): readonly Task[] {
  return [
    hostname({ id: 'host-name', name: host.name, prevents }),
    cloudInitKeepsNames(),
    noOtherAddresses(inventory),
    managedBlock({
      id: 'hosts-file',
      title: `${HOSTS} has every host`,
      path: HOSTS,
      name: 'hosts',
      content: inventory.hosts.map(({ name, address }) => `${address}\t${name}`).join('\n'),
      prevents,
    }),
    namesResolve(inventory),
  ];
}

/** cloud-init would set its own name and /etc/hosts again at the next start. */
function cloudInitKeepsNames(): Task {
  const folder = '/etc/cloud/cloud.cfg.d';
  const task = file({
    id: 'cloud-init-keeps-names',
    title: 'cloud-init leaves the name and /etc/hosts alone',
    path: `${folder}/99-provision.cfg`,
    content: 'preserve_hostname: true\nmanage_etc_hosts: false\n',
    prevents,
  });
  return onlyWhere(sh`[ -d ${folder} ]`, task);
}

/** The first line that has a name wins, such as the distribution's "127.0.1.1 node1": ours stand at the end. */
function noOtherAddresses(inventory: Inventory): Task {
  const pairs = addressPairs(inventory.hosts);
  return command({
    id: 'hosts-file-conflicts',
    title: `${HOSTS} gives no host another address`,
    prevents,
    check: sh`${FUNCTIONS}
find_conflicts ${[HOSTS, ...pairs]}
[ -z "$CONFLICTS" ] || differs "the line gives a host of the inventory another address: $CONFLICTS"`,
    apply: sh`${FUNCTIONS}
read_text ${HOSTS}
new=$(without_conflicts ${[HOSTS, ...pairs]}) || exit 2
printf '%s\n' "$new" | replace_file ${HOSTS} '' '' ''`,
  });
}

/** Asked of the resolver, in the order that the host's nsswitch.conf says. */
function namesResolve({ hosts }: Inventory): Task {
  const families = [
    ['v4', hosts.filter(({ address }) => !isIPv6(address))],
    ['v6', hosts.filter(({ address }) => isIPv6(address))],
  ] as const;
  return command({
    id: 'names-resolve',
    title: 'the names of all hosts resolve to their private addresses',
    after: ['hosts-file', 'hosts-file-conflicts'],
    prevents,
    check: lines(
      FUNCTIONS,
      sh`status=0`,
      ...families
        .filter(([, members]) => members.length > 0)
        .map(([family, members]) => sh`resolves_to ${[family, ...addressPairs(members)]} || status=1`),
      sh`exit "$status"`,
    ),
  });
}

function addressPairs(hosts: readonly Host[]): readonly string[] {
  return hosts.map(({ name, address }) => `${name}=${address}`);
}
