import type { DockerSettings } from '../../../src/inventory/inventory.js';
import type { KubernetesSettings } from '../../../src/inventory/kubernetes-settings.js';
import type { KubernetesRelease } from '../releases.js';

export const CONTAINERD_CONFIG = '/etc/containerd/config.toml';
/** A folder for each registry, by its name. */
export const REGISTRIES = '/etc/containerd/certs.d';
/** Where the package kubernetes-cni puts the plugins, and where networks put their configuration. */
export const CNI_PLUGINS = '/opt/cni/bin';
export const CNI_CONFIG = '/etc/cni/net.d';

/** The image that holds a pod's namespaces: the one that kubeadm knows, so that it is fetched once. */
export function sandboxImage({ imageRepository }: KubernetesSettings, release: KubernetesRelease): string {
  return `${imageRepository ?? release.imageRepository}/${release.pauseImage}`;
}

export interface ContainerdSettings {
  readonly sandboxImage: string;
  readonly cgroupDriver: DockerSettings['cgroupDriver'];
}

/**
 * /etc/containerd/config.toml for containerd 1.x or 2.x, which differ in the names of their plugins (containerd.io/docs, CRI Plugin
 * Config Guide). Whole, since the packages bring `disabled_plugins = ["cri"]` (containerd.io) or other folders (Debian);
 * Docker's own use of the daemon has no settings here. `bin_dir` is `bin_dirs` in 2.1, which still takes it.
 */
export function containerdConfig(major: 1 | 2, settings: ContainerdSettings): string {
  const runtime = major === 1 ? 'io.containerd.grpc.v1.cri' : 'io.containerd.cri.v1.runtime';
  const images = major === 1 ? runtime : 'io.containerd.cri.v1.images';
  const sandbox = JSON.stringify(settings.sandboxImage);
  return `# Managed by provision.
version = ${major + 1}
${
  major === 1
    ? `
[plugins."${images}"]
  sandbox_image = ${sandbox}
`
    : `
[plugins."${images}".pinned_images]
  sandbox = ${sandbox}
`
}
[plugins."${images}".registry]
  config_path = "${REGISTRIES}"

[plugins."${runtime}".cni]
  bin_dir = "${CNI_PLUGINS}"
  conf_dir = "${CNI_CONFIG}"

[plugins."${runtime}".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"

[plugins."${runtime}".containerd.runtimes.runc.options]
  SystemdCgroup = ${String(settings.cgroupDriver === 'systemd')}
`;
}
