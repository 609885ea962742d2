import { readFileSync } from 'node:fs';
import type { Task } from '../../../src/engine/task.js';
import type { Host } from '../../../src/inventory/inventory.js';
import { rawScript, sh } from '../../../src/shell/script.js';
import { command } from '../../../src/tasks/command.js';
import { managedBlock } from '../../../src/tasks/managed-block.js';
import { sshAuthorizedKey } from '../../../src/tasks/ssh-authorized-key.js';
import { sudoers } from '../../../src/tasks/sudoers.js';
import { user } from '../../../src/tasks/user.js';
import type { CephContext } from '../context.js';
import { knownAfter } from './known-after.js';
import { knownHosts, type PeerKeys, readPeerKeys, sshConfig } from './ssh-client.js';

const FUNCTIONS = rawScript(readFileSync(new URL('./key.sh', import.meta.url), 'utf8'));
const HOST_KEYS = 'ceph-deploy-host-keys';
const KEY = 'ceph-deploy-key';
const PREVENTS = ['ceph-deploy-user'];

export function deployHome({ inventory }: CephContext): string {
  return `/home/${inventory.ceph.deployUser}`;
}

/** Who deploys, and what is to be known before the hosts can trust one another. */
export function deployUser(host: Host, context: CephContext): readonly Task[] {
  const name = context.inventory.ceph.deployUser;
  return [
    user({ id: 'ceph-deploy-user', name, home: deployHome(context), shell: '/bin/bash', prevents: PREVENTS }),
    sudoers({
      id: 'ceph-deploy-sudo',
      title: `${name} may use sudo without a password`,
      name: `ceph-deploy-${name.replaceAll('.', '_')}`,
      content: `Defaults:${name} !requiretty\n${name} ALL=(ALL:ALL) NOPASSWD: ALL\n`,
      after: ['ceph-packages'],
      prevents: PREVENTS,
    }),
    hostKeys(),
    ...(host === context.members.admin ? [keyPair(context)] : []),
  ];
}

/** The host itself tells its keys over the connection that was verified, so that nobody has to accept one unseen. */
function hostKeys(): Task {
  return command({
    id: HOST_KEYS,
    title: 'the host keys and the port of sshd are known',
    check: sh`:`,
    output: {
      name: HOST_KEYS,
      secret: false,
      read: sh`${FUNCTIONS}
tell_host_keys`,
    },
  });
}

function keyPair(context: CephContext): Task {
  const { deployUser: name } = context.inventory.ceph;
  const words = [name, `${deployHome(context)}/.ssh`, `${name}@${context.members.admin.name}`];
  return command({
    id: KEY,
    title: `${name} has an ssh key`,
    after: ['ceph-deploy-user', 'ceph-packages'],
    prevents: PREVENTS,
    check: sh`${FUNCTIONS}
check_key_pair ${words}`,
    apply: sh`${FUNCTIONS}
make_key_pair ${words}`,
    output: { name: KEY, secret: false, read: sh`cat ${deployHome(context)}/.ssh/id_ed25519.pub` },
  });
}

/** The admin host may log in to all hosts as that user, and knows them. */
export function deployTrust(host: Host, context: CephContext): readonly Task[] {
  const { admin } = context.members;
  return [authorised(context), ...(host === admin ? sshClient(context) : [])];
}

function authorised(context: CephContext): Task {
  const id = 'ceph-deploy-authorised';
  const name = context.inventory.ceph.deployUser;
  const { admin } = context.members;
  const key = context.outputs.get(admin.name)?.get(KEY);
  const after = ['ceph-deploy-user'];
  if (key === undefined) return knownAfter(id, `${admin.name} can log in as ${name}`, KEY, admin);
  return sshAuthorizedKey({ id, user: name, key, after, prevents: PREVENTS });
}

/** Files that ssh reads as the deploy user. What the user adds outside our block stays. */
function sshClient(context: CephContext): readonly Task[] {
  const { all } = context.members;
  const name = context.inventory.ceph.deployUser;
  const folder = `${deployHome(context)}/.ssh`;
  const told = all.map((host) => ({ host, text: context.outputs.get(host.name)?.get(HOST_KEYS) }));
  const unknown = told.find(({ text }) => text === undefined);
  const files = [
    { id: 'ceph-deploy-known-hosts', path: `${folder}/known_hosts`, content: knownHosts },
    { id: 'ceph-deploy-ssh-config', path: `${folder}/config`, content: sshConfig },
  ];
  return files.map(({ id, path, content }) => {
    if (unknown !== undefined) return knownAfter(id, `${path} names all hosts`, HOST_KEYS, unknown.host);
    const peers = told.map(({ host, text }): PeerKeys => readPeerKeys(host, text ?? ''));
    const block = managedBlock({
      id,
      path,
      name: 'hosts of Ceph',
      content: content(peers, name),
      mode: '0644',
      after: ['ceph-deploy-user', KEY],
      prevents: PREVENTS,
    });
    return ownedBy(name, path, block);
  });
}

/** The file that the task writes belongs to the user. */
function ownedBy(name: string, path: string, task: Task): Task {
  return {
    ...task,
    check: sh`(
${task.check}
) || exit "$?"
has_attributes ${[path, '', name, '']}`,
    apply: sh`(
${task.apply ?? sh`:`}
) || exit "$?"
set_attributes ${[path, '', name]} "$(id -gn -- ${name})"`,
  };
}
