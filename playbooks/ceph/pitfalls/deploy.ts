import type { Pitfall } from '../../../src/pitfalls/pitfall.js';
import type { Host, Inventory } from '../../../src/inventory/inventory.js';
import { lines, rawScript, type Script, sh } from '../../../src/shell/script.js';
import { cephDeployVersion } from '../ceph-deploy/versions.js';
import { cephMembers } from '../members.js';
import { workFolder } from '../work-folder.js';
import { CEPH_CONF, DEPLOY, directoriesOf, OSD_LINKS } from './scripts.js';

/** Where an installed ceph-deploy may lie: our own environment, the distribution's, pip's. */
const PYTHON_FOLDERS = rawScript(
  '/opt/*/lib/python3*/site-packages /var/lib/provision/*/lib/python3*/site-packages /usr/lib/python3/dist-packages /usr/local/lib/python3*/dist-packages',
);

/** How 2.0.1 is changed. */
const [DISTRIBUTION = { original: '', change: '' }] = cephDeployVersion('2.0.1').patches;

/** What stops a deployment before the first daemon runs. */
export const deployPitfalls: readonly Pitfall[] = [
  {
    id: 'ceph-deploy-user',
    stage: 'ceph',
    title: 'The user who deploys cannot work on the other hosts',
    meaning:
      'ceph-deploy logs in to every host as a user of its own and becomes root there by sudo, with nobody to type a password or to accept a host key. That user must not be called ceph, because the daemons run as that one.',
    versions: 'deployments with ceph-deploy',
    symptoms: [
      /sudo: a password is required/,
      /sudo: (?:no tty present|a terminal is required|sorry, you must have a tty)/,
      /ensure ``requiretty`` is disabled/,
      /Host key verification failed/,
      /Permission denied \((?:publickey|password|keyboard-interactive)/,
    ],
    probe: deployUserProbe,
    preventedBy: ['ceph-deploy-user', 'ceph-deploy-sudo', 'ceph-deploy-key'],
    remedy: {
      kind: 'automatic',
      risk: 'Root on the admin host can become root on every host of the cluster; nobody logs in as the user ceph any more.',
      steps: [
        'Choose another name than ceph in ceph.deployUser of the inventory (cephd is the default).',
        'provision stage ceph',
        'If /etc/sudoers has "Defaults requiretty", except that user: Defaults:cephd !requiretty (edit it with visudo).',
      ],
      cure: [
        {
          at: 'hosts',
          title: 'nobody logs in as the user of the daemons',
          commands: sh`${DEPLOY}
cure_daemon_user`,
        },
        { stage: 'ceph' },
      ],
    },
    source: 'articles/003',
  },
  {
    id: 'ceph-deploy-too-old',
    stage: 'ceph',
    title: 'ceph-deploy is older than the release of Ceph that it deploys',
    meaning:
      'Distributions carry a ceph-deploy of their own time: Ubuntu 14.04 has 1.4.0, which knows neither jewel nor managers. The version has to fit the release of Ceph.',
    versions: 'Ceph 10 (jewel) and later',
    symptoms: [
      /\[ceph_deploy\.cli\]\[INFO\s*\] Invoked \((?:0\.\d+|1\.[0-4])\.\d+\)/,
      /ceph-deploy: error: (?:argument \S+: )?invalid choice: '?(?:mgr|mon|osd|mds|gatherkeys)'?/,
      /ceph-deploy: error: unrecognized arguments: --(?:mgr|bluestore|filestore|data|block-db)/,
    ],
    probe: sh`${DEPLOY}
probe_deploy_package`,
    preventedBy: ['ceph-deploy-installed'],
    remedy: {
      kind: 'automatic',
      risk: 'None: it is installed in a folder of its own, beside the package.',
      steps: ['apt-get remove ceph-deploy', 'provision stage ceph'],
      cure: [
        {
          at: 'hosts',
          title: 'the old package goes',
          commands: sh`${DEPLOY}
cure_deploy_package`,
        },
        { stage: 'ceph' },
      ],
    },
    source: 'articles/003; docs.ceph.com/projects/ceph-deploy/en/latest/changelog.html',
  },
  {
    id: 'ceph-deploy-python38',
    stage: 'ceph',
    title: 'ceph-deploy 2.0.1 does not work with Python 3.8 and later',
    meaning:
      'ceph-deploy runs parts of itself in the Python of every host. Python 3.8 has no platform.linux_distribution any more, and remoto since 1.0 hands text where ceph-deploy 2.0.1 expects bytes.',
    versions: 'ceph-deploy 2.0.1 with Python 3.8 and later',
    symptoms: [
      /module 'platform' has no attribute 'linux_distribution'/,
      /sequence item 0: expected a bytes-like object, str found/,
    ],
    probe: sh`${DEPLOY}
probe_deploy_python ${PYTHON_FOLDERS}`,
    preventedBy: ['ceph-deploy-installed'],
    remedy: {
      kind: 'automatic',
      risk: 'None.',
      steps: [
        'provision stage ceph',
        'Or deploy without ceph-deploy: ceph.installer: packages in the inventory.',
      ],
      cure: [
        {
          at: 'hosts',
          title: 'ceph-deploy is changed so that it works with this Python',
          commands: sh`${DEPLOY}
cure_deploy_python ${[DISTRIBUTION.original, DISTRIBUTION.change]} ${PYTHON_FOLDERS}`,
        },
      ],
    },
    source: 'github.com/ceph/ceph-deploy pull requests 453 and 496; seen with 2.0.1 on Python 3.11',
  },
  {
    id: 'ceph-leftovers',
    stage: 'ceph',
    title: 'The host holds what an earlier cluster left',
    meaning:
      'A configuration, keys or the data of an OSD are of another cluster, recognised by its fsid. Nothing of it is overwritten, because it may be all that is left of somebody’s data.',
    versions: 'all',
    symptoms: [
      /config file \S+ exists with different content/,
      /holds what an earlier cluster left/,
      /No cluster conf found in \S+ with fsid/,
      /on-disk fsid \S+ != provided/,
    ],
    probe: ({ ceph }, host) => sh`${DEPLOY}
probe_leftovers ${[CEPH_CONF, `${workFolder(ceph)}/ceph.conf`, OSD_LINKS, ...directoriesOf(host)]}`,
    preventedBy: ['ceph-one-cluster', 'ceph-fsid', 'ceph-conf', 'ceph-osd-*-directory', 'ceph-osd-*-device'],
    remedy: {
      kind: 'guided',
      risk: 'All that the earlier cluster stored on the host is lost.',
      steps: [
        'Make sure that nothing of it is needed: cat /etc/ceph/ceph.conf /var/lib/ceph/osd/ceph-*/ceph_fsid',
        'provision reset --stage ceph --host HOST',
        'provision stage ceph',
        'By hand the order matters: ceph-deploy purge HOST, then ceph-deploy purgedata HOST (it refuses while Ceph is installed), then ceph-deploy forgetkeys.',
      ],
    },
    source: 'articles/003',
  },
];

/** Only where the cluster is deployed by ceph-deploy does it matter who deploys. */
function deployUserProbe(inventory: Inventory, host: Host): Script {
  const { installer, deployUser } = inventory.ceph;
  const members = cephMembers(inventory);
  const hosts = members?.admin === host ? members.all.map(({ name }) => name) : [];
  return lines(
    sh`${DEPLOY}
found=0
probe_daemon_user || found=1`,
    ...(installer === 'ceph-deploy' ? [sh`probe_deploy_user ${[CEPH_CONF, deployUser]} || found=1`] : []),
    ...(installer === 'ceph-deploy' && hosts.length > 0
      ? [sh`probe_deploy_access ${[CEPH_CONF, deployUser, ...hosts]} || found=1`]
      : []),
    sh`exit "$found"`,
  );
}
