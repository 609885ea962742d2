/** Lines by which each pitfall of the collected logs is known: from the articles, from the programs, and from our own probes. */
export const LOGGING_LINES: Readonly<Record<string, readonly string[]>> = {
  'fluentd-401': [
    '2017-03-02 02:27:02 +0000 [error]: config error file="/etc/td-agent/td-agent.conf" error="Invalid Kubernetes API v1 endpoint https://192.168.3.1:443/api: 401 Unauthorized"',
    '2024-09-23 12:25:52 +0000 [error]: config error file="/fluentd/etc/fluent.conf" error_class=Fluent::ConfigError error="Exception encountered fetching metadata from Kubernetes API endpoint: pods is forbidden: User \\"system:serviceaccount:otel-demo:fluentd\\" cannot list resource \\"pods\\" in API group"',
    'kube-system                  fluentd-es-v1.22-as3s5                  0/1       CrashLoopBackOff   2          43s       172.16.99.6    10.47.136.60',
  ],
  'fluentd-config-comments': [
    'MountVolume.SetUp failed for volume "td-agent-config" : configmaps "td-agent-config" not found',
    '[error]: config error file="/etc/td-agent/td-agent.conf" error="unmatched end tag at td-agent.conf line 7,9"',
    'fluentd waits for the ConfigMap td-agent-config, and there is none in logging',
    'the ConfigMap kube-system/td-agent-config has nothing for fluentd to do in: td-agent.conf',
  ],
  'es-discovery': [
    '[2017-03-02 04:00:18,552][WARN ][discovery                ] [elasticsearch-logging-v1-3bzt6] waited for 30s and no initial state was set by the discovery',
    '[2017-03-02 04:01:15,754][WARN ][discovery.zen.ping.unicast] [elasticsearch-logging-v1-3bzt6] failed to send ping to [{#zen_unicast_1#}{127.0.0.1}{127.0.0.1:9300}]',
    '"level": "WARN", "component": "o.e.n.Node", "message": "timed out while waiting for initial discovery state - timeout: 30s"',
    '[node-2] master not discovered yet, this node has not previously joined a bootstrapped (v7+) cluster',
    '{"error":{"type":"master_not_discovered_exception","reason":null},"status":503}',
    'the Elasticsearch kube-system/elasticsearch-logging-v1 has 2 pods, and elasticsearch-logging-v1-3bzt6 knows 1 of them',
  ],
  'kibana-slow-start': [
    '{"type":"log","@timestamp":"2017-03-02T08:30:15Z","tags":["info","optimize"],"pid":6,"message":"Optimizing and caching bundles for kibana and statusPage. This may take a few minutes"}',
    '{"type":"log","@timestamp":"2017-03-02T08:40:04Z","tags":["info","optimize"],"pid":6,"message":"Optimization of bundles for kibana and statusPage complete in 588.60 seconds"}',
    'kube-system/kibana-logging-3604961973-jby53 is still optimizing and caching its bundles, with a CPU limit of 100m: it goes on',
  ],
  'kibana-base-path': [
    '{"type":"response","tags":[],"method":"get","statusCode":404,"req":{"url":"/api/v1/proxy/namespaces/kube-system/services/kibana-logging/bundles/kibana.bundle.js","method":"get"}}',
    'the Kibana kube-system/kibana-logging-3604961973-jby53 has the base path /api/v1/proxy/namespaces/kube-system/services/kibana-logging, and Kubernetes 1.20 has no such path',
  ],
  'es-emptydir': [
    'the Elasticsearch kube-system/elasticsearch-logging-v1-3bzt6 keeps its data in no volume that outlives the pod',
  ],
  'es-vm-max-map-count': [
    '[1]: max virtual memory areas vm.max_map_count [65530] is too low, increase to at least [262144]',
    'max virtual memory areas vm.max_map_count [65530] likely too low, increase to at least [262144]',
  ],
};
