/** Lines by which each pitfall of Harbor is known: as Harbor, its registry and Kubernetes print them, and as our own probes do. */
export const HARBOR_LINES: Readonly<Record<string, readonly string[]>> = {
  'harbor-registry-config-path': [
    'default/registry-rc-6w3b7 mounts its configuration at /etc/docker/registry, and its image vmware/registry:2.6.2-photon reads /etc/registry',
  ],
  'harbor-db-twice': [
    '2017-12-05T10:00:00Z [FATAL] [main.go:45]: failed to initialize database: dial tcp: lookup mysql on 10.96.0.10:53: no such host',
    'the adminserver of default asks the database mysql, and there is no such Service',
    'the ConfigMaps of default name different databases: 10.47.217.91 mysql ',
  ],
  'harbor-db-schema': [
    "2018-07-17T09:15:28Z [ERROR] [base.go:99]: failed to list projects: Error 1146: Table 'registry.project' doesn't exist",
    "ERROR 1146 (42S02): Table 'registry_k8s.user' doesn't exist",
  ],
  'harbor-session-lost': ['default/ui-rc has 3 pods and no _REDIS_URL: each keeps sessions of its own'],
  'harbor-root-crt': [
    'time="2017-06-15T06:40:01.246002519Z" level=error msg="token signed by untrusted key with ID: \\"BASH:RNPJ:PEBU\\""',
    'configuring application: unable to configure authorization (token): unable to open token auth root certificate bundle file "/etc/registry/root.crt": open /etc/registry/root.crt: no such file or directory',
  ],
  'harbor-release-manifests': [
    'failed to load configurations: Get http://adminserver/api/configurations: dial tcp: lookup adminserver on 10.96.0.10:53: no such host',
    'default runs vmware/harbor-ui:v1.2.0 and no adminserver',
  ],
  'harbor-default-password': [
    'the default password of the administrator stands in default, ConfigMap harbor-adminserver-config',
    'pods of default begin with the default password of the administrator',
  ],
  'harbor-pv-unbound': [
    '  10s  1m  8  persistentvolume-controller  Normal  FailedBinding  no persistent volumes available for this claim and no storage class is set',
    'Warning  FailedScheduling  0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.',
    'PersistentVolumeClaim is not bound: "registry-pvc"',
    'registry-pvc   Pending                                                     2m',
    'default   log-pvc   Pending                                      standard       5m12s',
    'the claim default/registry-pvc is Pending, and the volume registry-pv does not fit: it has 1Gi, and 5Gi are asked',
  ],
};
