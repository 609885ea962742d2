import type { Pitfall } from '../../../src/pitfalls/pitfall.js';
import type { Host } from '../../../src/inventory/inventory.js';
import { sh } from '../../../src/shell/script.js';
import { ADMIN_KEYRING, CEPH_CONF, CLUSTER, HOST } from './scripts.js';

/** The data of monitors. */
const MONITORS = '/var/lib/ceph/mon';
const PROGRAMS = ['rbd', 'ceph-mon', 'ceph-osd'];

/** What keeps the cluster from being well, and people from asking it. */
export const clusterPitfalls: readonly Pitfall[] = [
  {
    id: 'ceph-pool-size',
    stage: 'ceph',
    title: 'Pools want more copies than there are hosts with OSDs',
    meaning:
      'Each copy goes to another host. With the default of three copies and two hosts with OSDs no placement group is ever complete, and the cluster stays in HEALTH_WARN.',
    versions: 'all',
    symptoms: [
      /HEALTH_WARN .*\b(?:undersized|degraded)\b/,
      /\bpgs? (?:are )?(?:stuck )?undersized\b/,
      /\bactive\+undersized\b/,
    ],
    clusterProbe: {
      asks: ['ceph'],
      script: sh`${CLUSTER}
probe_pool_size`,
    },
    preventedBy: ['ceph-conf', 'ceph-pool-*', 'ceph-healthy'],
    remedy: {
      kind: 'guided',
      risk: 'With fewer copies fewer hosts may fail before data is lost.',
      steps: [
        'Better: add a host with the role osd to the inventory, then provision up',
        'Otherwise set ceph.poolSize (and size of a pool) in the inventory, then provision stage ceph',
        'By hand, for a pool that is not in the inventory: ceph osd pool set POOL size 2',
      ],
      cure: [
        {
          at: 'cluster',
          title: 'as many copies as there are hosts with OSDs',
          commands: sh`${CLUSTER}
cure_pool_size`,
        },
      ],
    },
    source: 'articles/003',
  },
  {
    id: 'ceph-admin-keyring',
    stage: 'ceph',
    title: 'The admin key is unreadable for operators, or readable for everybody',
    meaning:
      'The key of client.admin opens the whole cluster and belongs to root alone, so `ceph -s` fails for others. Making it readable for everybody gives the cluster to every user and every compromised service of the host.',
    versions: 'all',
    symptoms: [
      /unable to find a keyring on \S*ceph\.client\.admin\.keyring/,
      /ERROR: missing keyring, cannot use cephx for authentication/,
      /\[errno 13\] (?:RADOS )?(?:permission denied|error connecting to the cluster)/i,
    ],
    probe: sh`${HOST}
probe_admin_key ${ADMIN_KEYRING}`,
    preventedBy: ['ceph-admin-key', 'ceph-admin-keyring', 'ceph-operators-group'],
    remedy: {
      kind: 'automatic',
      risk: 'Members of the group can do anything to the cluster.',
      steps: [
        'Never chmod +r. If it was done: chmod 0600 /etc/ceph/ceph.client.admin.keyring',
        'Name a group in ceph.operatorsGroup of the inventory, then provision stage ceph: its members read the key, nobody else.',
        'Or give people a client that can only look: ceph auth get-or-create client.operator mon "allow r" mgr "allow r" osd "allow r"',
        'A key that everybody could read is known: replace it (ceph auth rotate client.admin since reef; before, ceph auth caps and ceph auth import of a new key).',
      ],
      cure: [
        {
          at: 'hosts',
          title: 'who owns the admin key alone reads it',
          commands: sh`${HOST}
cure_admin_key ${ADMIN_KEYRING}`,
        },
      ],
    },
    source: 'articles/003 (whose chmod +r is a mistake)',
  },
  {
    id: 'ceph-cli-hangs',
    stage: 'ceph',
    title: 'No monitor answers, and ceph waits for five minutes',
    meaning:
      'The ceph command tries for 300 s to reach a monitor before it says so. Either no monitor runs, fewer than half of them do, or the addresses in ceph.conf are not theirs.',
    versions: 'all',
    symptoms: [
      /monclient\S*: authenticate timed out after \d+/,
      /\[errno 110\] (?:RADOS )?(?:timed out|error connecting to the cluster)/i,
      /Error connecting to cluster: (?:TimedOut|timed out)/i,
      /^no monitor answered within \d+ s/,
    ],
    probe: (_, host) => sh`${HOST}
probe_monitors ${[CEPH_CONF, ADMIN_KEYRING, MONITORS, ...monitorOf(host)]}`,
    preventedBy: ['ceph-quorum', 'ceph-mon-joined'],
    remedy: {
      kind: 'guided',
      risk: 'None.',
      steps: [
        'Always ask with a limit: timeout 30 ceph --connect-timeout 10 -s',
        'On each monitor: systemctl status ceph-mon@$(uname -n); ceph --admin-daemon /var/run/ceph/ceph-mon.$(uname -n).asok mon_status',
        'grep -E "mon.(host|initial)" /etc/ceph/ceph.conf',
        'provision stage ceph (it starts monitors that are stopped)',
      ],
      cure: [
        {
          at: 'hosts',
          title: 'monitors that are stopped start',
          commands: sh`${HOST}
cure_monitors ${MONITORS} "$(uname -n)"`,
        },
      ],
    },
    source: 'seen with Ceph 16.2.15',
  },
  {
    id: 'cephfs-no-mds',
    stage: 'ceph',
    title: 'CephFS cannot be mounted: there is no file system, or nobody serves it',
    meaning:
      'CephFS needs a metadata server and a file system made of two pools. Without them every mount fails, and so do the volumes that pods take from it.',
    versions: 'all',
    symptoms: [
      /no mds server is up/i,
      /\b\d+ filesystems? (?:is|are) offline\b/,
      /mount error 5 = Input\/output error/,
    ],
    clusterProbe: {
      asks: ['ceph'],
      script: sh`${CLUSTER}
probe_mds`,
    },
    preventedBy: ['ceph-filesystem', 'ceph-filesystem-folders'],
    remedy: {
      kind: 'automatic',
      risk: 'None.',
      steps: [
        'Give a host the role mds in the inventory, then provision stage ceph: it makes the file system too.',
        'Directories that volumes name must be there before they are used: ceph-fuse /mnt && mkdir -p /mnt/apps/harbor-k8s/log /mnt/apps/harbor-k8s/registry',
      ],
      cure: [{ stage: 'ceph' }],
    },
    source: 'articles/001',
  },
  {
    id: 'ceph-libicu',
    stage: 'ceph',
    title: 'A library of rbd is damaged',
    meaning:
      'A program does not start because a library that it loads is broken on the disk. Kubelet calls rbd to map images, so pods of this host cannot mount them.',
    versions: 'all',
    symptoms: [/error while loading shared libraries: \S+: (?:invalid ELF header|file too short)/],
    probe: sh`${HOST}
probe_programs ${PROGRAMS}`,
    preventedBy: [],
    remedy: {
      kind: 'guided',
      risk: 'None; a disk that damages files may damage others.',
      steps: [
        'Find the package of the library that the message names: dpkg -S LIBRARY',
        'apt-get install --reinstall PACKAGE (libicu52 for libicudata.so.52; through apt, which checks the signature, not a .deb by wget)',
        'rbd --version',
        'If ceph health names MGR_MODULE_DEPENDENCY, the manager was started while the library was damaged, and remembers it: systemctl restart ceph-mgr.target',
        'Look at the disk: dmesg | grep -i error; smartctl -a /dev/DISK',
      ],
      cure: [
        {
          at: 'hosts',
          title: 'the package of the damaged library is installed anew',
          commands: sh`${HOST}
cure_programs ${PROGRAMS}`,
        },
      ],
    },
    source: 'articles/000',
  },
];

/** Its name when the inventory has one on this host, whether it starts with the host or not. */
function monitorOf({ name, roles }: Host): readonly string[] {
  return roles.includes('mon') ? [name] : [];
}
