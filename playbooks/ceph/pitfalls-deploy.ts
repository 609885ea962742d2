import type { Pitfall } from '../../src/pitfalls/pitfall.js';
import { rawScript, sh } from '../../src/shell/script.js';
import { CEPH_CONF, OSD_FOLDERS, PROBES } from './probes.js';

/** Where an installed ceph-deploy may lie: our own environment, the distribution's, pip's. */
const PYTHON_FOLDERS = rawScript(
  '/opt/*/lib/python3*/site-packages /var/lib/provision/*/lib/python3*/site-packages /usr/lib/python3/dist-packages /usr/local/lib/python3*/dist-packages',
);

/** What stops a deployment before the first daemon runs. */
export const deployPitfalls: readonly Pitfall[] = [
  {
    id: 'ceph-deploy-user',
    stage: 'ceph',
    title: 'The user who deploys cannot work on the other hosts',
    meaning:
      'ceph-deploy logs in to every host as a user of its own and becomes root there by sudo, with nobody to type a password or to accept a host key. That user must not be called ceph, because the daemons run as that one.',
    symptoms: [
      /sudo: a password is required/,
      /sudo: (?:no tty present|a terminal is required|sorry, you must have a tty)/,
      /ensure ``requiretty`` is disabled/,
      /Host key verification failed/,
      /Permission denied \((?:publickey|password|keyboard-interactive)/,
    ],
    probe: sh`${PROBES}
probe_deploy_users /home`,
    preventedBy: ['ceph-deploy-user', 'ceph-deploy-sudo', 'ceph-deploy-key'],
    remedy: {
      kind: 'automatic',
      risk: 'Root on the admin host can become root on every host of the cluster.',
      steps: [
        'Choose another name than ceph in ceph.deployUser of the inventory (cephd is the default).',
        'provision stage ceph',
        'If /etc/sudoers has "Defaults requiretty", except that user: Defaults:cephd !requiretty (edit it with visudo).',
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
    symptoms: [
      /\[ceph_deploy\.cli\]\[INFO\s*\] Invoked \((?:0\.\d+|1\.[0-4])\.\d+\)/,
      /ceph-deploy: error: (?:argument \S+: )?invalid choice: '?(?:mgr|mon|osd|mds|gatherkeys)'?/,
      /ceph-deploy: error: unrecognized arguments: --(?:mgr|bluestore|filestore|data|block-db)/,
    ],
    probe: sh`${PROBES}
probe_deploy_package`,
    preventedBy: ['ceph-deploy-installed'],
    remedy: {
      kind: 'automatic',
      risk: 'None: it is installed in a folder of its own, beside the package.',
      steps: ['apt-get remove ceph-deploy', 'provision stage ceph'],
    },
    source: 'articles/003; docs.ceph.com/projects/ceph-deploy/en/latest/changelog.html',
  },
  {
    id: 'ceph-deploy-python38',
    stage: 'ceph',
    title: 'ceph-deploy 2.0.1 does not work with Python 3.8 and later',
    meaning:
      'ceph-deploy runs parts of itself in the Python of every host. Python 3.8 has no platform.linux_distribution any more, and remoto since 1.0 hands text where ceph-deploy 2.0.1 expects bytes.',
    symptoms: [
      /module 'platform' has no attribute 'linux_distribution'/,
      /sequence item 0: expected a bytes-like object, str found/,
    ],
    probe: sh`${PROBES}
probe_deploy_python ${PYTHON_FOLDERS}`,
    preventedBy: ['ceph-deploy-installed'],
    remedy: {
      kind: 'automatic',
      risk: 'None.',
      steps: [
        'provision stage ceph',
        'Or deploy without ceph-deploy: ceph.installer: packages in the inventory.',
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
    symptoms: [
      /config file \S+ exists with different content/,
      /holds what an earlier cluster left/,
      /No cluster conf found in \S+ with fsid/,
      /on-disk fsid \S+ != provided/,
    ],
    probe: sh`${PROBES}
probe_leftovers ${[CEPH_CONF, OSD_FOLDERS]}`,
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
