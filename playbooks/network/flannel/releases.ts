/** What differs by version of flannel. Facts are those of its repository's own manifests, Documentation/kube-flannel.yml. */
export interface FlannelRelease {
  readonly version: string;
  /** The minors of Kubernetes that it is taken for. */
  readonly from: number;
  readonly to: number;
  readonly image: string;
  /** Brings the plugin that kubelet calls; undefined: the package kubernetes-cni of that time has it. */
  readonly cniImage: string | undefined;
  readonly namespace: string;
  /** File name in /etc/cni/net.d: lists of plugins came with Kubernetes 1.8. */
  readonly cniFile: '10-flannel.conf' | '10-flannel.conflist';
  /** The image is for one kind of processor. */
  readonly amd64Only: boolean;
  /** It lets packets of pods through a FORWARD chain that drops (`--iptables-forward-rules`, 0.10.0). */
  readonly forwards: boolean;
  /** Capabilities are enough for it; earlier it is privileged. */
  readonly capabilities: boolean;
  /** It tells at this port's /readyz whether it has its subnet. */
  readonly healthPort: number | undefined;
}

const OLD = {
  cniImage: undefined,
  namespace: 'kube-system',
  amd64Only: true,
  capabilities: false,
  healthPort: undefined,
} as const;

/** Oldest first. Two of a kind differ in what Kubernetes of that time asked for. */
export const FLANNEL_RELEASES: readonly FlannelRelease[] = [
  {
    ...OLD,
    version: '0.7.0',
    from: 5,
    to: 5,
    image: 'quay.io/coreos/flannel-git:v0.6.1-62-g6d631ba-amd64',
    cniFile: '10-flannel.conf',
    forwards: false,
  },
  {
    ...OLD,
    version: '0.7.1',
    from: 6,
    to: 6,
    image: 'quay.io/coreos/flannel:v0.7.1-amd64',
    cniFile: '10-flannel.conf',
    forwards: false,
  },
  {
    ...OLD,
    version: '0.9.1',
    from: 7,
    to: 8,
    image: 'quay.io/coreos/flannel:v0.9.1-amd64',
    cniFile: '10-flannel.conf',
    forwards: false,
  },
  {
    ...OLD,
    version: '0.12.0',
    from: 9,
    to: 15,
    image: 'quay.io/coreos/flannel:v0.12.0-amd64',
    cniFile: '10-flannel.conflist',
    forwards: true,
  },
  {
    version: '0.19.2',
    from: 16,
    to: 24,
    image: 'rancher/mirrored-flannelcni-flannel:v0.19.2',
    cniImage: 'rancher/mirrored-flannelcni-flannel-cni-plugin:v1.1.0',
    namespace: 'kube-flannel',
    cniFile: '10-flannel.conflist',
    amd64Only: false,
    forwards: true,
    capabilities: true,
    healthPort: undefined,
  },
  {
    version: '0.28.9',
    from: 25,
    to: Number.POSITIVE_INFINITY,
    image: 'ghcr.io/flannel-io/flannel:v0.28.9',
    cniImage: 'ghcr.io/flannel-io/flannel-cni-plugin:v1.9.1-flannel3',
    namespace: 'kube-flannel',
    cniFile: '10-flannel.conflist',
    amd64Only: false,
    forwards: true,
    capabilities: true,
    healthPort: 8081,
  },
];

/** The one for a minor of Kubernetes. A version that the inventory names must be one of these, and go with that minor. */
export function flannelRelease(minor: number, version: string | undefined): FlannelRelease | undefined {
  return FLANNEL_RELEASES.find(
    (each) => each.from <= minor && minor <= each.to && (version === undefined || version === each.version),
  );
}
