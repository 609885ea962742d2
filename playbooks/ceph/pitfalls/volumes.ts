import type { Pitfall } from '../../../src/pitfalls/pitfall.js';
import { sh } from '../../../src/shell/script.js';
import { VOLUMES } from './scripts.js';

const CLIENT_STEP =
  'Name a client with the pools or the path that it needs in ceph.clients of the inventory, then provision stage ceph';

/** What goes wrong with what Kubernetes was told of Ceph. */
export const volumePitfalls: readonly Pitfall[] = [
  {
    id: 'rbd-rwo-deployment',
    stage: 'ceph',
    title: 'A Deployment shares a volume that only one host may mount',
    meaning:
      'A rolling update starts the new pod before the old one has ended. On another host it cannot mount a ReadWriteOnce image that the old one still holds, and both wait for each other.',
    versions: 'volumes of the kinds rbd and rbd.csi.ceph.com',
    symptoms: [
      /Multi-Attach error for volume/,
      /Volume is already (?:exclusively attached to one node|used by pod)/,
    ],
    clusterProbe: {
      asks: ['kubernetes'],
      script: sh`${VOLUMES}
probe_rwo_deployments`,
    },
    preventedBy: [],
    remedy: {
      kind: 'guided',
      risk: 'With Recreate the service is away while the pod is replaced.',
      steps: [
        'Make it a StatefulSet, or end the old pod first: kubectl patch deployment NAME -p \'{"spec":{"strategy":{"type":"Recreate","rollingUpdate":null}}}\'',
        'If the image stays locked: provision explain rbd-image-locked',
      ],
      cure: [
        {
          at: 'cluster',
          title: 'the old pod ends before the new one starts',
          commands: sh`${VOLUMES}
cure_rwo_deployments`,
        },
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
    versions: 'all',
    symptoms: [/rbd: .*\(22\) Invalid argument/, /mount error 22 = Invalid argument/],
    clusterProbe: {
      asks: ['kubernetes'],
      script: sh`${VOLUMES}
probe_secrets`,
    },
    preventedBy: [],
    remedy: {
      kind: 'guided',
      risk: 'None; pods that run keep their mounts.',
      steps: [
        "On the admin host: ceph auth get-key client.NAME | base64 -w0 (get-key prints no newline; with a text of your own use printf '%s', never echo)",
        'kubectl patch secret NAME -p \'{"data":{"key":"..."}}\'',
      ],
      cure: [
        {
          at: 'cluster',
          title: 'keys lose the newline at their end',
          commands: sh`${VOLUMES}
cure_secrets`,
        },
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
    versions: 'all',
    symptoms: [
      /No recycler plugin found for the volume/,
      /no recyclable volume plugin matched/,
      /\bRecycle\s+Failed\b/,
    ],
    clusterProbe: {
      asks: ['kubernetes'],
      script: sh`${VOLUMES}
probe_recycle`,
    },
    preventedBy: [],
    remedy: {
      kind: 'automatic',
      risk: 'None: Retain keeps the image and its data.',
      steps: [
        'kubectl patch pv NAME -p \'{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}\'',
        'To use a volume in the state Failed again: kubectl patch pv NAME --type=json -p \'[{"op":"remove","path":"/spec/claimRef"}]\'',
      ],
      cure: [
        {
          at: 'cluster',
          title: 'volumes keep their images',
          commands: sh`${VOLUMES}
cure_recycle`,
        },
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
    versions: 'Kubernetes before 1.31, volumes of the kinds rbd and cephfs',
    symptoms: [],
    clusterProbe: {
      asks: ['kubernetes'],
      script: sh`${VOLUMES}
probe_admin_user`,
    },
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
