import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type E2eLab, provisionedLab } from './lab.js';
import { named, provisionJson } from './provision.js';

interface Drift {
  readonly what: string;
  readonly command: string;
  /** Tasks that must be planned and repaired, and no others. */
  readonly repaired: readonly string[];
}

/** Whatever starts the engine again has a container run anew: a proof is as old as what it proves. */
const DRIFTS: readonly Drift[] = [
  {
    what: 'daemon.json deleted',
    command: 'rm /etc/docker/daemon.json',
    repaired: ['docker/container-runs', 'docker/docker-restart', 'docker/docker-settings'],
  },
  {
    what: 'the service stopped',
    command: 'systemctl stop docker.socket docker',
    repaired: ['docker/container-runs', 'docker/docker-service'],
  },
  {
    what: '/etc/hosts edited',
    command: "sed -i 's/node3/nodeX/' /etc/hosts",
    repaired: ['hosts/hosts-file'],
  },
  { what: 'a package removed', command: 'apt-get -qq -y remove socat', repaired: ['hosts/base-packages'] },
  // One of the host's own network: the kernel's others are shared by all lab hosts.
  {
    what: 'a sysctl changed',
    command: 'sysctl -qw net.ipv4.ip_forward=0',
    repaired: ['hosts/kernel-settings'],
  },
];

describe('drift on one host', () => {
  let lab: E2eLab;

  beforeAll(async () => {
    lab = await provisionedLab('drift', 3);
  });

  afterAll(async () => {
    await lab.destroy();
  });

  it.each(DRIFTS)(
    '$what is planned and repaired, and nothing else touched',
    async ({ command, repaired }) => {
      await lab.exec('node2', ['sh', '-c', command]);
      const expected = repaired.map((task) => `node2 ${task}`);
      const plan = await provisionJson(lab.folder, ['plan', 'lab.yaml', '--to', 'docker']);
      expect(named(plan.tasks, 'change')).toEqual(expected);
      const up = await provisionJson(lab.folder, ['up', 'lab.yaml', '--to', 'docker', '--yes']);
      expect(named(up.tasks, 'changed')).toEqual(expected);
      expect(up.code).toBe(0);
      expect((await provisionJson(lab.folder, ['plan', 'lab.yaml', '--to', 'docker'])).summary.changed).toBe(
        0,
      );
    },
  );
});
