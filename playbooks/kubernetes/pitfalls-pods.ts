import type { Pitfall } from '../../src/pitfalls/pitfall.js';
import { operatorProxyProbe } from './operator-proxy.js';
import { hostPathProbe, NEW_PODS, NEW_TOKENS, RIGHTS_PROBE, tokensProbe } from './probes.js';

/** How pods and operators do not reach what they need. */
export const podPitfalls: readonly Pitfall[] = [
  {
    id: 'pods-service-account',
    stage: 'kubernetes',
    title: 'A pod is nobody to the API server, or may not do what it needs',
    meaning:
      'A program in a pod speaks to the API server with the token of its service account. The default account has no rights where RBAC is on, and its token is refused when the keys of the cluster have changed since it was made.',
    versions: 'all',
    symptoms: [
      /the server has asked for the client to provide credentials/,
      /User "system:serviceaccount:[^"]+" cannot /,
      /system:serviceaccount:\S+:default" cannot /,
      /serviceaccount\/token: no such file or directory/,
      /No API token found for service account/,
      /The API server answers 401 to the tokens/,
    ],
    probe: tokensProbe,
    clusterProbe: { asks: ['kubernetes'], script: RIGHTS_PROBE },
    preventedBy: ['network-plugin'],
    remedy: {
      kind: 'guided',
      risk: 'Pods that are made anew are away for a moment. An account with more rights than its program needs gives them to whoever gets into the pod.',
      steps: [
        'Give the workload a service account of its own with a role that names what it reads: kubectl create serviceaccount NAME; kubectl create clusterrolebinding NAME --clusterrole=view --serviceaccount=NAMESPACE:NAME',
        'When the API server refuses the token itself: take it out of its secret, so that a new one is made (kubectl -n NAMESPACE edit secret NAME), and then delete the pods that use it.',
      ],
      cure: [
        {
          at: 'cluster',
          title: 'Secrets whose token is refused get a new one',
          commands: NEW_TOKENS,
        },
        { stage: 'network' },
        { at: 'hosts', title: 'Pods whose token is refused are made anew', commands: NEW_PODS },
      ],
    },
    source: 'articles/002',
  },
  {
    id: 'hostpath-empty',
    stage: 'kubernetes',
    title: 'A pod does not see the files of its hostPath',
    meaning:
      'A hostPath is a path on the node where the pod happens to run, not on the machine of whoever wrote the manifest. Without a type, a path that is missing there becomes an empty folder.',
    versions: 'all',
    symptoms: [
      /hostPath type check failed: \S+ is not a (?:directory|file|socket file|character device|block device)/,
      /mounts \S+, which (?:this host does not have|is empty on this host)/,
    ],
    probe: hostPathProbe,
    preventedBy: [],
    remedy: {
      kind: 'manual',
      risk: 'None.',
      steps: [
        'Put the files on every node where the pod may run, or bind the pod to one by nodeSelector kubernetes.io/hostname.',
        'Give the volume a type (Directory, File): then the pod says what is missing.',
        'Better: a ConfigMap for settings, a persistent volume for data, an image for programs.',
      ],
    },
    source: 'articles/004',
  },
  {
    id: 'kubectl-tls-timeout',
    stage: 'kubernetes',
    title: "The operator's kubectl does not reach the API server",
    meaning:
      'A proxy is set on the machine of the operator (HTTPS_PROXY), and it is asked for an address that only this machine can reach. The address of the API server has to be an exception in NO_PROXY.',
    versions: 'all',
    symptoms: [
      /Unable to connect to the server: (?:net\/http: TLS handshake timeout|proxyconnect tcp|Forbidden|Bad Gateway|Gateway Time-?out|Service Unavailable|EOF)/i,
      /The proxy \S+ of this machine stands in the way/,
    ],
    operatorProbe: operatorProxyProbe,
    preventedBy: [],
    remedy: {
      kind: 'manual',
      risk: 'None.',
      steps: [
        'export NO_PROXY=ADDRESS,$NO_PROXY (and no_proxy), with the address that stands as "server" in the kubeconfig',
        'provision kubeconfig (it writes the kubeconfig and tries it)',
      ],
    },
    source: 'articles/004',
  },
];
