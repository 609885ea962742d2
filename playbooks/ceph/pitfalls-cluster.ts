import type { Pitfall } from '../../src/pitfalls/pitfall.js';
import { sh } from '../../src/shell/script.js';
import { ADMIN_KEYRING, CEPH_CONF, OSD_FOLDERS, PROBES } from './probes.js';

/** What keeps daemons from running, and people from asking them. */
export const clusterPitfalls: readonly Pitfall[] = [
  {
    id: 'ceph-osd-permission',
    stage: 'ceph',
    title: 'The directory of an OSD does not belong to the user ceph',
    meaning:
      'Since infernalis the daemons run as ceph:ceph. A directory that root made is not theirs to write, so the OSD cannot make its store there or open it.',
    symptoms: [
      /mkfs: write_version_stamp\(\) failed: \(13\) Permission denied/,
      /error creating empty object store in .*: \(13\) Permission denied/,
      /OSD::mkfs: ObjectStore::mkfs failed with error (?:-13\b|\(13\) Permission denied)/,
      /unable to open OSD superblock on .*: \(13\) Permission denied/,
      /unable to find a keyring on .*osd.*: \(13\) Permission denied/,
    ],
    probe: sh`${PROBES}
probe_osd_owner ${OSD_FOLDERS}`,
    preventedBy: ['ceph-osd-*-data', 'ceph-osd-*-owner'],
    remedy: {
      kind: 'automatic',
      risk: 'None, where the directory holds nothing but the OSD.',
      steps: [
        'chown -R ceph:ceph DIRECTORY (as ceph.osds of the inventory names it)',
        'provision stage ceph',
      ],
    },
    source: 'articles/003',
  },
  {
    id: 'ceph-osd-ext4-names',
    stage: 'ceph',
    title: 'A filestore on ext4 needs shorter names of objects',
    meaning:
      'ext4 has too little room for the long names that filestore keeps in attributes, so the OSD does not start, although activating it ends without an error. Two limits in ceph.conf let it start; images and CephFS have short names, the object gateway has not.',
    symptoms: [
      /is unable to support max object name\[space\] len/,
      /osd\.\d+ \d+ \(36\) File name too long/,
      /osd init failed: \(36\) File name too long/,
      /max attr value size \(\d+\) is smaller than osd_max_object_name_len/,
    ],
    probe: sh`${PROBES}
probe_osd_names ${[CEPH_CONF, OSD_FOLDERS]}`,
    preventedBy: ['ceph-conf', 'ceph-osd-*-names'],
    remedy: {
      kind: 'automatic',
      risk: 'Objects with longer names, as the object gateway makes them, can then not be stored.',
      steps: [
        'provision stage ceph',
        'By hand, in [global] of /etc/ceph/ceph.conf on every host: osd max object name len = 256, osd max object namespace len = 64; then systemctl restart ceph-osd@ID',
      ],
    },
    source: 'articles/003; docs.ceph.com/en/jewel/rados/configuration/filesystem-recommendations',
  },
  {
    id: 'ceph-osd-down-after-activate',
    stage: 'ceph',
    title: 'An OSD was activated without an error and is not up',
    meaning:
      'Activating an OSD only starts its daemon, which may end at once. Whether the OSD is up and in is known to the cluster alone, and why it is not stands in its own log.',
    symptoms: [
      /\bthere (?:is|are) \d+ OSDs? (?:down|out)\b/,
      /^\s*\d+\s+(?:[a-z]+\s+)?[\d.]+\s+osd\.\d+\s+down\b/,
      /\bosd\.\d+ is (?:down and (?:in|out)|up and out)\b/,
      /\b\d+ osds? down\b/,
    ],
    probe: sh`${PROBES}
probe_osds_down`,
    preventedBy: ['ceph-osd-*-up', 'ceph-daemons'],
    remedy: {
      kind: 'guided',
      risk: 'None.',
      steps: [
        'On the host of the OSD: systemctl status ceph-osd@ID; tail -n 40 /var/log/ceph/ceph-osd.ID.log',
        'Its last lines name the cause: (13) Permission denied is the pitfall ceph-osd-permission, (36) File name too long is ceph-osd-ext4-names.',
        'provision stage ceph (it starts OSDs that are stopped, and waits until they are up and in)',
      ],
    },
    source: 'articles/003',
  },
  {
    id: 'ceph-pool-size',
    stage: 'ceph',
    title: 'Pools want more copies than there are hosts with OSDs',
    meaning:
      'Each copy goes to another host. With the default of three copies and two hosts with OSDs no placement group is ever complete, and the cluster stays in HEALTH_WARN.',
    symptoms: [
      /HEALTH_WARN .*\b(?:undersized|degraded)\b/,
      /\bpgs? (?:are )?(?:stuck )?undersized\b/,
      /\bactive\+undersized\b/,
    ],
    probe: sh`${PROBES}
probe_pool_size`,
    preventedBy: ['ceph-conf', 'ceph-pool-*', 'ceph-healthy'],
    remedy: {
      kind: 'guided',
      risk: 'With fewer copies fewer hosts may fail before data is lost.',
      steps: [
        'Better: add a host with the role osd to the inventory, then provision up',
        'Otherwise set ceph.poolSize (and size of a pool) in the inventory, then provision stage ceph',
        'By hand, for a pool that is not in the inventory: ceph osd pool set POOL size 2',
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
    symptoms: [
      /unable to find a keyring on \S*ceph\.client\.admin\.keyring/,
      /ERROR: missing keyring, cannot use cephx for authentication/,
      /\[errno 13\] (?:RADOS )?(?:permission denied|error connecting to the cluster)/i,
    ],
    probe: sh`${PROBES}
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
    },
    source: 'articles/003 (whose chmod +r is a mistake)',
  },
  {
    id: 'ceph-cli-hangs',
    stage: 'ceph',
    title: 'No monitor answers, and ceph waits for five minutes',
    meaning:
      'The ceph command tries for 300 s to reach a monitor before it says so. Either no monitor runs, fewer than half of them do, or the addresses in ceph.conf are not theirs.',
    symptoms: [
      /monclient\S*: authenticate timed out after \d+/,
      /\[errno 110\] (?:RADOS )?(?:timed out|error connecting to the cluster)/i,
      /Error connecting to cluster: (?:TimedOut|timed out)/i,
      /^no monitor answered within \d+ s/,
    ],
    probe: sh`${PROBES}
probe_monitors_answer`,
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
    },
    source: 'seen with Ceph 16.2.15',
  },
  {
    id: 'cephfs-no-mds',
    stage: 'ceph',
    title: 'CephFS cannot be mounted: there is no file system, or nobody serves it',
    meaning:
      'CephFS needs a metadata server and a file system made of two pools. Without them every mount fails, and so do the volumes that pods take from it.',
    symptoms: [
      /no mds server is up/i,
      /\b\d+ filesystems? (?:is|are) offline\b/,
      /mount error 5 = Input\/output error/,
    ],
    probe: sh`${PROBES}
probe_mds`,
    preventedBy: ['ceph-filesystem', 'ceph-filesystem-folders'],
    remedy: {
      kind: 'automatic',
      risk: 'None.',
      steps: [
        'Give a host the role mds in the inventory, then provision stage ceph: it makes the file system too.',
        'Directories that volumes name must be there before they are used: ceph-fuse /mnt && mkdir -p /mnt/apps/harbor-k8s/log /mnt/apps/harbor-k8s/registry',
      ],
    },
    source: 'articles/001',
  },
  {
    id: 'ceph-libicu',
    stage: 'ceph',
    title: 'A library of rbd is damaged',
    meaning:
      'A program does not start because a library that it loads is broken on the disk. Kubelet calls rbd to map images, so pods of this host cannot mount them.',
    symptoms: [/error while loading shared libraries: \S+: (?:invalid ELF header|file too short)/],
    probe: sh`${PROBES}
probe_programs rbd ceph-mon ceph-osd`,
    preventedBy: [],
    remedy: {
      kind: 'guided',
      risk: 'None; a disk that damages files may damage others.',
      steps: [
        'Find the package of the library that the message names: dpkg -S LIBRARY',
        'apt-get install --reinstall PACKAGE (libicu52 for libicudata.so.52; through apt, which checks the signature, not a .deb by wget)',
        'rbd --version',
        'Look at the disk: dmesg | grep -i error; smartctl -a /dev/DISK',
      ],
    },
    source: 'articles/000',
  },
];
