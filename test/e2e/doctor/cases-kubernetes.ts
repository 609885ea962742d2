import { expectDone } from '../ceph-lab.js';
import { provision } from '../provision.js';
import { until } from '../until.js';
import { type Case, deployed, sleeper } from './case.js';
import type { Platform } from './platform.js';

const MASTER = 'node-role.kubernetes.io/master';
const PUBLIC = '203.0.113.9';
const SERVER = '/etc/kubernetes/manifests/kube-apiserver.yaml';

async function resetNode3(lab: Platform): Promise<void> {
  const words = ['reset', 'lab.yaml', '--stage', 'kubernetes', '--host', 'node3', '--cluster', lab.cluster];
  const { code, stdout, stderr } = await provision(lab.folder, [...words, '--output', 'plain']);
  if (code !== 0) throw new Error(stdout + stderr);
}

const rejoin = async (lab: Platform): Promise<void> => expectDone(await lab.up());

export const kubernetesCases: readonly Case[] = [
  {
    id: 'kubeadm-leftovers',
    make: async (lab) => {
      await resetNode3(lab);
      await lab.on(
        'node3',
        'mkdir -p /etc/kubernetes/manifests && touch /etc/kubernetes/manifests/kube-apiserver.yaml /etc/kubernetes/admin.conf',
      );
    },
    byHand: resetNode3,
    after: rejoin,
  },
  {
    id: 'kubeadm-reset-leaves-links',
    make: (lab) => lab.on('node3', 'kubeadm reset -f 2>&1'),
    // kubeadm takes nobody whose name is there already.
    after: async (lab) => {
      await lab.kubectl('delete node node3');
      await rejoin(lab);
    },
  },
  {
    id: 'kubeadm-advertise-address',
    make: (lab) =>
      lab.on(
        'node1',
        `ip link add public0 type veth peer name public1 && ip link set public0 up && ip link set public1 up
        ip address add ${PUBLIC}/24 dev public0
        sed -i 's/--advertise-address=.*/--advertise-address=${PUBLIC}/' ${SERVER}`,
      ),
    byHand: async (lab) => {
      await lab.on(
        'node1',
        `sed -i 's/--advertise-address=.*/--advertise-address=${lab.address('node1')}/' ${SERVER}; ip link delete public0`,
      );
    },
  },
  {
    id: 'kube-proxy-cluster-cidr',
    make: async (lab) => {
      await lab.on(
        'node1',
        `kube() { kubectl --kubeconfig /etc/kubernetes/admin.conf -n kube-system "$@"; }
        kube get configmap kube-proxy -o yaml | sed 's|^\\( *clusterCIDR:\\).*|\\1 ""|' | kube apply --force -f - 2>&1
        kube delete pods -l k8s-app=kube-proxy`,
      );
    },
  },
  {
    id: 'kubeadm-master-tainted',
    make: async (lab) => {
      await lab.kubectl(`taint nodes node1 ${MASTER}=:NoSchedule`);
      await lab.kubectl('cordon node2');
      await lab.kubectl('cordon node3');
      await lab.apply(sleeper('waiting'));
    },
    after: async (lab) => {
      await lab.kubectl('uncordon node2');
      await lab.kubectl('uncordon node3');
      await lab.kubectl('delete pod waiting --grace-period=1');
    },
  },
  {
    id: 'kubelet-eviction-nodefs',
    // What the article's own flag comes to: one threshold is given, and all others are lost.
    make: (lab) =>
      lab.on(
        'node2',
        `sed -i '/^ *\\(memory.available\\|nodefs.inodesFree\\|imagefs.available\\):/d' /var/lib/kubelet/config.yaml
        grep -A3 '^evictionHard' /var/lib/kubelet/config.yaml; systemctl restart kubelet`,
      ),
    pairs: true,
  },
  {
    id: 'pods-service-account',
    make: async (lab) => {
      await lab.apply(
        { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'reader', namespace: 'default' } },
        deployed(sleeper('reader', { serviceAccountName: 'reader', nodeName: 'node2' })),
      );
      await lab.kubectl('rollout status deployment/reader --timeout=60s');
      // The tokens were signed with a key that the API server no longer takes.
      await lab.on(
        'node1',
        `kube() { kubectl --kubeconfig /etc/kubernetes/admin.conf "$@"; }
        secret=$(kube get serviceaccount reader -o jsonpath='{.secrets[0].name}')
        token=$(kube get secret "$secret" -o jsonpath='{.data.token}' | base64 -d)
        kube patch secret "$secret" -p "{\\"data\\":{\\"token\\":\\"$(printf '%s' "\${token%???????}AAAAAAA" | base64 -w0)\\"}}"`,
      );
      const read =
        'cat /var/lib/kubelet/pods/*/volumes/kubernetes.io~secret/reader-token-*/token | tail -c 7';
      await until('kubelet has the token that is refused', 150, async () =>
        (await lab.said('node2', read)).includes('AAAAAAA'),
      );
    },
    after: (lab) =>
      lab.said(
        'node1',
        'kubectl --kubeconfig /etc/kubernetes/admin.conf delete deployment reader; kubectl --kubeconfig /etc/kubernetes/admin.conf delete serviceaccount reader',
      ),
  },
  {
    id: 'hostpath-empty',
    make: async (lab) => {
      await lab.apply(
        sleeper(
          'path',
          { nodeName: 'node2', volumes: [{ name: 'files', hostPath: { path: '/srv/files' } }] },
          [{ name: 'files', mountPath: '/files' }],
        ),
      );
      await lab.kubectl('wait --for=condition=Ready pod/path --timeout=60s');
    },
    byHand: (lab) => lab.on('node2', 'echo words >/srv/files/text'),
    after: async (lab) => {
      await lab.kubectl('delete pod path --grace-period=1');
      await lab.on('node2', 'rm -r /srv/files');
    },
  },
];
