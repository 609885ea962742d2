import { expectDone } from './ceph-lab.js';
import type { JsonOutcome } from './provision.js';
import { type ChangeFile, type StagedLab, stagedLab } from './staged-lab.js';
import { until } from './until.js';

/** The stages that bring fresh hosts to a cluster whose pods reach each other. */
export const CLUSTER_STAGES = ['hosts', 'docker', 'kubernetes', 'network'];
/** Points to which a lab can be put back: packages and images are there and no cluster; the cluster is well. */
export const IMAGES_THERE = 'images-there';
export const CLUSTER_WELL = 'cluster-well';
/** Runs kubectl on a control plane. */
export const KUBECTL = 'kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout=20s';

export interface KubeLabRequest {
  /** At most 16 letters. */
  readonly name: string;
  readonly hosts: number;
  readonly change?: ChangeFile;
  readonly upTo: typeof IMAGES_THERE | typeof CLUSTER_WELL;
}

export interface KubeLab extends StagedLab {
  /** What kubectl prints on the first control plane; it must succeed. */
  readonly kubectl: (words: string) => Promise<string>;
  /** Waits until all nodes are ready and all pods of the system run. */
  readonly untilWell: (seconds?: number) => Promise<void>;
  /** As `up`, without what a restart of the hosts makes due in the stage docker. */
  readonly upAgain: () => Promise<JsonOutcome>;
  /** Puts the hosts back to the cluster that is well, and waits for it. */
  readonly backToWell: () => Promise<void>;
}

/** No host does anything but Kubernetes. */
export const onlyKubernetes: ChangeFile = ({ hosts }) => {
  for (const host of Object.values(hosts)) {
    host.roles = host.roles.filter((role) => ['control-plane', 'worker'].includes(role));
  }
};

/** Hosts on which Kubernetes is tried, brought to a point and remembered there. */
export async function kubeLab({ name, hosts, change, upTo }: KubeLabRequest): Promise<KubeLab> {
  const base = await stagedLab(name, hosts, CLUSTER_STAGES, (inventory) => {
    onlyKubernetes(inventory);
    change?.(inventory);
  });
  const lab = withKubectl(base);
  try {
    await bringUp(lab, upTo);
    return lab;
  } catch (error) {
    await base.destroy();
    throw error;
  }
}

async function bringUp(lab: KubeLab, upTo: KubeLabRequest['upTo']): Promise<void> {
  if (upTo === CLUSTER_WELL) {
    expectDone(await lab.up());
    await lab.snapshot(CLUSTER_WELL);
    return;
  }
  expectDone(await lab.up('lab.yaml', '--to', 'docker'));
  await Promise.all(lab.hosts.map((host) => lab.on(host, LOAD)));
  await lab.snapshot(IMAGES_THERE);
}

/** What the stage kubernetes would fetch, and no more. */
const LOAD = `set -e
echo 'deb [trusted=yes] file:/srv/kubernetes/packages ./' >/etc/apt/sources.list.d/test.list
{ apt-get -q update && apt-get -q -y install kubeadm; } 2>&1
rm /etc/apt/sources.list.d/test.list
systemctl disable --now kubelet
for image in /srv/kubernetes/images/*.tar; do docker load -q -i "$image"; done`;

function withKubectl(base: StagedLab): KubeLab {
  const kubectl = (words: string): Promise<string> => base.on('node1', `${KUBECTL} ${words}`);
  const untilWell = (seconds = 180): Promise<void> =>
    until('all nodes and pods of the system well', seconds, () => isClusterWell(base));
  return {
    ...base,
    kubectl,
    untilWell,
    upAgain: () => base.up('lab.yaml', '--skip', 'docker'),
    backToWell: async () => {
      await base.restore(CLUSTER_WELL);
      await untilWell();
    },
  };
}

/** All nodes are ready, and all pods run. */
export async function isClusterWell({ hosts, said }: StagedLab): Promise<boolean> {
  const nodes = await said('node1', `${KUBECTL} get nodes --no-headers`);
  const pods = await said('node1', `${KUBECTL} get pods -A --no-headers`);
  return (
    lines(nodes).length === hosts.length &&
    lines(nodes).every((line) => / Ready /.test(line)) &&
    lines(pods).every((line) => / (\d+)\/\1 +Running /.test(line))
  );
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
