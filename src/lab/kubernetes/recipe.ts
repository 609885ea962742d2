/** Release of Kubernetes that Debian has the whole source of. */
export const VERSION = '1.20.2';

/** Debian suite in which everything is compiled; that of the hosts does not matter. */
export const SUITE = 'bookworm';

/** What is compiled from the source of Kubernetes, in an order in which the early ones compile for the later ones. */
export const PROGRAMS = [
  'kubeadm',
  'kubectl',
  'kubelet',
  'kube-proxy',
  'kube-scheduler',
  'kube-controller-manager',
  'kube-apiserver',
  'crictl',
] as const;

/** A program that comes from the Go module proxy. */
export interface ModuleProgram {
  readonly program: string;
  readonly module: string;
  /** Folder of the program in the module. */
  readonly package: string;
  /** Variable of its source that holds its version. */
  readonly variable?: string;
  /** Has C in it. */
  readonly cgo?: boolean;
  /** Modules that it is made of, in place of older ones. */
  readonly replacements?: readonly string[];
}

/** The releases that go with `VERSION`, as far as the module proxy has them. Without them there is no such image. */
export const MODULES: readonly ModuleProgram[] = [
  {
    program: 'coredns',
    module: 'github.com/coredns/coredns@v1.7.0',
    package: '.',
    // The one that it asks for reads runtime structures that changed in Go 1.18.
    replacements: ['github.com/modern-go/reflect2@v1.0.2'],
  },
  {
    program: 'flanneld',
    module: 'github.com/flannel-io/flannel@v0.19.2',
    package: '.',
    variable: 'github.com/flannel-io/flannel/version.Version',
    // Its udp backend.
    cgo: true,
  },
  {
    program: 'flannel',
    module: 'github.com/containernetworking/plugins@v0.8.7',
    package: 'plugins/meta/flannel',
    variable: 'github.com/containernetworking/plugins/pkg/utils/buildversion.BuildVersion',
  },
];

/** An image: layers of make-layers.sh on top of each other. */
export interface ImageRecipe {
  /** Also the name of its archive. */
  readonly image: string;
  /** Names besides the one that kubeadm gives it. */
  readonly names?: readonly string[];
  readonly layers: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
}

/** Every image that the lab's clusters run; each program lies where the manifests of its own project expect it. */
export const IMAGES: readonly ImageRecipe[] = [
  { image: 'kube-apiserver', layers: ['kube-apiserver'] },
  { image: 'kube-controller-manager', layers: ['kube-controller-manager'] },
  { image: 'kube-scheduler', layers: ['kube-scheduler'] },
  { image: 'kube-proxy', layers: ['base', 'kube-proxy'] },
  { image: 'pause', layers: ['pause'], entrypoint: ['/pause'] },
  { image: 'etcd', layers: ['etcd'] },
  { image: 'coredns', layers: ['coredns'], entrypoint: ['/coredns'] },
  {
    image: 'flannel',
    names: ['rancher/mirrored-flannelcni-flannel:v0.19.2'],
    layers: ['base', 'flanneld'],
    entrypoint: ['/opt/bin/flanneld'],
  },
  {
    image: 'flannel-cni-plugin',
    names: ['rancher/mirrored-flannelcni-flannel-cni-plugin:v1.1.0'],
    layers: ['busybox', 'flannel'],
  },
  { image: 'busybox', names: ['busybox:1.35'], layers: ['busybox'], command: ['sh'] },
];
