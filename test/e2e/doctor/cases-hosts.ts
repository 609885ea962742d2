import { until } from '../until.js';
import { type Case, sleeper } from './case.js';

const unreachable = (address: string): string => address.replace(/\d+$/, '250');

export const hostCases: readonly Case[] = [
  {
    id: 'hosts-name-mismatch',
    make: (lab) => lab.on('node2', `sed -i '/[[:space:]]node3$/d' /etc/hosts && ! getent hosts node3`),
    pairs: true,
  },
  {
    id: 'hosts-timezone-pods',
    make: async (lab) => {
      await lab.kubectl(
        'run no-time --image=busybox:1.35 --image-pull-policy=IfNotPresent --restart=Never -- sleep 36000',
      );
      await lab.kubectl('wait --for=condition=Ready pod/no-time --timeout=60s');
    },
    byHand: async (lab) => {
      await lab.kubectl('delete pod no-time --grace-period=1');
      await lab.apply(sleeper('with-time'));
      await lab.kubectl('wait --for=condition=Ready pod/with-time --timeout=60s');
    },
    after: (lab) => lab.kubectl('delete pod with-time --grace-period=1'),
  },
  {
    id: 'hosts-ports-closed',
    make: (lab) => lab.on('node2', 'iptables -I INPUT -i host0 -p tcp --dport 10250 -j DROP'),
    byHand: (lab) => lab.on('node2', 'iptables -D INPUT -i host0 -p tcp --dport 10250 -j DROP'),
  },
  {
    id: 'hosts-registry-blocked',
    make: async (lab) => {
      const image = `${unreachable(lab.address('node1'))}:5000/some/image:1`;
      await lab.kubectl(`run blocked --image=${image} --restart=Never`);
    },
    byHand: (lab) => lab.kubectl('delete pod blocked --grace-period=0 --force'),
  },
];

export const dockerCases: readonly Case[] = [
  {
    id: 'docker-insecure-registry',
    make: async (lab) => {
      await lab.on(
        'node1',
        `systemd-run -q --unit=plain-registry python3 -c '
import http.server
class Plain(http.server.BaseHTTPRequestHandler):
    default_request_version = "HTTP/1.1"
    def do_GET(self):
        self.send_response(404); self.end_headers()
http.server.HTTPServer(("", 5005), Plain).serve_forever()'`,
      );
      await until('the engine refused by a registry without TLS', 60, async () =>
        (await lab.said('node2', `docker pull ${lab.address('node1')}:5005/some/image:1`)).includes(
          'server gave HTTP response to HTTPS client',
        ),
      );
    },
    inventory: (lab) =>
      lab.write('lab.yaml', ({ docker }) => {
        docker['insecureRegistries'] = [`${lab.address('node1')}:5005`];
      }),
    after: (lab) => lab.on('node1', 'systemctl stop plain-registry'),
  },
  {
    id: 'docker-apt-minimal',
    make: (lab) => lab.on('node3', 'systemctl disable docker.service 2>&1'),
    pairs: true,
  },
  {
    id: 'docker-volume-inodes',
    make: (lab) =>
      lab.on(
        'node3',
        `docker volume create spool
        cd /var/lib/docker/volumes/spool/_data && seq 1 65200 | xargs mkdir
        stat -c %h . | grep -qx 1`,
      ),
    byHand: (lab) =>
      lab.on('node3', 'find /var/lib/docker/volumes/spool/_data -delete; docker volume rm -f spool'),
  },
];

/** On a host with Docker alone. */
export const dockerHostCases: readonly Case[] = [
  {
    id: 'docker-graph-key',
    make: (lab) =>
      lab.on(
        'node1',
        `sed -i 's/^{/{ "graph": "\\/var\\/lib\\/docker",/' /etc/docker/daemon.json
        ! systemctl restart docker 2>&1
        journalctl -u docker -n 50 -o cat | grep "don't match any configuration option: graph"`,
      ),
  },
  {
    id: 'hosts-root-disk-small',
    // A file system of its own for what the engine keeps, and nearly nothing left on it.
    make: (lab) =>
      lab.on(
        'node1',
        `systemctl stop docker.socket docker 2>&1
        mount -t tmpfs -o size=300M tmpfs /var/lib/docker
        systemctl start docker
        fallocate -l 280M /var/lib/docker/filled`,
      ),
    inventory: (lab) =>
      lab.write('lab.yaml', ({ docker }) => {
        docker['dataRoot'] = '/srv/docker';
      }),
  },
];
