import { until } from '../until.js';
import { type Case, rbdVolume } from './case.js';
import type { Platform } from './platform.js';

const ID = '"$(cat /var/local/osd0/whoami)"';
const DEPLOY = '/opt/ceph-deploy-2.0.1';

/** A daemon that ends at once is down in the cluster's eyes some seconds later. */
async function osdDown(lab: Platform): Promise<void> {
  await until('an OSD down', 90, async () =>
    (await lab.said('node1', 'timeout 20 ceph --connect-timeout 10 osd tree down')).includes('osd.'),
  );
}

const deleteVolume = (name: string) => (lab: Platform) => lab.kubectl(`delete pv ${name}`);

export const cephCases: readonly Case[] = [
  {
    id: 'ceph-deploy-user',
    make: (lab) => lab.on('node2', 'rm /etc/sudoers.d/*ceph*'),
    pairs: true,
  },
  {
    id: 'ceph-deploy-too-old',
    make: (lab) =>
      lab.on(
        'node1',
        `mkdir -p /tmp/old/DEBIAN && printf '%s\\n' 'Package: ceph-deploy' 'Version: 1.4.0-0ubuntu1' 'Architecture: all' 'Maintainer: a test <test@example.com>' 'Description: of that time' >/tmp/old/DEBIAN/control
        dpkg-deb -b /tmp/old /tmp/old.deb && dpkg -i /tmp/old.deb`,
      ),
    pairs: true,
  },
  {
    id: 'ceph-deploy-python38',
    make: (lab) =>
      lab.on(
        'node1',
        `remotes=$(echo ${DEPLOY}/lib/python3*/site-packages/ceph_deploy/hosts/remotes.py)
        sed -i "s/ or getattr(platform, 'linux_distribution', .*/ or platform.linux_distribution/" "$remotes"
        grep -q 'platform.linux_distribution' "$remotes"`,
      ),
    pairs: true,
  },
  {
    id: 'ceph-leftovers',
    make: (lab) =>
      lab.on(
        'node3',
        'cp /etc/ceph/ceph.conf /root/; sed -i "s/^fsid.*/fsid = 11111111-2222-3333-4444-555555555555/" /etc/ceph/ceph.conf',
      ),
    byHand: (lab) => lab.on('node3', 'mv /root/ceph.conf /etc/ceph/ceph.conf'),
  },
  {
    id: 'ceph-pool-size',
    make: (lab) => lab.on('node1', 'ceph osd pool set kube size 4 2>&1'),
  },
  {
    id: 'ceph-osd-permission',
    make: async (lab) => {
      await lab.said('node3', `chown -R root:root /var/local/osd0; systemctl restart ceph-osd@${ID}`);
      await osdDown(lab);
    },
  },
  {
    id: 'ceph-osd-ext4-names',
    make: async (lab) => {
      await lab.on(
        'node3',
        `sed -i "/osd max object/d" /etc/ceph/ceph.conf; systemctl restart ceph-osd@${ID}`,
      );
      await osdDown(lab);
    },
  },
  {
    id: 'ceph-osd-down-after-activate',
    make: async (lab) => {
      await lab.on('node3', `systemctl stop ceph-osd@${ID}`);
      await osdDown(lab);
    },
  },
  {
    id: 'ceph-admin-keyring',
    make: (lab) => lab.on('node2', 'chmod 0644 /etc/ceph/ceph.client.admin.keyring'),
    pairs: true,
  },
  {
    id: 'ceph-cli-hangs',
    make: async (lab) => {
      await lab.on('node2', 'systemctl stop ceph-mon@node2');
      await lab.on('node3', 'systemctl stop ceph-mon@node3');
    },
  },
  {
    id: 'cephfs-no-mds',
    make: async (lab) => {
      await lab.on('node1', 'systemctl stop ceph-mds@node1');
      await until('no MDS is up', 120, async () =>
        (await lab.said('node1', 'timeout 20 ceph --connect-timeout 10 health detail')).includes('offline'),
      );
    },
  },
  {
    id: 'ceph-libicu',
    // Daemons that run keep the file that they have loaded.
    make: (lab) =>
      lab.on(
        'node3',
        `library=$(readlink -f /usr/lib/*/librbd.so.1); : >"$library.new"; mv "$library.new" "$library"
        ! rbd --version 2>&1`,
      ),
  },
  {
    id: 'rbd-image-missing',
    make: (lab) => lab.apply(rbdVolume(lab, 'missing', {}, { image: 'nowhere' })),
    after: async (lab) => {
      await lab.kubectl('delete pv missing');
      await lab.on('node1', 'rbd rm kube/nowhere 2>&1');
    },
    pairs: true,
  },
  {
    id: 'rbd-image-locked',
    make: async (lab) => {
      await lab.apply(rbdVolume(lab, 'locked'));
      await lab.on('node2', 'rbd lock add kube/data kubelet_lock_magic_node2');
    },
    after: deleteVolume('locked'),
    pairs: true,
  },
  {
    id: 'rbd-rwo-deployment',
    make: (lab) =>
      lab.apply(
        rbdVolume(lab, 'single', {
          claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: 'default', name: 'single' },
        }),
        {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: { name: 'single', namespace: 'default' },
          spec: {
            accessModes: ['ReadWriteOnce'],
            resources: { requests: { storage: '64Mi' } },
            volumeName: 'single',
            storageClassName: '',
          },
        },
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'single', namespace: 'default' },
          spec: {
            replicas: 0,
            selector: { matchLabels: { app: 'single' } },
            template: {
              metadata: { labels: { app: 'single' } },
              spec: {
                containers: [{ name: 'sleep', image: 'busybox:1.35', command: ['sleep', '36000'] }],
                volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'single' } }],
              },
            },
          },
        },
      ),
    after: async (lab) => {
      await lab.kubectl('delete deployment single');
      await lab.kubectl('delete pvc single');
      await lab.kubectl('delete pv single');
    },
  },
  {
    id: 'ceph-secret-newline',
    make: (lab) =>
      lab.on(
        'node1',
        `key=$(echo "$(ceph auth get-key client.kube)" | base64 -w0)
        printf '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"kube"},"type":"kubernetes.io/rbd","data":{"key":"%s"}}' "$key" |
          kubectl --kubeconfig /etc/kubernetes/admin.conf apply -f -`,
      ),
    after: (lab) => lab.kubectl('delete secret kube'),
    pairs: true,
  },
  {
    id: 'rbd-pv-recycle',
    // The API server takes it, and nobody can recycle it.
    make: (lab) => lab.apply(rbdVolume(lab, 'recycled', { persistentVolumeReclaimPolicy: 'Recycle' })),
    after: deleteVolume('recycled'),
    pairs: true,
  },
  {
    id: 'ceph-k8s-admin-user',
    make: (lab) => lab.apply(rbdVolume(lab, 'of-admin', {}, { user: 'admin' })),
    byHand: deleteVolume('of-admin'),
    pairs: true,
  },
];
