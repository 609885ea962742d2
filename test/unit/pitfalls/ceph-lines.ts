/** Lines as the articles have them, as Ceph and Kubernetes print them, and as our own tasks do. */
export const CEPH_LINES: Readonly<Record<string, readonly string[]>> = {
  'ceph-deploy-user': [
    '[node2][ERROR ] RuntimeError: remote connection got closed, ensure ``requiretty`` is disabled for node2',
    'sudo: a password is required',
    'sudo: no tty present and no askpass program specified',
    'sudo: a terminal is required to read the password; either use the -S option to read from standard input',
    'Host key verification failed.',
    'cephd@node2: Permission denied (publickey,password).',
  ],
  'ceph-deploy-too-old': [
    '[ceph_deploy.cli][INFO  ] Invoked (1.4.0): /usr/bin/ceph-deploy new node1',
    "ceph-deploy: error: argument COMMAND: invalid choice: 'mgr' (choose from 'new', 'install', 'rgw')",
    'ceph-deploy: error: unrecognized arguments: --filestore',
  ],
  'ceph-deploy-python38': [
    "[ceph_deploy][ERROR ] AttributeError: module 'platform' has no attribute 'linux_distribution'",
    '[ceph_deploy][ERROR ] TypeError: sequence item 0: expected a bytes-like object, str found',
  ],
  'ceph-leftovers': [
    '[ceph_deploy.mon][ERROR ] RuntimeError: config file /etc/ceph/ceph.conf exists with different content; use --overwrite-conf to overwrite',
    'node2 holds what an earlier cluster left (pitfall ceph-leftovers): /var/local/osd1 has the fsid f5166c78, and the cluster of this inventory has not been made yet.',
    'ceph_disk.main.Error: Error: No cluster conf found in /etc/ceph with fsid f5166c78-e3b6-4fef-b9e7-1ecf7382fd93',
    '-1 filestore(/var/local/osd0) mkfs on-disk fsid 6def4f7f-4f37-43a5-8699-5c6ab608c89c != provided 4733f683-0376-4708-86a6-818af987ade2',
  ],
  'ceph-osd-permission': [
    '2026-11-21T08:00:00.000+0000 7f -1 filestore(/var/local/osd0) mkfs: write_version_stamp() failed: (13) Permission denied',
    '[node1][WARNIN] 2016-11-04 14:25:40.325032 7fd1aa73f800 -1 OSD::mkfs: ObjectStore::mkfs failed with error -13',
    '[node1][WARNIN] 2016-11-04 14:25:40.325075 7fd1aa73f800 -1  ** ERROR: error creating empty object store in /var/local/osd0: (13) Permission denied',
    '2026-11-21T08:00:00.000+0000 7f -1 OSD::mkfs: ObjectStore::mkfs failed with error (13) Permission denied',
    '-1  ** ERROR: unable to open OSD superblock on /var/lib/ceph/osd/ceph-0: (13) Permission denied',
    '2026-11-21T08:00:00.000+0000 7f -1 auth: unable to find a keyring on /var/lib/ceph/osd/ceph-0/keyring: (13) Permission denied',
  ],
  'ceph-osd-ext4-names': [
    '2016-11-04 15:33:17.138453 7f568d6db800 -1 osd.0 0 backend (filestore) is unable to support max object name[space] len',
    '2016-11-04 15:33:17.138488 7f568d6db800 -1 osd.0 0 (36) File name too long',
    '2016-11-04 15:33:17.140041 7f568d6db800 -1  ** ERROR: osd init failed: (36) File name too long',
    '2016-11-04 15:33:17.102071 7f568d6db800 -1 filestore(/var/lib/ceph/osd/ceph-0) WARNING: max attr value size (1024) is smaller than osd_max_object_name_len (2048).  Your backend filesystem appears to not support attrs large enough to handle the configured max rados name size.  You may get unexpected ENAMETOOLONG errors on rados operations or buggy behavior',
  ],
  'ceph-osd-down-after-activate': [
    ' 0 0.03830         osd.0            down        0          1.00000',
    ' 0    hdd  0.00980          osd.0       down   1.00000  1.00000',
    '[node1][WARNIN] there is 1 OSD down',
    '[node1][WARNIN] there is 1 OSD out',
    'osd.0 is down and in',
    'HEALTH_WARN 1 osds down; 1 host (1 osds) down',
  ],
  'ceph-pool-size': [
    '     health HEALTH_WARN 64 pgs degraded; 64 pgs stuck unclean; 64 pgs undersized',
    'Degraded data redundancy: 32 pgs undersized',
    '    pg 2.1f is stuck undersized for 61s, current state active+undersized, last acting [1,0]',
  ],
  'ceph-admin-keyring': [
    'auth: unable to find a keyring on /etc/ceph/ceph.client.admin.keyring,/etc/ceph/ceph.keyring,/etc/ceph/keyring,/etc/ceph/keyring.bin,: (13) Permission denied',
    '2016-11-04 15:33:17.1 7f -1 monclient(hunting): ERROR: missing keyring, cannot use cephx for authentication',
    '[errno 13] RADOS permission denied (error connecting to the cluster)',
  ],
  'ceph-cli-hangs': [
    '2026-11-21T08:00:00.000+0000 7f  0 monclient(hunting): authenticate timed out after 300',
    '[errno 110] RADOS timed out (error connecting to the cluster)',
    'Error connecting to cluster: TimedOut',
    'no monitor answered within 10 s: Cluster connection aborted',
  ],
  'cephfs-no-mds': [
    'mount error: no mds server is up or the cluster is laggy',
    'ceph-fuse[42]: probably no MDS server is up?',
    'HEALTH_ERR 1 filesystem is offline',
    'mount error 5 = Input/output error',
  ],
  'ceph-libicu': [
    'rbd: error while loading shared libraries: /usr/lib/x86_64-linux-gnu/libicudata.so.52: invalid ELF header',
  ],
  'rbd-features': [
    'RBD image feature set mismatch. You can disable features unsupported by the kernel with "rbd feature disable".',
    'rbd: map failed: (6) No such device or address',
    '[ 12.3] rbd: image foo: image uses unsupported features: 0x38',
  ],
  'rbd-image-missing': [
    'E1107 06:03:09.532402   22037 rbd.go:228] rbd: failed to setup mount /var/lib/kubelet/pods/ea848a49-a46b-11e6-ba01-00163e1625a9/volumes/kubernetes.io~rbd/ceph-pv rbd: map failed exit status 2 rbd: sysfs write failed',
    'rbd: map failed: (2) No such file or directory',
    'rbd: error opening image ceph-image: (2) No such file or directory',
  ],
  'rbd-image-locked': [
    'E0216 13:59:27.394013    1159 rbd.go:228] rbd: failed to setup mount /var/lib/kubelet/pods/7e6c415a-f40c-11e6-ad11-00163e1625a9/volumes/kubernetes.io~rbd/index-api-pv rbd: image index-api-image is locked by other nodes',
    'Unable to mount volumes for pod "index-api-3362878852-9tm9j_default(ad89c829-f40b-11e6-ad11-00163e1625a9)": timeout expired waiting for volumes to attach/mount for pod "index-api-3362878852-9tm9j"/"default". list of unattached/unmounted volumes=[index-api-pv]',
    'rbd: failed to lock image index-api-image (maybe locked by other nodes), error exit status 22',
  ],
  'rbd-rwo-deployment': [
    'Multi-Attach error for volume "index-api-pv" Volume is already exclusively attached to one node and can\'t be attached to another',
  ],
  'ceph-secret-newline': [
    'rbd: map failed exit status 22, rbd output: rbd: map failed: (22) Invalid argument',
    'mount error 22 = Invalid argument',
  ],
  'rbd-pv-recycle': [
    'E1107 06:03:09.532402   22037 recycler.go:42] no recyclable volume plugin matched',
    'Warning  VolumeFailedRecycle  No recycler plugin found for the volume!',
    'ceph-pv   1Gi        RWO           Recycle         Failed    default/ceph-claim                 4h',
  ],
};

/** Lines of the same articles, and of a cluster, in which all is as it should be. */
export const HEALTHY_CEPH_LINES: readonly string[] = [
  '[ceph_deploy.cli][INFO  ] Invoked (1.5.35): /usr/bin/ceph-deploy new node1',
  '[ceph_deploy.cli][INFO  ]  overwrite_conf                : False',
  "[ceph_deploy.gatherkeys][INFO  ] keyring 'ceph.mon.keyring' already exists",
  '[ceph_deploy.mon][INFO  ] all initial monitors are running and have formed quorum',
  '[node1][WARNIN] populate_data_path: Preparing osd data dir /var/local/osd0',
  '[node1][WARNIN] start_daemon: Starting ceph osd.0...',
  '[node1][WARNIN] added key for osd.0',
  ' 0 0.03830         osd.0              up  1.00000          1.00000',
  ' 0    hdd  0.00980          osd.0         up   1.00000  1.00000',
  '2016-11-04 15:33:17.102052 7f568d6db800  0 filestore(/var/lib/ceph/osd/ceph-0) backend generic (magic 0xef53)',
  '2016-11-04 15:33:17.127630 7f568d6db800  0 filestore(/var/lib/ceph/osd/ceph-0) limited size xattrs',
  '     osdmap e11: 2 osds: 2 up, 2 in',
  '      64 active+clean',
  '     health HEALTH_OK',
  'waiting for osd.0 to be up and in (5 of 60 s): the OSD has not been made yet',
  'rbd_default_features = 1',
  '    features: layering',
  '0  rbd  foo   -    /dev/rbd0',
  'There is 1 exclusive lock on this image.',
  'client.24128 kubelet_lock_magic_node1 10.47.136.60:0/1864102866',
  'ceph-pv        1Gi        RWO           Recycle         Bound     default/ceph-claim                101d',
  'ceph-pod1                   0/1       ContainerCreating   0          13s',
  'Setting up ceph-osd (16.2.15+ds-0+deb12u1) ...',
];
