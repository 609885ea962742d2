import { describe, expect, it } from 'vitest';
import { loadInventory } from '../../../src/inventory/load.js';
import { summarize } from '../../../src/inventory/summary.js';

async function summary(text: string, env: Record<string, string> = {}): Promise<string> {
  return summarize(await loadInventory('/etc/inventory.yaml', { env, readFile: () => Buffer.from(text) }));
}

describe('summarize', () => {
  it('shows the hosts and says when everything is the default', async () => {
    expect(await summary('cluster: demo\nhosts: {node1: {address: 10.0.0.11}}')).toBe(
      [
        'demo: 1 host',
        '',
        'host   address    reached at  roles',
        'node1  10.0.0.11  10.0.0.11   -',
        '',
        'All settings have their defaults.',
      ].join('\n'),
    );
  });

  it('shows how each host is reached and what differs from the defaults, and no secret', async () => {
    const text = `
cluster: demo
timezone: Asia/Shanghai
ssh: {user: ops, password: "\${env:PW}", proxyJump: "a,b@c:22"}
hosts:
  node[1:2]: {address: "fd00::[1:2]", ssh: {port: 2222, transport: openssh}}
  gate: {address: fd00::3, roles: [docker], ssh: {host: gate.example.com, proxyJump: [], identityFile: keys/id}}
proxy: {http: "http://me:secret-pw@proxy:3128", noProxy: [.example.com, x]}
docker: {dataRoot: /data, logMaxFiles: 5}
`;
    expect(await summary(text, { PW: 'hunter2' })).toBe(
      [
        'demo: 3 hosts',
        '',
        'host   address  reached at                        roles',
        'node1  fd00::1  ops@[fd00::1]:2222 via a, b@c:22  -',
        'node2  fd00::2  ops@[fd00::2]:2222 via a, b@c:22  -',
        'gate   fd00::3  ops@gate.example.com              docker',
        '',
        'Settings that are not the default:',
        '  ssh.identityFile    /etc/keys/id (gate)',
        '  ssh.password        (not shown)',
        '  ssh.sudoPassword    (not shown)',
        '  ssh.transport       openssh (node1, node2)',
        '  timezone            Asia/Shanghai',
        '  proxy.http          http://me:********@proxy:3128',
        '  proxy.noProxy       .example.com, x',
        '  docker.dataRoot     /data',
        '  docker.logMaxFiles  5',
      ].join('\n'),
    );
  });

  it('shows the nodes of Kubernetes and what its components are told', async () => {
    const text = `
cluster: demo
hosts:
  node1: {address: 10.0.0.1, roles: [control-plane, worker], labels: {disk: ssd, empty: ""}}
  node2: {address: 10.0.0.2, roles: [worker], labels: {disk: ssd}, taints: ["use=x:NoSchedule"]}
kubernetes:
  version: 1.34
  podSubnet: 10.250.0.0/16
  schedulableControlPlane: true
  evictionHard: {nodefs.available: 5%}
  extraArgs: {apiServer: {v: 2, audit-log-path: /var/log/audit.log}}
  kubeletConfig: {maxPods: 50}
  patches: {etcd.yaml: "{}"}
network: {backend: host-gw}
`;
    const lines = (await summary(text)).split('\n');
    expect(lines.slice(lines.indexOf('Settings that are not the default:') + 1)).toEqual([
      '  labels                                    disk=ssd',
      '  labels                                    empty= (node1)',
      '  taints                                    use=x:NoSchedule (node2)',
      '  kubernetes.version                        1.34',
      '  kubernetes.podSubnet                      10.250.0.0/16',
      '  kubernetes.schedulableControlPlane        true',
      '  kubernetes.evictionHard.nodefs.available  5%',
      '  network.backend                           host-gw',
      '  kubernetes.extraArgs.apiServer            v=2, audit-log-path=/var/log/audit.log',
      '  kubernetes.kubeletConfig                  maxPods=50',
      '  kubernetes.patches                        etcd.yaml',
    ]);
  });

  it('shows where data is stored and what is made in Ceph', async () => {
    const text = `
cluster: demo
hosts:
  node[1:3]: {address: "10.0.0.[1:3]", roles: [mon, osd]}
  node4: {address: 10.0.0.4, roles: [osd], osds: [/dev/sdb, /data/osd1]}
ceph:
  release: pacific
  pools: {kube: , logs: {size: 2}}
  images: {kube/registry: {size: 10G}}
  clients: {kube: {pools: [kube]}}
`;
    const lines = (await summary(text)).split('\n');
    expect(lines.slice(lines.indexOf('Settings that are not the default:') + 1)).toEqual([
      '  osds          /dev/sdb, /data/osd1 (node4)',
      '  ceph.release  pacific',
      '  ceph.pools    kube, logs',
      '  ceph.images   kube/registry',
      '  ceph.clients  kube',
    ]);
  });
});
