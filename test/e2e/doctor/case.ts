import type { Platform } from './platform.js';

/** A documented failure, made for real. */
export interface Case {
  readonly id: string;
  /** Makes it happen on a healthy platform. */
  readonly make: (lab: Platform) => Promise<unknown>;
  /** Where only the operator can cure it, what the steps of the remedy come to; otherwise the doctor cures it. */
  readonly byHand?: ((lab: Platform) => Promise<unknown>) | undefined;
  /** What the inventory must say before the doctor can cure it. */
  readonly inventory?: ((lab: Platform) => Promise<unknown>) | undefined;
  /** Takes away what the case has brought, after the cure. */
  readonly after?: ((lab: Platform) => Promise<unknown>) | undefined;
  /** May be made together with any other of these. */
  readonly pairs?: boolean | undefined;
}

/** A pod that sleeps, with the time of its host. */
export function sleeper(
  name: string,
  spec: Readonly<Record<string, unknown>> = {},
  mounts: readonly object[] = [],
) {
  const { volumes = [], ...rest } = spec as { volumes?: readonly object[] };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: [
        {
          name: 'sleep',
          image: 'busybox:1.35',
          imagePullPolicy: 'IfNotPresent',
          command: ['sleep', '36000'],
          volumeMounts: [{ name: 'time', mountPath: '/etc/localtime' }, ...mounts],
        },
      ],
      volumes: [
        { name: 'time', hostPath: { path: '/usr/share/zoneinfo/Asia/Shanghai', type: 'File' } },
        ...volumes,
      ],
      ...rest,
    },
  };
}

/** A deployment that keeps one such pod. */
export function deployed({ metadata, spec }: ReturnType<typeof sleeper>) {
  const { name, namespace } = metadata;
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  };
}

/** A volume that is an image of Ceph. */
export function rbdVolume(
  lab: Platform,
  name: string,
  spec: Readonly<Record<string, unknown>> = {},
  rbd: object = {},
) {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: {
      capacity: { storage: '64Mi' },
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Retain',
      rbd: {
        monitors: lab.hosts.map((host) => `${lab.address(host)}:6789`),
        pool: 'kube',
        image: 'data',
        user: 'kube',
        secretRef: { name: 'kube' },
        fsType: 'ext4',
        ...rbd,
      },
      ...spec,
    },
  };
}
