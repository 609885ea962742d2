import type { Play } from '../../../src/engine/play.js';
import type { Task } from '../../../src/engine/task.js';
import { file } from '../../../src/tasks/file.js';
import type { CephContext } from '../context.js';
import { operatorsGroup } from '../operators-group.js';
import { BOOTSTRAP_KEY, clusterTasks, MONS } from './cluster.js';
import { installed, proxySecret } from './install.js';
import { knownAfter } from './known-after.js';
import { daemonServices } from './services.js';
import { deployTrust, deployUser } from './user.js';

const BOOTSTRAP = 'ceph-bootstrap-osd';

/** The cluster as the article makes it: one host deploys all others by ceph-deploy, as a user of its own. */
export function cephDeployPlays(context: CephContext): readonly Play[] {
  const { inventory, members } = context;
  return [
    {
      id: 'ceph-deploy-user',
      title: 'The user who deploys',
      hosts: members.all,
      tasks: (host) => [...operatorsGroup(host, context), ...deployUser(host, context)],
    },
    {
      id: 'ceph-deploy-trust',
      title: 'The admin host can log in everywhere',
      hosts: members.all,
      tasks: (host) => deployTrust(host, context),
    },
    {
      id: 'ceph-deploy-install',
      title: 'ceph-deploy',
      hosts: [members.admin],
      tasks: () => [installed(context)],
      secrets: () => proxySecret(inventory),
    },
    {
      id: 'ceph-services',
      title: 'Monitors, managers and metadata servers that have been made run',
      hosts: members.all.filter((host) => daemonServices(host, context).length > 0),
      tasks: (host) => daemonServices(host, context),
    },
    {
      id: 'ceph-cluster',
      title: 'Configuration, monitors, keys, managers, metadata servers',
      hosts: [members.admin],
      tasks: () => clusterTasks(context),
    },
    ...(members.osds.length === 0 ? [] : [bootstrapKeys(context)]),
  ];
}

/** Hosts with OSDs may bring them to the cluster, and no more. */
function bootstrapKeys(context: CephContext): Play {
  const { admin, osds } = context.members;
  const key = context.outputs.get(admin.name)?.get(BOOTSTRAP_KEY);
  const keyring = `[client.bootstrap-osd]\n\tkey = ${key ?? ''}\n\tcaps mon = "allow profile bootstrap-osd"\n`;
  return {
    id: 'ceph-bootstrap-keys',
    title: 'Hosts with OSDs may bring them to the cluster',
    hosts: osds,
    tasks: () => [key === undefined ? knownAfter(BOOTSTRAP, TITLE, MONS, admin) : keyringFile()],
    secrets: () => (key === undefined ? {} : { [BOOTSTRAP]: keyring }),
  };
}

const TITLE = 'the key that brings OSDs to the cluster is there';

function keyringFile(): Task {
  return file({
    id: BOOTSTRAP,
    title: TITLE,
    path: '/var/lib/ceph/bootstrap-osd/ceph.keyring',
    content: { secret: BOOTSTRAP },
    mode: '0600',
    owner: 'ceph',
    group: 'ceph',
    after: ['ceph-packages'],
  });
}
