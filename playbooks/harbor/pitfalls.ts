import { readFileSync } from 'node:fs';
import type { ClusterProbe, Pitfall } from '../../src/pitfalls/pitfall.js';
import { lines, rawScript } from '../../src/shell/script.js';
import { PODS } from '../pods.js';

const PROBES = lines(PODS, rawScript(readFileSync(new URL('./probes.sh', import.meta.url), 'utf8')));

/** Asks the cluster by a function of probes.sh. */
function asked(probe: string): ClusterProbe {
  return { asks: ['kubernetes'], script: lines(PROBES, rawScript(probe)) };
}

/** How a Harbor on Kubernetes loses images and sessions, or does not begin; the cause stands before its consequence. */
export const harborPitfalls: readonly Pitfall[] = [
  {
    id: 'harbor-registry-config-path',
    stage: 'harbor',
    title: 'The registry does not read the configuration that is mounted for it',
    meaning:
      'The manifest mounts the configuration at /etc/docker/registry, as the registry of Docker has it, and the image of Harbor reads /etc/registry. Its own default then holds: images lie in the container, not on the volume, and are gone when the pod is.',
    versions: 'Harbor 1.2 and later, with images that read /etc/registry',
    symptoms: [
      / mounts its configuration at \/etc\/docker\/registry\S*, and its image \S+ reads \/etc\/registry/,
    ],
    clusterProbe: asked('probe_config_path'),
    preventedBy: [],
    remedy: {
      kind: 'manual',
      risk: 'The images that the pods hold are lost when they start anew: push those again that are needed.',
      steps: [
        'In the manifest of the registry: mountPath: /etc/registry, then kubectl apply -f FILE',
        'Push an image, delete every pod of the registry, and pull the image again when new ones run.',
      ],
    },
    source: 'articles/001',
  },
  {
    id: 'harbor-db-twice',
    stage: 'harbor',
    title: 'The adminserver uses another database than the rest of Harbor',
    meaning:
      'Harbor 1.2 takes its database from harbor.cfg, and that of the adminserver from a ConfigMap of its own (MYSQL_HOST, MYSQL_USR, MYSQL_PWD, MYSQL_DATABASE). What stands there counts only with RESET: "true"; otherwise the bundled MySQL is asked, which may not be there.',
    versions: 'Harbor 1.2 to 1.7',
    symptoms: [
      /lookup (?:harbor-)?mysql\b[^:]*(?::\d+)?: no such host/,
      /the adminserver of \S+ asks the database \S+, and there is no such Service/,
      /the ConfigMaps of \S+ name different databases:/,
    ],
    clusterProbe: asked('probe_databases'),
    preventedBy: [],
    remedy: {
      kind: 'manual',
      risk: 'The settings that were made in the interface of Harbor are replaced by those of the ConfigMap.',
      steps: [
        'In the ConfigMap of the adminserver: MYSQL_HOST, MYSQL_USR, MYSQL_PWD and MYSQL_DATABASE of the one database, and RESET: "true"',
        'Delete the pods of the adminserver, then those of ui and jobservice.',
        'When Harbor works, set RESET: "false": otherwise each start of the adminserver replaces the settings.',
      ],
    },
    source: 'articles/001',
  },
  {
    id: 'harbor-db-schema',
    stage: 'harbor',
    title: 'The database has no tables of Harbor',
    meaning:
      'Only the database that comes with Harbor is filled when it starts. A MySQL of your own has to be given the schema once, before the first start; later versions, with PostgreSQL, make their tables themselves.',
    versions: 'Harbor 1.2 to 1.5, with a MySQL of your own',
    symptoms: [/Error 1146: Table '[^']+' doesn't exist/, /ERROR 1146 \(42S02\)/],
    clusterProbe: asked('probe_schema'),
    preventedBy: [],
    remedy: {
      kind: 'manual',
      risk: 'Loading the schema into a database that Harbor has used replaces what is in it.',
      steps: [
        'Look first, that the database is empty: SHOW TABLES',
        'Load registry.sql of the same version of Harbor (make/photon/db in its source), with the name of your database in it.',
        "Give the user rights on this one database only: GRANT ALL ON registry_k8s.* TO 'harbork8s'@'%'; never ON *.* and never WITH GRANT OPTION",
        'Delete the pods of ui, adminserver and jobservice.',
      ],
    },
    source: 'articles/001 (whose GRANT on everything is a mistake); goharbor/harbor issue 851',
  },
  {
    id: 'harbor-session-lost',
    stage: 'harbor',
    title: 'People are logged out with each request',
    meaning:
      'Each pod of the interface keeps its sessions in its own memory, and requests go to any of them. With more than one pod the sessions have to be in Redis, which the variable _REDIS_URL names.',
    versions: 'Harbor 1.2 and later, with several pods of ui or core',
    symptoms: [/ has \d+ pods and no _REDIS_URL: each keeps sessions of its own/],
    clusterProbe: asked('probe_sessions'),
    preventedBy: [],
    remedy: {
      kind: 'manual',
      risk: 'Everybody logs in once more.',
      steps: [
        'In the ConfigMap of the interface: _REDIS_URL: HOST:6379,100,PASSWORD,11 (address, connections, password, number of the database)',
        'In the manifest of its pods, under env: the variable _REDIS_URL from this ConfigMap; then let them start anew.',
      ],
    },
    source: 'articles/001',
  },
  {
    id: 'harbor-root-crt',
    stage: 'harbor',
    title: 'The registry does not trust the tokens of Harbor',
    meaning:
      'Harbor signs tokens with a private key, and the registry checks them by the certificate in rootcertbundle, /etc/registry/root.crt. They must be one pair: a certificate that is missing, or of another key, refuses every push and pull.',
    versions: 'all',
    symptoms: [
      /token signed by untrusted key with ID/,
      /unable to (?:open|read) token auth root certificate bundle file/,
    ],
    clusterProbe: asked('probe_root_crt'),
    preventedBy: [],
    remedy: {
      kind: 'manual',
      risk: 'Tokens that are in use become worthless: clients ask for new ones.',
      steps: [
        'Make one pair: openssl req -x509 -newkey rsa:4096 -nodes -days 3650 -subj /CN=harbor -keyout private_key.pem -out root.crt',
        'Mount private_key.pem in the pods of the interface, and root.crt at /etc/registry/root.crt in those of the registry, both from Secrets.',
        'Let both start anew.',
      ],
    },
    source: 'articles/001; github.com/distribution/distribution/blob/main/registry/auth/token',
  },
  {
    id: 'harbor-release-manifests',
    stage: 'harbor',
    title: 'The manifests of Harbor lack the adminserver',
    meaning:
      'The release v1.2.0 comes with manifests for Kubernetes that have no adminserver, which ui and jobservice of this version ask for their settings. They wait for it in vain.',
    versions: 'Harbor 1.2.0; the adminserver is part of 1.2 to 1.6',
    symptoms: [
      /lookup (?:harbor-)?adminserver\b[^:]*(?::\d+)?: no such host/,
      / runs \S+ and no adminserver$/,
    ],
    clusterProbe: asked('probe_manifests'),
    preventedBy: [],
    remedy: {
      kind: 'manual',
      risk: 'None.',
      steps: [
        'Add the Deployment, the Service and the ConfigMap of the adminserver, of the same version as ui.',
        'Delete the pods of ui and jobservice.',
      ],
    },
    source: 'articles/001',
  },
  {
    id: 'harbor-default-password',
    stage: 'harbor',
    title: 'The administrator of Harbor has the password that everybody knows',
    meaning:
      'Harbor begins with admin and Harbor12345 unless it is told another password. Whoever reaches it can then replace any image that the cluster runs.',
    versions: 'all',
    symptoms: [
      /the default password of the administrator stands in \S+, (?:ConfigMap|Secret) /,
      /pods of \S+ begin with the default password of the administrator/,
    ],
    // No login is tried: it would stand in the log of Harbor, and wrong ones lock the account.
    clusterProbe: asked('probe_password'),
    preventedBy: [],
    remedy: {
      kind: 'manual',
      risk: 'Clients that log in as admin need the new password.',
      steps: [
        'Change it in the interface of Harbor: the name at the top right, Change Password.',
        'Replace HARBOR_ADMIN_PASSWORD in the named object, too: a database that is made anew begins with it.',
      ],
    },
    source: 'articles/001',
  },
  {
    id: 'harbor-pv-unbound',
    stage: 'harbor',
    title: 'A claim does not find the volume that was made for it',
    meaning:
      'A claim takes only a volume that has its labels, its access modes, its class and at least its size. When one of them differs the claim stays Pending, and so do its pods.',
    versions: 'all',
    symptoms: [
      /no persistent volumes available for this claim and no storage class is set/,
      /pod has unbound (?:immediate )?PersistentVolumeClaims/,
      /PersistentVolumeClaim is not bound: /,
      /^(?:[\w.-]+\s+)?[\w.-]+\s+Pending\s+(?:[\w.-]+\s+)?(?:\d+[smhd])+$/,
      /the claim \S+ is Pending, and the volume \S+ does not fit:/,
    ],
    clusterProbe: asked('probe_unbound'),
    preventedBy: [],
    remedy: {
      kind: 'manual',
      risk: 'A claim that is made anew loses nothing as long as it was not bound.',
      steps: [
        'Compare: kubectl get pv --show-labels; kubectl describe pvc NAME',
        'For a shared folder both have ReadWriteMany; the selector of the claim names a label of the volume; storageClassName is "" in both.',
        'Delete the claim and create it as it should be; the volume has persistentVolumeReclaimPolicy: Retain.',
        'A volume that is Released: kubectl patch pv NAME --type=json -p \'[{"op":"remove","path":"/spec/claimRef"}]\'',
      ],
    },
    source: 'articles/001',
  },
];
