import type { Pitfall } from '../../src/pitfalls/pitfall.js';
import { sh } from '../../src/shell/script.js';
import { CEPH_CONF, PROBES, VOLUMES } from './probes.js';

const CLIENT_STEP =
  'Name a client with the pools or the path that it needs in ceph.clients of the inventory, then provision stage ceph';

/** What goes wrong between images, keys and the workloads that use them. */
export const volumePitfalls: readonly Pitfall[] = [
  {
    id: 'rbd-features',
    stage: 'ceph',
    title: 'An image has features that the kernel cannot map',
    meaning:
      'Since jewel new images get five features, and kernels learned them one by one: before 4.9 only layering, before 5.3 neither object-map nor fast-diff. The oldest kernel of the hosts that map images decides.',
    symptoms: [
      /RBD image feature set mismatch/,
      /rbd: map failed: \(6\) No such device or address/,
      /rbd: image \S+: image uses unsupported features/,
    ],
    probe: sh`${PROBES}
probe_rbd_features ${CEPH_CONF} "$(uname -r)"`,
    preventedBy: ['ceph-conf', 'ceph-image-*'],
    remedy: {
      kind: 'guided',
      risk: 'Without exclusive-lock two hosts can write an image at the same time; without object-map, copying and measuring take longer.',
      steps: [
        'provision stage ceph (new images get what all kernels can map)',
        'rbd info POOL/IMAGE',
        'rbd feature disable POOL/IMAGE fast-diff object-map deep-flatten exclusive-lock (only those that it has, in this order; on kernels from 4.9 on leave exclusive-lock)',
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
    symptoms: [
      /rbd: map failed: \(2\) No such file or directory/,
      /rbd: error opening image \S+: \(2\) No such file or directory/,
    ],
    probe: sh`${VOLUMES}
each_rbd_volume image_exists`,
    preventedBy: ['ceph-image-*'],
    remedy: {
      kind: 'automatic',
      risk: 'None.',
      steps: [
        'Compare: kubectl get pv -o yaml | grep -A6 "rbd:"; rbd ls POOL',
        'Add the image to ceph.images of the inventory, then provision stage ceph',
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
    symptoms: [
      /rbd: image \S+ is locked by other nodes/,
      /rbd: failed to lock image \S+ \(maybe locked by other nodes\)/,
      /rbd: failed to lock image \S+/,
    ],
    probe: sh`${VOLUMES}
each_rbd_volume lock_is_live`,
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
    },
    source: 'articles/000; articles/002; kubernetes pull requests 41597 and 48457',
  },
  {
    id: 'rbd-rwo-deployment',
    stage: 'ceph',
    title: 'A Deployment shares a volume that only one host may mount',
    meaning:
      'A rolling update starts the new pod before the old one has ended. On another host it cannot mount a ReadWriteOnce image that the old one still holds, and both wait for each other.',
    symptoms: [/Multi-Attach error for volume/],
    probe: sh`${VOLUMES}
probe_rwo_deployments`,
    preventedBy: [],
    remedy: {
      kind: 'guided',
      risk: 'With Recreate the service is away while the pod is replaced.',
      steps: [
        'Make it a StatefulSet, or end the old pod first: kubectl patch deployment NAME -p \'{"spec":{"strategy":{"type":"Recreate","rollingUpdate":null}}}\'',
        'If the image stays locked: provision explain rbd-image-locked',
      ],
    },
    source: 'articles/000; articles/002',
  },
  {
    id: 'ceph-secret-newline',
    stage: 'ceph',
    title: 'The key in a Secret ends with a newline',
    meaning:
      'The key was encoded by `echo KEY | base64`, and echo adds a newline, which is then part of the key. Some clients cut it off, others refuse the key.',
    symptoms: [/rbd: .*\(22\) Invalid argument/, /mount error 22 = Invalid argument/],
    probe: sh`${VOLUMES}
probe_secrets`,
    preventedBy: [],
    remedy: {
      kind: 'guided',
      risk: 'None; pods that run keep their mounts.',
      steps: [
        "On the admin host: ceph auth get-key client.NAME | base64 -w0 (get-key prints no newline; with a text of your own use printf '%s', never echo)",
        'kubectl patch secret NAME -p \'{"data":{"key":"..."}}\'',
      ],
    },
    source: 'articles/003 (whose echo is a mistake)',
  },
  {
    id: 'rbd-pv-recycle',
    stage: 'ceph',
    title: 'A volume has the reclaim policy Recycle, which RBD does not know',
    meaning:
      'Only NFS and hostPath volumes can be recycled. When its claim goes, an RBD volume with this policy becomes Failed, and nothing uses it again.',
    symptoms: [
      /No recycler plugin found for the volume/,
      /no recyclable volume plugin matched/,
      /\bRecycle\s+Failed\b/,
    ],
    probe: sh`${VOLUMES}
found_in persistentvolumes '.items[] | select(.spec.rbd and .spec.persistentVolumeReclaimPolicy == "Recycle") | "the volume \(.metadata.name) has the policy Recycle"'`,
    preventedBy: [],
    remedy: {
      kind: 'automatic',
      risk: 'None: Retain keeps the image and its data.',
      steps: [
        'kubectl patch pv NAME -p \'{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}\'',
        'To use a volume in the state Failed again: kubectl patch pv NAME --type=json -p \'[{"op":"remove","path":"/spec/claimRef"}]\'',
      ],
    },
    source: 'articles/003 (whose Recycle is a mistake)',
  },
  {
    id: 'ceph-k8s-admin-user',
    stage: 'ceph',
    title: 'Volumes are mounted with the key of the administrator',
    meaning:
      'The volume names the user admin, or none, which means admin. Whoever may read that Secret, or becomes root on a node, then owns the whole cluster; a client for each use with the rights on one pool or path is enough.',
    symptoms: [],
    probe: sh`${VOLUMES}
found_in persistentvolumes '.items[] | select((.spec.rbd and (.spec.rbd.user // "admin") == "admin") or (.spec.cephfs and (.spec.cephfs.user // "admin") == "admin")) | "the volume \(.metadata.name) uses client.admin"'`,
    preventedBy: ['ceph-client-*'],
    remedy: {
      kind: 'guided',
      risk: 'The source of a PersistentVolume cannot be changed: the volume is made anew, and its pods stop meanwhile.',
      steps: [
        CLIENT_STEP,
        'ceph auth get-key client.NAME | kubectl create secret generic NAME --type=kubernetes.io/rbd --from-file=key=/dev/stdin',
        'With the policy Retain, delete the volume and create it again with that user and Secret; the image and its data stay.',
      ],
    },
    source: 'articles/001; articles/003 (which use client.admin)',
  },
];
