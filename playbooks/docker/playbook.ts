import type { HostFacts } from '../../src/engine/facts.js';
import type { Play, Playbook, PlaybookContext } from '../../src/engine/play.js';
import type { Task } from '../../src/engine/task.js';
import type { Inventory } from '../../src/inventory/inventory.js';
import { aptKey } from '../../src/tasks/apt-key.js';
import { aptRepository } from '../../src/tasks/apt-repository.js';
import { packages } from '../../src/tasks/packages.js';
import { runningDaemon } from '../daemon.js';
import { dueAfter } from '../due-after.js';
import { dockerProxy, proxyFile } from '../proxy.js';
import { CONTAINERS, hostsWithRole } from '../roles.js';
import { verdict } from '../verdict.js';
import { containerRuns } from './container.js';
import { dataRoot } from './data-root.js';
import { pitfalls } from './pitfalls.js';
import { dockerRelease, type DockerRepository, releaseProblem } from './releases.js';
import { DROP_INS, ENGINE, restartEngine } from './restart.js';
import { daemonJson } from './settings.js';
import { status } from './status.js';

const KEY = '/etc/apt/keyrings/docker.asc';

/** Hosts that run containers get Docker Engine, configured before it first starts. */
export const docker: Playbook = {
  stage: 'docker',
  title: 'Docker Engine',
  needs: ['hosts'],
  hosts: (inventory) => hostsWithRole(inventory, CONTAINERS),
  plays,
  pitfalls,
  status,
};

function plays({ inventory, facts }: PlaybookContext): readonly Play[] {
  const members = hostsWithRole(inventory, CONTAINERS);
  return [
    {
      id: 'engine',
      title: 'Docker Engine',
      hosts: members,
      tasks: (host) => {
        const known = facts.get(host.name);
        return known === undefined ? [] : engine(inventory, known);
      },
      handlers: (host) => {
        const known = facts.get(host.name);
        return known === undefined ? [] : [restartEngine(inventory.docker, known)];
      },
      secrets: () => (inventory.proxy === undefined ? {} : { 'docker-proxy': dockerProxy(inventory) }),
    },
    {
      id: 'container',
      title: 'A container runs',
      hosts: members,
      tasks: (host) => (facts.has(host.name) ? [containerRuns(inventory.docker)] : []),
    },
  ];
}

function engine(inventory: Inventory, facts: HostFacts): readonly Task[] {
  const settings = inventory.docker;
  const release = dockerRelease(settings, facts);
  return [
    verdict({
      id: 'docker-release',
      title: `Docker ${settings.version ?? ''} can be had for this system`.replace('  ', ' '),
      problem: releaseProblem(settings, facts),
    }),
    ...(release.repository === undefined ? [] : packageSource(release.repository)),
    proxyFile('docker-proxy', `${DROP_INS}/http-proxy.conf`, inventory),
    dataRoot(settings),
    daemonJson(settings, release),
    packages({
      id: 'docker-packages',
      install: release.packages,
      hold: settings.version === undefined ? undefined : true,
      lockTimeout: inventory.packages.lockTimeout,
      update: true,
      maskUnits: [ENGINE.unit, 'docker.socket'],
      prevents: ['docker-apt-minimal'],
    }),
    // Moving the data stops the engine.
    dueAfter(
      ['docker-data-root'],
      runningDaemon(ENGINE, {
        id: 'docker-service',
        after: ['docker-packages'],
        prevents: ['docker-apt-minimal'],
      }),
    ),
  ];
}

function packageSource({ uri, suite, component, key }: DockerRepository): readonly Task[] {
  return [
    ...(key === undefined ? [] : [aptKey({ id: 'docker-key', path: KEY, key })]),
    aptRepository({
      id: 'docker-repository',
      file: '/etc/apt/sources.list.d/docker.sources',
      uris: [uri],
      suites: [suite],
      components: [component],
      signedBy: key === undefined ? undefined : KEY,
    }),
  ];
}
