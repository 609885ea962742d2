import { isIP } from 'node:net';
import type { Host } from '../../../src/inventory/inventory.js';
import { endpoint } from '../cluster/endpoint.js';
import { PATCHES } from '../constants.js';
import type { KubernetesContext } from '../context.js';
import { kubeletConfiguration } from '../kubelet/configuration.js';
import { type ConfigApi, VERSION } from '../releases.js';
import { API_PORT, args, nodeRegistration } from './node.js';
import { merged, nested, type Values, yamlDocuments } from './yaml.js';

/**
 * Who joins gets a token of its own: the one that kubeadm makes when a cluster begins is for nobody. Written from v1alpha2 on; before,
 * its type differs from one release to the next.
 */
const FIRST_TOKEN: Values = { bootstrapTokens: [{ ttl: '5m0s' }] };

/**
 * What kubeadm is told on a control plane, in the API that its release writes: one address, the private one; one endpoint for the
 * cluster; the networks; what kubelet and kube-proxy are told.
 * @throws RangeError for 1.5, whose kubeadm takes flags.
 */
export function initConfig(host: Host, context: KubernetesContext): string {
  const api = context.release.configApi;
  switch (api) {
    case undefined:
      throw new RangeError(`kubeadm 1.${context.release.minor} takes flags`);
    case 'v1alpha1':
      return yamlDocuments([firstMaster(host, context)]);
    case 'v1alpha2':
      return yamlDocuments([secondMaster(host, context)]);
    case 'v1alpha3':
      return yamlDocuments([
        {
          ...kind(api, 'InitConfiguration'),
          ...FIRST_TOKEN,
          apiEndpoint: apiEndpoint(host),
          nodeRegistration: nodeRegistration(host, context, api),
        },
        {
          ...kind(api, 'ClusterConfiguration'),
          controlPlaneEndpoint: endpoint(context),
          ...clusterWide(context),
          ...flatComponents(context, api),
          etcd: localEtcd(context, api),
        },
        ...components(context),
      ]);
    default:
      return yamlDocuments([
        {
          ...kind(api, 'InitConfiguration'),
          ...FIRST_TOKEN,
          localAPIEndpoint: apiEndpoint(host),
          nodeRegistration: nodeRegistration(host, context, api),
          patches: patches(context),
        },
        {
          ...kind(api, 'ClusterConfiguration'),
          controlPlaneEndpoint: endpoint(context),
          ...clusterWide(context),
          ...nestedComponents(context, api),
          etcd: localEtcd(context, api),
        },
        ...components(context),
      ]);
  }
}

/** 1.6 to 1.10; what an early one does not know it passes over. */
function firstMaster(host: Host, context: KubernetesContext): Values {
  const api = 'v1alpha1';
  const { release, inventory } = context;
  const { etcd } = inventory.kubernetes.extraArgs;
  return {
    ...kind(api, 'MasterConfiguration'),
    nodeName: host.name,
    api: {
      ...apiEndpoint(host),
      controlPlaneEndpoint: release.minor < FIRST_ENDPOINT ? undefined : endpoint(context),
    },
    ...clusterWide(context),
    ...flatComponents(context, api),
    etcd: etcd.size === 0 ? undefined : { extraArgs: args(etcd, api) },
    kubeProxy: release.proxyConfigKind ? { config: proxyConfiguration(context) } : undefined,
  };
}

/** `api.controlPlaneEndpoint` came with 1.10; before, a cluster is known by the address of its control plane. */
export const FIRST_ENDPOINT = 10;

/** 1.11. */
function secondMaster(host: Host, context: KubernetesContext): Values {
  const api = 'v1alpha2';
  const { kubernetes, docker } = context.inventory;
  return {
    ...kind(api, 'MasterConfiguration'),
    ...FIRST_TOKEN,
    api: { ...apiEndpoint(host), controlPlaneEndpoint: endpoint(context) },
    nodeRegistration: nodeRegistration(host, context, api),
    ...clusterWide(context),
    ...flatComponents(context, api),
    etcd: localEtcd(context, api),
    kubeletConfiguration: { baseConfig: kubeletConfiguration(kubernetes, docker) },
    kubeProxy: { config: proxyConfiguration(context) },
  };
}

/** What is written alike in all of them. */
function clusterWide(context: KubernetesContext): Values {
  const { podSubnet, serviceSubnet, dnsDomain, imageRepository } = context.inventory.kubernetes;
  return {
    kubernetesVersion: kubernetesVersion(context),
    imageRepository,
    networking: { podSubnet, serviceSubnet, dnsDomain },
  };
}

/** kubeadm's own version: what it takes for itself is the newest that it finds in the internet. */
function kubernetesVersion({ inventory, release, outputs, members }: KubernetesContext): string {
  const { version = '' } = inventory.kubernetes;
  if (version.split('.').length > 2) return `v${version}`;
  const told = outputs.get(members.first.name)?.get(VERSION)?.trim();
  if (told !== undefined) return told;
  return release.version === undefined ? `stable-1.${release.minor}` : `v${release.version}`;
}

function flatComponents(context: KubernetesContext, api: ConfigApi): Values {
  const { extraArgs } = context.inventory.kubernetes;
  return {
    apiServerCertSANs: certificateNames(context),
    apiServerExtraArgs: args(extraArgs.apiServer, api),
    controllerManagerExtraArgs: args(extraArgs.controllerManager, api),
    schedulerExtraArgs: args(extraArgs.scheduler, api),
  };
}

function nestedComponents(context: KubernetesContext, api: ConfigApi): Values {
  const { extraArgs } = context.inventory.kubernetes;
  const component = (values: ReadonlyMap<string, string>): Values | undefined =>
    values.size === 0 ? undefined : { extraArgs: args(values, api) };
  return {
    apiServer: { certSANs: certificateNames(context), ...component(extraArgs.apiServer) },
    controllerManager: component(extraArgs.controllerManager),
    scheduler: component(extraArgs.scheduler),
  };
}

function localEtcd({ inventory }: KubernetesContext, api: ConfigApi): Values | undefined {
  const { etcd } = inventory.kubernetes.extraArgs;
  return etcd.size === 0 ? undefined : { local: { dataDir: '/var/lib/etcd', extraArgs: args(etcd, api) } };
}

/** By what the API server is called: the endpoint, every control plane from inside and from where the operator is, and what the inventory adds. */
function certificateNames(context: KubernetesContext): readonly string[] {
  const { members, inventory } = context;
  const operators = members.controlPlanes.map(({ ssh }) => ssh.host).filter(isName);
  const all = [
    endpoint(context)
      .replace(/:\d+$/, '')
      .replace(/^\[(.*)\]$/, '$1'),
    ...members.controlPlanes.map(({ address }) => address),
    ...operators,
    ...inventory.kubernetes.certificateNames,
  ];
  return [...new Set(all)];
}

/** An alias in the operator's ssh_config need not be a name. */
function isName(text: string): boolean {
  return isIP(text) !== 0 || /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/.test(text);
}

function components(context: KubernetesContext): readonly Values[] {
  const { kubernetes, docker } = context.inventory;
  return [
    {
      apiVersion: 'kubelet.config.k8s.io/v1beta1',
      kind: 'KubeletConfiguration',
      ...kubeletConfiguration(kubernetes, docker),
    },
    {
      apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
      kind: 'KubeProxyConfiguration',
      ...proxyConfiguration(context),
    },
  ];
}

function proxyConfiguration({ inventory }: KubernetesContext): Values {
  const { podSubnet, proxyConfig } = inventory.kubernetes;
  return merged({ clusterCIDR: podSubnet }, nested(proxyConfig));
}

/** Exactly one address, and a private one: pitfalls kubeadm-advertise-address and kubeadm-two-addresses. */
export function apiEndpoint({ address }: Host): Values {
  return { advertiseAddress: address, bindPort: API_PORT };
}

/** Where kubeadm finds its patches. */
export function patches({ inventory, release }: KubernetesContext): Values | undefined {
  const some = release.patchesInConfig && inventory.kubernetes.patches.size > 0;
  return some ? { directory: PATCHES } : undefined;
}

export function kind(api: ConfigApi, name: string): Values {
  return { apiVersion: `kubeadm.k8s.io/${api}`, kind: name };
}
