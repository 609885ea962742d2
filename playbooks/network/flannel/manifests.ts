import type { NetworkContext } from '../context.js';
import { imageIn } from '../images.js';
import type { KubernetesObject } from '../manifest-text.js';
import { serviceAccount } from '../rbac.js';
import { podTime } from '../../pod-time.js';
import type { FlannelRelease } from './releases.js';

/** Names of the objects, as flannel's own manifests have them: who has applied those sees one flannel, not two. */
export const DAEMON_SET = 'kube-flannel-ds';
const ACCOUNT = 'flannel';
const CONFIG = 'kube-flannel-cfg';
const CONFIG_MOUNT = { name: 'config', mountPath: '/etc/kube-flannel' };
const RUN = '/run/flannel';
const CNI_FOLDER = '/etc/cni/net.d';

/** Since when Kubernetes has each of these. */
const FIRST = {
  /** Tolerations, init containers and rolling updates of DaemonSets as fields; before, they were annotations or not there. */
  podFields: 6,
  /** `status.hostIP` as a variable of a container. */
  hostIp: 7,
  /** The kind of what is at a hostPath. */
  hostPathType: 8,
  appsV1: 9,
  /** The labels kubernetes.io/os and kubernetes.io/arch. */
  stableLabels: 14,
  /** Priority classes of the system outside kube-system. */
  systemPriority: 17,
} as const;

/** Everything that flannel consists of in the cluster. */
export function flannelObjects(
  context: NetworkContext,
  release: FlannelRelease,
): readonly KubernetesObject[] {
  const { namespace } = release;
  const { minor } = context.release;
  return [
    ...(namespace === 'kube-system' ? [] : [privilegedNamespace(namespace)]),
    ...serviceAccount(ACCOUNT, namespace, RULES, minor),
    configMap(context, release),
    daemonSet(context, release),
  ];
}

/** What the pods ask the API server: their own pod, all nodes, and what they write into their own node. */
const RULES = [
  { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
  { apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: [''], resources: ['nodes/status'], verbs: ['patch'] },
];

/** Pod Security admits pods on the host's network only where it is told so. */
function privilegedNamespace(name: string): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } },
  };
}

function configMap({ inventory, settings }: NetworkContext, release: FlannelRelease): KubernetesObject {
  const delegate = {
    hairpinMode: true,
    isDefaultGateway: true,
    ...(settings.mtu === undefined ? {} : { mtu: settings.mtu }),
  };
  const plugin = { type: 'flannel', delegate };
  const portmap = { type: 'portmap', capabilities: { portMappings: true } };
  const cni =
    release.cniFile === '10-flannel.conf'
      ? { name: 'cbr0', ...plugin }
      : { name: 'cbr0', cniVersion: '0.3.1', plugins: [plugin, portmap] };
  const net = {
    Network: inventory.kubernetes.podSubnet,
    Backend: { Type: settings.backend ?? 'vxlan' },
  };
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: CONFIG, namespace: release.namespace, labels: { app: 'flannel' } },
    data: { 'cni-conf.json': json(cni), 'net-conf.json': json(net) },
  };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function daemonSet(context: NetworkContext, release: FlannelRelease): KubernetesObject {
  const { minor } = context.release;
  const labels = { app: 'flannel' };
  return {
    apiVersion: minor < FIRST.appsV1 ? 'extensions/v1beta1' : 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: DAEMON_SET, namespace: release.namespace, labels },
    spec: {
      selector: { matchLabels: labels },
      ...(minor < FIRST.podFields
        ? {}
        : { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } } }),
      template: { metadata: { labels, annotations: annotations(context) }, spec: podSpec(context, release) },
    },
  };
}

/**
 * Pods do not start anew when a ConfigMap changes, unless their template changes with it. Before 1.6, tolerations are an
 * annotation.
 */
function annotations(context: NetworkContext): Readonly<Record<string, string>> {
  const { settings, inventory, release } = context;
  const backend = settings.backend ?? 'vxlan';
  const mtu = settings.mtu === undefined ? '' : ` ${settings.mtu}`;
  return {
    'provision.io/network': `${inventory.kubernetes.podSubnet} ${backend}${mtu}`,
    ...(release.minor < FIRST.podFields
      ? {
          'scheduler.alpha.kubernetes.io/tolerations': JSON.stringify([
            { key: 'dedicated', operator: 'Equal', value: 'master', effect: 'NoSchedule' },
          ]),
        }
      : {}),
  };
}

function podSpec(context: NetworkContext, release: FlannelRelease): KubernetesObject {
  const { minor } = context.release;
  const time = podTime(context.inventory, [...context.facts.values()], minor);
  const asFields = minor >= FIRST.podFields;
  const installers = [
    ...(release.cniImage === undefined ? [] : [installPlugin(context, release.cniImage)]),
    installConfig(context, release),
  ];
  const daemon = flanneld(context, release);
  return {
    hostNetwork: true,
    serviceAccountName: ACCOUNT,
    nodeSelector: nodeSelector(minor, release),
    ...(asFields ? { tolerations: [{ operator: 'Exists' }] } : {}),
    ...(minor < FIRST.systemPriority ? {} : { priorityClassName: 'system-node-critical' }),
    ...(asFields ? { initContainers: installers } : {}),
    containers: [
      { ...daemon, volumeMounts: [...daemon.volumeMounts, time.mount] },
      ...(asFields ? [] : installers),
    ],
    volumes: [
      { name: 'run', hostPath: typed(minor, RUN, 'DirectoryOrCreate') },
      { name: 'cni', hostPath: typed(minor, CNI_FOLDER, 'DirectoryOrCreate') },
      ...(release.cniImage === undefined
        ? []
        : [{ name: 'cni-bin', hostPath: typed(minor, '/opt/cni/bin', 'DirectoryOrCreate') }]),
      ...(minor < FIRST.hostPathType
        ? []
        : [{ name: 'xtables-lock', hostPath: typed(minor, '/run/xtables.lock', 'FileOrCreate') }]),
      { name: 'config', configMap: { name: CONFIG } },
      time.volume,
    ],
  };
}

function typed(minor: number, path: string, type: string): Readonly<Record<string, string>> {
  return minor < FIRST.hostPathType ? { path } : { path, type };
}

function nodeSelector(minor: number, release: FlannelRelease): Readonly<Record<string, string>> {
  const prefix = minor < FIRST.stableLabels ? 'beta.kubernetes.io' : 'kubernetes.io';
  return release.amd64Only ? { [`${prefix}/arch`]: 'amd64' } : { [`${prefix}/os`]: 'linux' };
}

function installPlugin({ settings }: NetworkContext, image: string) {
  return {
    name: 'install-cni-plugin',
    image: imageIn(settings.imageRepository, image),
    command: ['cp'],
    args: ['-f', '/flannel', '/opt/cni/bin/flannel'],
    volumeMounts: [{ name: 'cni-bin', mountPath: '/opt/cni/bin' }],
  };
}

/** kubelet may look at any time, so the file comes into its folder whole. */
function installConfig({ settings, release: { minor } }: NetworkContext, release: FlannelRelease) {
  const target = `${CNI_FOLDER}/${release.cniFile}`;
  const install = `cp -f /etc/kube-flannel/cni-conf.json ${target}.new && mv -f ${target}.new ${target}`;
  // Before 1.6 there is no other place for it than a second container, which must not end.
  const script = minor < FIRST.podFields ? `${install} && while :; do sleep 3600; done` : install;
  return {
    name: 'install-cni',
    image: imageIn(settings.imageRepository, release.image),
    command: ['/bin/sh', '-c', script],
    volumeMounts: [{ name: 'cni', mountPath: CNI_FOLDER }, CONFIG_MOUNT],
  };
}

function flanneld(context: NetworkContext, release: FlannelRelease) {
  const { settings, release: kubernetes } = context;
  const { minor } = kubernetes;
  const lock = minor < FIRST.hostPathType ? [] : [{ name: 'xtables-lock', mountPath: '/run/xtables.lock' }];
  return {
    name: 'kube-flannel',
    image: imageIn(settings.imageRepository, release.image),
    ...start(context, release),
    resources: { requests: { cpu: '100m', memory: '50Mi' } },
    securityContext:
      // The udp backend opens /dev/net/tun.
      release.capabilities && settings.backend !== 'udp'
        ? { privileged: false, capabilities: { add: ['NET_ADMIN', 'NET_RAW'] } }
        : { privileged: true },
    env: [
      field('POD_NAME', 'metadata.name'),
      field('POD_NAMESPACE', 'metadata.namespace'),
      minor < FIRST.hostIp ? field('NODE_NAME', 'spec.nodeName') : field('NODE_IP', 'status.hostIP'),
    ],
    readinessProbe:
      release.healthPort === undefined
        ? { exec: { command: ['/bin/sh', '-c', `[ -s ${RUN}/subnet.env ]`] }, periodSeconds: 10 }
        : { httpGet: { path: '/readyz', port: release.healthPort }, periodSeconds: 5 },
    volumeMounts: [{ name: 'run', mountPath: RUN }, CONFIG_MOUNT, ...lock],
  };
}

function field(name: string, fieldPath: string) {
  return { name, valueFrom: { fieldRef: { fieldPath } } };
}

/**
 * flannel would take the interface of the default route, which on hosts with a public address is the wrong one (pitfall
 * flannel-wrong-interface). A DaemonSet has one command line for all nodes, and flannel takes an address for an interface: each
 * node gives its own private one.
 */
function start({ members, release: { minor } }: NetworkContext, release: FlannelRelease) {
  const flags = ['--ip-masq', '--kube-subnet-mgr'];
  const health = release.healthPort === undefined ? [] : [`--healthz-port=${release.healthPort}`];
  if (minor >= FIRST.hostIp) {
    return { command: ['/opt/bin/flanneld'], args: [...flags, '--iface=$(NODE_IP)', ...health] };
  }
  // A pod of that time cannot ask for its node's address, only for its name.
  const cases = members.all.map(({ name, address }) => `${name}) ip=${address} ;;`).join(' ');
  const script = `case $NODE_NAME in ${cases} *) echo "$NODE_NAME is not in the inventory"; exit 1 ;; esac; exec /opt/bin/flanneld ${flags.join(' ')} --iface="$ip"`;
  return { command: ['/bin/sh', '-c', script] };
}
