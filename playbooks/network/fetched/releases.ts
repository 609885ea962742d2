/** A plugin that comes as a manifest of its own project, which is fetched when it is needed and known by its checksum. */
export interface FetchedRelease {
  readonly version: string;
  /** The minors of Kubernetes that it is taken for. */
  readonly from: number;
  readonly to: number;
  /** Below https://raw.githubusercontent.com, or the mirror of the inventory. */
  readonly path: string;
  readonly sha256: string;
}

export type FetchedPlugin = 'calico' | 'weave' | 'cilium';

export const SOURCE = 'https://raw.githubusercontent.com';

const NO_END = Number.POSITIVE_INFINITY;

function calico(version: string, from: number, to: number, sha256: string): FetchedRelease {
  return { version, from, to, path: `projectcalico/calico/v${version}/manifests/calico.yaml`, sha256 };
}

function weave(version: string, from: number, to: number, file: string, sha256: string): FetchedRelease {
  return { version, from, to, path: `weaveworks/weave/v${version}/prog/weave-kube/${file}`, sha256 };
}

/**
 * Sums are those of the files at the tags of the projects' repositories. The newest first.
 *
 * calico: before 3.24 its repository has no manifest that could be applied, and these need policy/v1, of Kubernetes 1.21. Each is
 * taken for the minors that it was tested with and those near them. weave: the project has ended with 2.8.1. cilium: from 1.10 on
 * it comes as a chart alone; 1.9 knows Kubernetes up to 1.21.
 */
export const FETCHED: Readonly<Record<FetchedPlugin, readonly FetchedRelease[]>> = {
  calico: [
    calico('3.32.1', 34, NO_END, 'a1df919d9721cf667accdc3e72848911b0cb25cfab7d2478ad0c996302c95744'),
    calico('3.31.7', 32, 33, 'd6d8a489a4ed8e5b8efd8b339047b496ca657b55ee2e3618e791507b0a853e8d'),
    calico('3.30.7', 29, 31, 'ed105288f27c7ba4cae143bcaa3f6425f02d84fa94a4786cc8e3d371412c1a36'),
    calico('3.28.5', 27, 28, '206678e7adb2e931bb97385300c408490635616f371941d68468207d6e0f9713'),
    calico('3.26.5', 24, 26, '2468a8c939658b959860b0e78c3d2f420c53bb08af7511f3d335e051f9db8b22'),
    calico('3.24.6', 21, 23, '1e8825b3bc56bd1b2a7565783630a97a09a4fd9f92767d013e4201cf8f88812c'),
  ],
  weave: [
    weave(
      '2.8.1',
      11,
      NO_END,
      'weave-daemonset-k8s-1.11.yaml',
      'a2410c91152fdead60084a750d5041749e95350c038a9832e7dff71f85b52c9c',
    ),
    weave(
      '2.8.1',
      9,
      10,
      'weave-daemonset-k8s-1.9.yaml',
      '1b3633709eeda7a221a30147421feb7a6bfab8be4a5160914b8ab03811c45869',
    ),
    weave(
      '2.8.1',
      8,
      8,
      'weave-daemonset-k8s-1.8.yaml',
      '664fd7cc3e9185d28caf76659fb43b8763ddb83c63b5c6b0313f66a382c907a6',
    ),
    weave(
      '2.6.5',
      7,
      7,
      'weave-daemonset-k8s-1.7.yaml',
      'd3bd3b3659fbf27fa4ccca027557c4dd5cc0ece7b28b88dcb91db5d9641e1700',
    ),
    weave(
      '2.6.5',
      6,
      6,
      'weave-daemonset-k8s-1.6.yaml',
      '25d1074d368f418678c8d892464721e09cd8fa6e0bbf71dd95b10029d3ca7aa3',
    ),
    weave(
      '2.5.2',
      5,
      5,
      'weave-daemonset.yaml',
      'cb6688fed4a0f1355834b8005d5e768f955841839c47735f59a0977b01c5d82a',
    ),
  ],
  cilium: [
    {
      version: '1.9.18',
      from: 16,
      to: 21,
      path: 'cilium/cilium/v1.9.18/install/kubernetes/quick-install.yaml',
      sha256: 'b94ce7f2491f472d8c117cd715f36c61b0a14f10681cdd87888f43b4ff3c08af',
    },
  ],
};

/** The one for a minor of Kubernetes. A version that the inventory names must be one of these. */
export function fetchedRelease(
  plugin: FetchedPlugin,
  minor: number,
  version: string | undefined,
): FetchedRelease | undefined {
  if (version === undefined) return FETCHED[plugin].find(({ from, to }) => from <= minor && minor <= to);
  // One that is named may be older or newer than the one that would be taken, as far as its kinds of objects are known.
  const same = FETCHED[plugin].filter((each) => each.version === version);
  return same.find(({ from, to }) => from <= minor && minor <= to) ?? namedOnly(plugin, same, minor);
}

/** Any calico of the table has the same kinds of objects, which Kubernetes has since the oldest of them. */
function namedOnly(
  plugin: FetchedPlugin,
  same: readonly FetchedRelease[],
  minor: number,
): FetchedRelease | undefined {
  const oldest = Math.min(...FETCHED[plugin].map(({ from }) => from));
  return plugin === 'calico' && minor >= oldest ? same[0] : undefined;
}
