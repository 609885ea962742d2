import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { playbooks } from '../../../playbooks/index.js';
import { catalogue, findPitfall } from '../../../src/pitfalls/catalogue.js';
import { matchPitfall } from '../../../src/pitfalls/match.js';
import { everyVariant, playsOn } from '../playbooks/fixtures.js';
import { KUBERNETES_LINES } from '../playbooks/kubernetes-pitfalls/lines.js';
import { CEPH_LINES, HEALTHY_CEPH_LINES } from './ceph-lines.js';
import { DOCUMENTED } from './documented-ids.js';
import { HARBOR_LINES } from './harbor-lines.js';
import { LOGGING_LINES } from './logging-lines.js';
import { NETWORK_LINES } from './network-lines.js';

/** Lines as they were documented, and as our own tasks print them. */
const LINES: Readonly<Record<string, readonly string[]>> = {
  'hosts-name-mismatch': [
    'E1227 04:56:16.579079       1 network.go:106] failed to register network: failed to acquire lease: node "iz25beglnhtz" not found',
    '-3 0.03830     host iZ25mjza4msZ',
    'node2 does not resolve to 10.0.0.12',
  ],
  'hosts-clock-skew': [
    'HEALTH_WARN clock skew detected on mon.node2',
    'Unable to connect to the server: x509: certificate has expired or is not yet valid: current time 2017-01-01T00:00:00Z is before 2017-01-02T00:00:00Z',
    'The clock of node1 is 3.20 s ahead of that of node2; 0.05 s are allowed. chrony has not found a server to correct it by.',
    'E: Release file for http://deb.debian.org/debian/dists/bookworm/InRelease is not valid yet (invalid for another 5h 1min 2s). Updates for this repository will not be applied.',
  ],
  'hosts-timezone-pods': [
    'Mon Feb 20 03:49:53 UTC 2017',
    'Binary files /etc/localtime and /usr/share/zoneinfo/PRC differ',
  ],
  'hosts-root-disk-small': [
    '/dev/sda1       5.8G  5.1G  448M   92% /',
    "0/3 nodes are available: 1 node(s) had taint {node.kubernetes.io/disk-pressure: }, that the pod didn't tolerate.",
    '  DiskPressure  True  Fri, 08 Dec 2017 10:22:01 +0800  KubeletHasDiskPressure  kubelet has disk pressure',
    '/ of node1 is too full for the system: 0.5 of 6.0 GiB are free (8 %), 1.0 GiB are needed.',
    'write /var/lib/docker/tmp/x: no space left on device',
  ],
  'hosts-ports-closed': [
    'node1 cannot reach node2 (10.0.0.12) on 10250/tcp, kubelet: no answer',
    '[discovery] Failed to request cluster info, will try again: [Get http://123.56.200.187:9898/cluster-info/v1/?token-id=2e7da9: dial tcp]',
  ],
  'hosts-registry-blocked': [
    '[apiclient] Created API client, waiting for the control plane to become ready',
    'E0712 19:04:15.829223    1257 docker_manager.go:1955] Failed to create pod infra container: ErrImagePull; Skipping pod "kube-addon-manager-minikubevm_kube-system(48abed82af93bb0b941173334110923f)": image pull Failed for gcr.io/google_containers/pause-amd64:3.0,this may be because there are no credentials on this request. details: (Error response from daemon: Get https://gcr.io/v1/_ping: dial tcp 74.125.28.82:443: I/O timeout)',
    'Get https://gcr.io/v1/_ping: dial tcp 74.125.28.82:443: i/o timeout',
    'Error response from daemon: Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host',
    'Error response from daemon: Get "https://10.77.2.250:5000/v2/": dial tcp 10.77.2.250:5000: connect: no route to host',
    'Error response from daemon: Get "https://k8s.gcr.io/v2/": net/http: TLS handshake timeout',
    'cannot reach the package source http://mirror.example.com/debian/dists/bookworm/InRelease: Could not resolve',
    'E: Failed to fetch http://deb.debian.org/x  Could not connect to deb.debian.org:80 (151.101.2.132). - connect (111: Connection refused)',
  ],
  'docker-insecure-registry': [
    'Error response from daemon: Get https://hub.tonybai.com:31777/v1/users/: http: server gave HTTP response to HTTPS client',
    'time="2026-11-21T23:43:53" level=info msg="Attempting next endpoint for pull after error: Get \\"https://10.77.4.11:5005/v2/\\": tls: first record does not look like a TLS handshake"',
  ],
  'docker-graph-key': [
    "unable to configure the Docker daemon with file /etc/docker/daemon.json: the following directives don't match any configuration option: graph",
    'unknown flag: --graph',
  ],
  'docker-volume-inodes': [
    'github.com/docker/docker/volume/local.(*Root).Get(0xc000aee820, 0xc003d1e3c0, 0x40, 0x1, 0x0, 0x0, 0x0)',
    'drwxr-xr-x 1 root root 512378124 Aug 26 2020 _data',
    '03fed51454c2 c2e6abc00a12 "java -Xms8092m -Xmx…" 3 minutes ago Created k8s_docker-image_dynamic-bg-service-cpu-28-achieve-......',
    'github.com/docker/docker/volume/service.(*VolumesService).Unmount(0xc000a96540, 0x5597cbf18f40, 0xc00013e038, 0xc0016f1ce0, 0xc00381b040, 0x40)',
    'github.com/docker/docker/daemon.(*volumeWrapper).Unmount(0xc003cdede0, 0xc00381b040, 0x40, 0x0, 0x0)',
  ],
  'docker-apt-minimal': [
    'error: failed to run Kubelet: failed to create kubelet: misconfiguration: kubelet cgroup driver: "cgroupfs" is different from docker cgroup driver: "systemd"',
    'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
    'the engine does not use the cgroup driver systemd',
  ],
  ...KUBERNETES_LINES,
  ...CEPH_LINES,
  ...NETWORK_LINES,
  ...HARBOR_LINES,
  ...LOGGING_LINES,
};

/** Is the task one of these? `*` stands for anything. */
function isNamed(task: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => {
    const parts = pattern.split('*').map((part) => part.replaceAll('.', '\\.'));
    return new RegExp(`^${parts.join('.+')}$`).test(task);
  });
}

describe('the catalogue', () => {
  it('has every documented pitfall, each once, and no other', () => {
    expect(DOCUMENTED).toHaveLength(64);
    const ids = catalogue.map(({ id }) => id);
    expect({
      missing: DOCUMENTED.filter((id) => !ids.includes(id)),
      unknown: ids.filter((id) => !DOCUMENTED.includes(id)),
      twice: ids.filter((id, place) => ids.indexOf(id) !== place),
    }).toEqual({ missing: [], unknown: [], twice: [] });
    expect(findPitfall('docker-graph-key')?.stage).toBe('docker');
    expect(findPitfall('no-such-pitfall')).toBeUndefined();
  });

  it.each(Object.entries(LINES).flatMap(([id, lines]) => lines.map((line) => [id, line] as const)))(
    'knows %s by "%s"',
    (id, line) => expect(matchPitfall([line], catalogue)?.id).toBe(id),
  );

  it('knows each one by at least one line, unless there is none', () => {
    const silent = catalogue.filter(({ symptoms }) => symptoms.length === 0).map(({ id }) => id);
    expect(silent).toEqual(['ceph-k8s-admin-user']);
    expect(Object.keys(LINES).toSorted()).toEqual(DOCUMENTED.filter((id) => !silent.includes(id)).toSorted());
  });

  it('leaves ordinary lines alone', () => {
    const lines = [
      'Setting up docker.io (20.10.24+dfsg1-1+deb12u1+b6) ...',
      'the ports of the other hosts have not been tried',
      'Get:1 http://deb.debian.org/debian bookworm InRelease [151 kB]',
      'docker.service is active (running)',
      '-2 0.03830     host node1',
      '  DiskPressure     False   Mon, 16 Oct 2017 10:25:09 +0800   KubeletHasNoDiskPressure   kubelet has no disk pressure',
      'Tolerations:     node.kubernetes.io/disk-pressure:NoSchedule op=Exists',
      'web-0   0/1   Pending   0   3s',
      'mon.node1 monitor has reached quorum!',
      'Mon Feb 20 14:19:13 CST 2017',
      '/dev/sda1       99G   91G  3.2G   97% /data',
      'drwxr-xr-x 2 root root 4096 Aug 26 2020 _data',
      '-rw-r--r-- 1 root root 512378124 Aug 26 2020 image.tar',
      ...HEALTHY_CEPH_LINES,
      '',
    ];
    expect(matchPitfall(lines, catalogue)).toBeUndefined();
  });

  it('names only tasks that exist, and tasks name only pitfalls that they say prevent them', () => {
    const tasks = new Map<string, ReadonlySet<string>>();
    for (const [inventory, facts] of everyVariant()) {
      for (const playbook of playbooks) {
        const plays = ['node1', 'node2'].flatMap((host) => playsOn(playbook, inventory, host, facts));
        for (const { id, prevents = [] } of plays.flatMap(({ tasks: own }) => own)) {
          tasks.set(id, new Set([...(tasks.get(id) ?? []), ...prevents]));
        }
      }
    }
    const named = (id: string, pattern: string): boolean =>
      [...tasks].some(([task, prevents]) => isNamed(task, [pattern]) && prevents.has(id));
    const missing = catalogue.flatMap(({ id, preventedBy }) =>
      preventedBy.filter((pattern) => !named(id, pattern)).map((pattern) => `no ${pattern} prevents ${id}`),
    );
    const untold = [...tasks].flatMap(([task, prevents]) =>
      [...prevents]
        .filter((id) => !isNamed(task, findPitfall(id)?.preventedBy ?? []))
        .map((id) => `${id} does not say that ${task} prevents it`),
    );
    expect([...missing, ...untold]).toEqual([]);
  });

  it('says how to probe it, or why that cannot be', () => {
    const unclear = catalogue.filter(({ probe, clusterProbe, operatorProbe, noProbe }) => {
      const isAsked = [probe, clusterProbe, operatorProbe].some((each) => each !== undefined);
      return isAsked === (noProbe !== undefined) || noProbe === '';
    });
    expect(unclear.map(({ id }) => id)).toEqual([]);
  });

  it('says what it applies to', () => {
    expect(catalogue.filter(({ versions }) => versions.trim() === '').map(({ id }) => id)).toEqual([]);
  });

  it('is described page by page in full sentences', () => {
    for (const { id, meaning, remedy, title } of catalogue) {
      expect([id, meaning.endsWith('.'), remedy.risk.endsWith('.'), title.endsWith('.')]).toEqual([
        id,
        true,
        true,
        false,
      ]);
      expect(remedy.steps.length).toBeGreaterThan(0);
    }
  });

  it('is in the docs: in docs/stages.md where the stage has a section, and in docs/pitfalls.md', () => {
    const text = (name: string): string =>
      readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8');
    const [stages, pitfalls] = [text('stages.md'), text('pitfalls.md')];
    const hasSection = (stage: string): boolean => stages.includes(`\n## ${stage}\n`);
    const untold = catalogue.filter(
      ({ id, stage }) =>
        !pitfalls.includes(`\n### ${id}\n`) || (hasSection(stage) && !stages.includes(`\`${id}\``)),
    );
    expect(untold.map(({ id }) => id)).toEqual([]);
    expect(new Set(catalogue.map(({ stage }) => stage).filter((stage) => !hasSection(stage)))).toEqual(
      new Set(['harbor', 'logging']),
    );
  });
});
