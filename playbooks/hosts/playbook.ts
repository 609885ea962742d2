import type { Play, Playbook, PlaybookContext } from '../../src/engine/play.js';
import { aptProxy, proxyFile } from '../proxy.js';
import { kernel } from './kernel.js';
import { packageMirror } from './mirror.js';
import { names } from './names.js';
import { basePackages } from './packages.js';
import { pitfalls } from './pitfalls.js';
import { portPlays } from './port-plays.js';
import { preflight } from './preflight.js';
import { reachability } from './reachability.js';
import { clockAgrees, oneTime, timeHandlers } from './time.js';

/** Plain hosts become hosts that know each other: named, on one time, tuned, with open ports between them. */
export const hosts: Playbook = {
  stage: 'hosts',
  title: 'Names, time, kernel settings, base packages, open ports',
  needs: [],
  hosts: (inventory) => inventory.hosts,
  plays,
  pitfalls,
};

function plays(context: PlaybookContext): readonly Play[] {
  const { inventory, facts } = context;
  const { mirror } = inventory.packages;
  const secrets = () => (inventory.proxy === undefined ? {} : { 'apt-proxy': aptProxy(inventory) });
  return [
    {
      id: 'preflight',
      title: 'What must be true before anything is changed',
      hosts: inventory.hosts,
      tasks: (host) => [
        ...preflight(host, inventory, facts.get(host.name)),
        ...reachability(host, inventory, facts.get(host.name)),
      ],
      secrets,
    },
    {
      id: 'base',
      title: 'Names, packages, kernel settings',
      hosts: inventory.hosts,
      tasks: (host) => [
        ...names(host, inventory),
        proxyFile('apt-proxy', '/etc/apt/apt.conf.d/90provision-proxy', inventory),
        ...(mirror === undefined ? [] : [packageMirror(mirror, facts.get(host.name)?.os)]),
        basePackages(host, inventory, facts.get(host.name)),
        ...kernel(host),
      ],
      secrets,
    },
    {
      id: 'time',
      title: 'One time zone, one time',
      hosts: inventory.hosts,
      tasks: (host) => oneTime(inventory, facts.get(host.name)),
      handlers: () => timeHandlers(inventory),
    },
    {
      id: 'clocks',
      title: 'The clocks agree',
      hosts: inventory.hosts,
      tasks: (host) => [clockAgrees(host, inventory, facts)],
    },
    ...portPlays(context),
  ];
}
