import type { Pitfall } from '../../../src/pitfalls/pitfall.js';
import { sh } from '../../../src/shell/script.js';
import { hasRole, KUBERNETES } from '../../roles.js';
import { CEPH_CONF, FEATURES, IMAGES } from './scripts.js';

/** What goes wrong between images and those who map them. */
export const imagePitfalls: readonly Pitfall[] = [
  {
    id: 'rbd-features',
    stage: 'ceph',
    title: 'An image has features that the kernel cannot map',
    meaning:
      'Since jewel new images get five features, and kernels learned them one by one: before 4.9 only layering, before 5.3 neither object-map nor fast-diff. The oldest kernel of the hosts that map images decides.',
    versions: 'Ceph 10 (jewel) and later; Linux before 5.3 for the features that images get by default',
    symptoms: [
      /RBD image feature set mismatch/,
      /rbd: map failed: \(6\) No such device or address/,
      /rbd: image \S+: image uses unsupported features/,
    ],
    probe: (_, host) =>
      hasRole(host, KUBERNETES)
        ? sh`${FEATURES}
probe_default_features ${CEPH_CONF} "$(uname -r)"`
        : sh`:`,
    clusterProbe: {
      asks: ['kubernetes', 'ceph'],
      script: sh`${IMAGES}
probe_features ${CEPH_CONF}`,
    },
    preventedBy: ['ceph-conf', 'ceph-image-*'],
    remedy: {
      kind: 'guided',
      risk: 'Without exclusive-lock two hosts can write an image at the same time; without object-map, copying and measuring take longer.',
      steps: [
        'provision stage ceph (new images get what all kernels can map)',
        'rbd info POOL/IMAGE',
        'rbd feature disable POOL/IMAGE fast-diff object-map deep-flatten exclusive-lock (only those that it has, in this order; on kernels from 4.9 on leave exclusive-lock)',
      ],
      cure: [
        { stage: 'ceph' },
        {
          at: 'cluster',
          title: 'images lose what the oldest kernel cannot map',
          commands: sh`${IMAGES}
cure_features ${CEPH_CONF}`,
        },
      ],
    },
    source: 'articles/003; docs.ceph.com/en/latest/rbd/rbd-config-ref',
  },
  {
    id: 'rbd-image-missing',
    stage: 'ceph',
    title: 'A volume names an image that does not exist',
    meaning:
      'Kubernetes does not make the image of a PersistentVolume that names one. The pod stays in ContainerCreating until there is such an image.',
    versions: 'Kubernetes before 1.31, volumes of the kind rbd',
    symptoms: [
      /rbd: failed to setup mount \S+ rbd: map failed exit status 2\b/,
      /rbd: map failed: \(2\) No such file or directory/,
      /rbd: error opening image \S+: \(2\) No such file or directory/,
    ],
    clusterProbe: {
      asks: ['kubernetes', 'ceph'],
      script: sh`${IMAGES}
probe_missing_images ${CEPH_CONF}`,
    },
    preventedBy: ['ceph-image-*'],
    remedy: {
      kind: 'guided',
      risk: 'The new image is empty: where the image was deleted or renamed, its data is not back.',
      steps: [
        'Compare: kubectl get pv -o yaml | grep -A6 "rbd:"; rbd ls POOL',
        'If it was there before, look where it is: rbd trash ls POOL; other pools',
        'Add the image to ceph.images of the inventory, then provision stage ceph; or rbd create POOL/IMAGE --size MIB, as large as the volume says',
      ],
      cure: [
        {
          at: 'cluster',
          title: 'images that volumes name are made',
          commands: sh`${IMAGES}
cure_missing_images ${CEPH_CONF}`,
        },
      ],
    },
    source: 'articles/003',
  },
  {
    id: 'rbd-image-locked',
    stage: 'ceph',
    title: 'An image is locked by a host that no longer uses it',
    meaning:
      'Kubelet before 1.6 locks an image and does not break the lock of another host: when a pod moves and the old host did not let go, the new one cannot mount. A lock is left over only when its holder does not watch the image any more; otherwise two hosts would write it.',
    versions: 'Kubernetes before 1.6, and locks that are older or made by hand',
    symptoms: [
      /rbd: image \S+ is locked by other nodes/,
      /rbd: failed to lock image \S+ \(maybe locked by other nodes\)/,
      /rbd: failed to lock image \S+/,
      /timeout expired waiting for volumes to attach\/mount for pod/,
    ],
    clusterProbe: {
      asks: ['kubernetes', 'ceph'],
      script: sh`${IMAGES}
probe_locked_images ${CEPH_CONF}`,
    },
    preventedBy: [],
    remedy: {
      kind: 'guided',
      risk: 'Removing the lock of a host that still writes destroys the file system in the image.',
      steps: [
        'rbd lock list POOL/IMAGE (the locker, its id, its address)',
        'rbd status POOL/IMAGE: a watcher with the address of the locker means that it is in use. Stop here, and end that pod first: kubectl get pods --all-namespaces -o wide',
        'When the host is down or the watcher is gone, keep it out: ceph osd blocklist add ADDRESS (blacklist until octopus)',
        'rbd lock remove POOL/IMAGE ID LOCKER (for example: rbd lock remove mioss/index-api-image kubelet_lock_magic_node1 client.24128)',
        'kubectl delete pod POD (the one in ContainerCreating; it is made again)',
      ],
      cure: [
        {
          at: 'cluster',
          title: 'locks that nobody holds any more are taken away',
          commands: sh`${IMAGES}
cure_locked_images ${CEPH_CONF}`,
        },
      ],
    },
    source: 'articles/000; articles/002; kubernetes pull requests 41597 and 48457',
  },
];
