import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type E2eLab, provisionedLab } from './lab.js';
import { named, provisionJson } from './provision.js';

interface Drift {
  readonly what: string;
  readonly command: string;
  /** Tasks that must be planned and repaired, and no others. */
  readonly repaired: readonly string[];
}

const DRIFTS: readonly Drift[] = [
  {
    what: 'daemon.json deleted',
    command: 'rm /etc/docker/daemon.json',
    repaired: ['docker/docker-daemon-json', 'docker/docker-restart'],
  },
  {
    what: 'the service stopped',
    command: 'systemctl stop docker.socket docker',
    repaired: ['docker/docker-service'],
  },
  {
    what: '/etc/hosts edited',
    command: "sed -i 's/node2/nodeX/' /etc/hosts",
    repaired: ['hosts/hosts-file'],
  },
  { what: 'a package removed', command: 'apt-get -qq -y remove socat', repaired: ['hosts/base-packages'] },
  {
    what: 'a sysctl changed',
    command: 'sysctl -qw vm.max_map_count=65530',
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
      const plan = await provisionJson(lab.folder, ['plan', 'lab.yaml']);
      expect(named(plan.tasks, 'change')).toEqual(expected);
      const up = await provisionJson(lab.folder, ['up', 'lab.yaml', '--yes']);
      expect(named(up.tasks, 'changed')).toEqual(expected);
      expect(up.code).toBe(0);
      expect((await provisionJson(lab.folder, ['plan', 'lab.yaml'])).summary.changed).toBe(0);
    },
  );
});
