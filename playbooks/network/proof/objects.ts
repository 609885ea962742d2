import { readFileSync } from 'node:fs';
import type { Host } from '../../../src/inventory/inventory.js';
import { podTime } from '../../pod-time.js';
import type { NetworkContext } from '../context.js';
import type { KubernetesObject } from '../manifest-text.js';
import { serviceAccount } from '../rbac.js';

export const NAMESPACE = 'provision-probe';
/** Of the web server in each probe. */
const PORT = 8080;
const ACCOUNT = 'probe';
const SCRIPTS = 'probe-scripts';
/** What the first host writes, when the addresses are known. */
const TARGETS = 'probe-targets';

const SERVE = readFileSync(new URL('./pod-serve.sh', import.meta.url), 'utf8');
const TRY = readFileSync(new URL('./pod-try.sh', import.meta.url), 'utf8');

/** Since when pods may say which taints they tolerate. */
const FIRST_TOLERATIONS = 6;

/** Name of the probe of a node, by its place in the list of nodes, which begins with 1. */
function serverName(index: number): string {
  return `probe-${index}`;
}

/**
 * Name of its service; the host puts a number in place of `now`. DNS remembers what it was asked for half a minute, so that each
 * time needs names of its own.
 */
function serviceName(index: number): string {
  return `probe-now-${index}`;
}

/** In a pod of its own (`pod`) or on the network of the node (`host`). */
function triesName(place: 'pod' | 'host', index: number): string {
  return `tries-${place}-${index}`;
}

/** A probe on each node, and a service for each, so that it is known which of them answers. */
export function serverObjects(context: NetworkContext): readonly KubernetesObject[] {
  const { members, release } = context;
  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: NAMESPACE, labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } },
    },
    ...serviceAccount(ACCOUNT, NAMESPACE, [], release.minor),
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: SCRIPTS, namespace: NAMESPACE },
      data: { 'serve.sh': SERVE, 'try.sh': TRY },
    },
    ...members.all.flatMap((host, at) => {
      const name = serverName(at + 1);
      return [
        pod(name, host, context, { script: 'serve.sh', place: 'pod' }),
        {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: serviceName(at + 1), namespace: NAMESPACE },
          spec: { type: 'NodePort', selector: { probe: name }, ports: [{ port: PORT }] },
        },
      ];
    }),
  ];
}

/** Those who try. They begin when the addresses of the others are known, end by themselves, and tell in their log. */
export function triesObjects(context: NetworkContext): readonly KubernetesObject[] {
  return context.members.all.flatMap((host, at) =>
    (['pod', 'host'] as const).map((place) =>
      pod(triesName(place, at + 1), host, context, { script: 'try.sh', place }),
    ),
  );
}

interface Probe {
  readonly script: 'serve.sh' | 'try.sh';
  readonly place: 'pod' | 'host';
}

/** On its node by name: no scheduler is asked, so neither a taint nor a cordon keeps it away. */
function pod(name: string, { name: node }: Host, context: NetworkContext, probe: Probe): KubernetesObject {
  const { settings, inventory, facts, release } = context;
  const { script, place } = probe;
  const time = podTime(inventory, [...facts.values()], release.minor);
  const tries = script === 'try.sh';
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: NAMESPACE, labels: { probe: name } },
    spec: {
      nodeName: node,
      hostNetwork: place === 'host' ? true : undefined,
      serviceAccountName: ACCOUNT,
      automountServiceAccountToken: release.minor < FIRST_TOLERATIONS ? undefined : false,
      restartPolicy: tries ? 'Never' : 'Always',
      terminationGracePeriodSeconds: 1,
      tolerations: release.minor < FIRST_TOLERATIONS ? undefined : [{ operator: 'Exists' }],
      containers: [
        {
          name: 'probe',
          image: settings.probeImage,
          imagePullPolicy: 'IfNotPresent',
          command: ['sh', `/probe/scripts/${script}`],
          env: [
            { name: 'NODE', value: node },
            { name: 'PLACE', value: place },
            { name: 'PORT', value: String(PORT) },
          ],
          volumeMounts: [
            { name: 'scripts', mountPath: '/probe/scripts' },
            ...(tries ? [{ name: 'targets', mountPath: '/probe/targets' }] : []),
            time.mount,
          ],
        },
      ],
      volumes: [
        { name: 'scripts', configMap: { name: SCRIPTS } },
        ...(tries ? [{ name: 'targets', configMap: { name: TARGETS } }] : []),
        time.volume,
      ],
    },
  };
}
