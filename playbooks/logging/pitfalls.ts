import { readFileSync } from 'node:fs';
import type { ClusterProbe, Pitfall } from '../../src/pitfalls/pitfall.js';
import { lines, rawScript, type Script, sh } from '../../src/shell/script.js';
import { PODS } from '../pods.js';

const PROBES = rawScript(readFileSync(new URL('./probes.sh', import.meta.url), 'utf8'));

/** Asks the cluster by a function of probes.sh. */
function asked(probe: string): ClusterProbe {
  return { asks: ['kubernetes'], script: lines(PODS, PROBES, rawScript(probe)) };
}

/** Asks a host by one. */
function onHost(call: Script): Script {
  return lines(PROBES, call);
}

/** How fluentd, Elasticsearch and Kibana do not find each other, or lose what they keep; the cause stands before its consequence. */
export const loggingPitfalls: readonly Pitfall[] = [
  {
    id: 'fluentd-401',
    stage: 'logging',
    title: 'The API server refuses fluentd',
    meaning:
      'The filter that adds the names of pods to their logs asks the API server when fluentd starts, and ends it when it is refused. It has no credentials, or its service account may not read pods and namespaces (pods-service-account).',
    versions: 'fluent-plugin-kubernetes_metadata_filter, all',
    symptoms: [
      /Invalid Kubernetes API v1 endpoint \S+: 40[13] \w+/,
      /Exception encountered fetching metadata from Kubernetes API endpoint: .*(?:40[13]|forbidden|Unauthorized)/,
      /\bfluentd-\S+\s+\d+\/\d+\s+CrashLoopBackOff\b/,
    ],
    probe: onHost(sh`probe_fluentd_file /var/log/fluentd.log`),
    clusterProbe: asked('probe_fluentd_logs'),
    preventedBy: [],
    remedy: {
      kind: 'manual',
      risk: 'None: fluentd goes on where it stopped.',
      steps: [
        'Give the DaemonSet a service account that may get, list and watch pods and namespaces (ClusterRole and ClusterRoleBinding since Kubernetes 1.6).',
        'Kubernetes 1.3 without tokens that work: ca_file, client_cert and client_key in the filter kubernetes_metadata, from a hostPath volume at /srv/kubernetes',
        'Delete the pods of fluentd.',
      ],
    },
    source: 'articles/002',
  },
  {
    id: 'fluentd-config-comments',
    stage: 'logging',
    title: 'The configuration that fluentd gets is not the one that was written',
    meaning:
      'What pods mount is the ConfigMap and not the file that it was made of. Comments and odd spaces in the file may not come out of it as they went in, and pods find only a ConfigMap of their own namespace.',
    versions: 'all',
    symptoms: [
      /configmaps? "(?:td-agent|fluent)[^"]*" not found/,
      /config error file="\S*(?:td-agent|fluent)\S*" (?:error_class=Fluent::ConfigParseError |error="(?:unmatched end tag|expected end of line|got incomplete))/,
      /fluentd waits for the ConfigMap \S+, and there is none in /,
      /the ConfigMap \S+ has nothing for fluentd to do in: /,
    ],
    clusterProbe: asked('probe_fluentd_config'),
    preventedBy: [],
    remedy: {
      kind: 'manual',
      risk: 'None: fluentd goes on where it stopped.',
      steps: [
        "Take the comments out: sed '/^[[:space:]]*#/d' td-agent.conf",
        'Make the ConfigMap of that, in the namespace of the pods: kubectl -n kube-system create configmap td-agent-config --from-file=td-agent.conf',
        'Read what is in it: kubectl -n kube-system get configmap td-agent-config -o yaml',
        'Delete the pods of fluentd.',
      ],
    },
    source: 'articles/002',
  },
  {
    id: 'es-discovery',
    stage: 'logging',
    title: 'The pods of Elasticsearch do not find each other',
    meaning:
      'Each asks only itself for the others, so that there is no master, or one for each pod. In the image of Kubernetes a helper writes their addresses, and cannot when its service account is refused (pods-service-account); since Elasticsearch 7 they have to stand in discovery.seed_hosts.',
    versions: 'Elasticsearch, all',
    symptoms: [
      /waited for \S+ and no initial state was set by the discovery/,
      /failed to send ping to \[.*\{127\.0\.0\.1/,
      /timed out while waiting for initial discovery state/,
      /master not discovered (?:yet|or elected yet)\b/,
      /\bmaster_not_discovered_exception\b/,
      /the Elasticsearch \S+ has \d+ pods, and \S+ knows \d+ of them/,
    ],
    clusterProbe: asked('probe_discovery'),
    preventedBy: [],
    remedy: {
      kind: 'manual',
      risk: 'Pods that have been masters each for themselves hold different data: what the others hold is lost when they join one.',
      steps: [
        'The image of Kubernetes: a service account of its own in kube-system (kubectl -n kube-system create serviceaccount k8s-efk), serviceAccount: k8s-efk in the pods, with the right to get services, endpoints and namespaces',
        'Elasticsearch 7 and later: a headless Service; discovery.seed_hosts with its name, and cluster.initial_master_nodes with the names of the pods for the first start only',
        'Delete the pods, then look: curl http://ADDRESS:9200/_cat/nodes',
      ],
    },
    source: 'articles/002; elastic.co/guide/en/elasticsearch/reference/current/discovery-settings.html',
  },
  {
    id: 'kibana-slow-start',
    stage: 'logging',
    title: 'Kibana is still getting ready',
    meaning:
      'At its first start Kibana 4 to 6 makes the bundles for browsers, which takes minutes, and with a limit of 100m CPU ten of them. It is progress and no failure, as long as nothing ends the pod meanwhile.',
    versions: 'Kibana 4 to 6',
    symptoms: [
      /Optimizing and caching bundles for (?![^]*Optimization of bundles for)/m,
      /Optimization of bundles for .* complete in \d{3,}(?:\.\d+)? seconds/,
      /is still optimizing and caching its bundles, with a CPU limit of/,
    ],
    clusterProbe: asked('probe_kibana_start'),
    preventedBy: [],
    remedy: {
      kind: 'manual',
      risk: 'None.',
      steps: [
        'Wait up to 20 minutes: kubectl -n kube-system logs -f POD',
        'Give it more CPU, or no limit, and a livenessProbe that begins later than that: kubectl -n kube-system set resources deployment kibana-logging --limits=cpu=1',
      ],
    },
    source: 'articles/002',
  },
  {
    id: 'kibana-base-path',
    stage: 'logging',
    title: 'The page of Kibana stays blank',
    meaning:
      'Kibana tells browsers to fetch everything below its base path. That has to be the path by which it is reached: one of the API server, in the form that this version has, or none behind a NodePort or an Ingress.',
    versions: 'Kibana; /api/v1/proxy ended with Kubernetes 1.10',
    symptoms: [
      /"statusCode":404\b.*"url":"\/api\/v1\/(?:proxy\/)?namespaces\/[^"]*kibana/,
      /the Kibana \S+ has the base path \S+, and /,
    ],
    clusterProbe: asked('probe_base_path'),
    preventedBy: [],
    remedy: {
      kind: 'manual',
      risk: 'Kibana starts anew, and makes its bundles again (kibana-slow-start).',
      steps: [
        'Until Kubernetes 1.7: KIBANA_BASE_URL=/api/v1/proxy/namespaces/kube-system/services/kibana-logging',
        'Since 1.8: /api/v1/namespaces/kube-system/services/kibana-logging/proxy (as SERVER_BASEPATH in images of Elastic)',
        'Behind a NodePort or an Ingress: no base path at all.',
      ],
    },
    source: 'articles/002; kubernetes pull request 59884',
  },
  {
    id: 'es-emptydir',
    stage: 'logging',
    title: 'The logs are gone with the pod that kept them',
    meaning:
      'Elasticsearch writes into an emptyDir, or into its container, and both end with the pod. A StatefulSet gives each pod a claim of its own, which stays.',
    versions: 'all',
    symptoms: [/the Elasticsearch \S+ keeps its data in no volume that outlives the pod/],
    clusterProbe: asked('probe_emptydir'),
    preventedBy: [],
    remedy: {
      kind: 'manual',
      risk: 'What lies in the emptyDir is lost when the pod goes; with a second copy of each index the pods can be replaced one by one.',
      steps: [
        'Make it a StatefulSet with volumeClaimTemplates, of a class or of volumes that are there (RBD images, for example).',
        'Move the indices with a snapshot, or let them go: they can be read until the old pods are deleted.',
      ],
    },
    source: 'articles/002',
  },
  {
    id: 'es-vm-max-map-count',
    stage: 'logging',
    title: 'The kernel gives Elasticsearch too few memory maps',
    meaning:
      'Elasticsearch refuses to serve others where vm.max_map_count is below 262144, and many kernels have 65530. It is a setting of the node, not of the pod.',
    versions: 'Elasticsearch 5 and later',
    symptoms: [/max virtual memory areas vm\.max_map_count \[\d+\] (?:is|likely) too low/],
    probe: onHost(
      sh`probe_map_count ${['/proc/sys/vm/max_map_count', '/var/log/containers', '/var/log/elasticsearch']}`,
    ),
    preventedBy: ['kernel-settings'],
    remedy: {
      kind: 'automatic',
      risk: 'None.',
      steps: [
        'provision stage hosts (it sets vm.max_map_count on each host with containers, and keeps it)',
        'By hand, on each node: echo vm.max_map_count=262144 >/etc/sysctl.d/90-elasticsearch.conf; sysctl --system',
      ],
      cure: [{ stage: 'hosts' }],
    },
    source: 'elastic.co/guide/en/elasticsearch/reference/current/_maximum_map_count_check.html',
  },
];
