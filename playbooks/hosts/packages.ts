import type { HostFacts } from '../../src/engine/facts.js';
import type { Task } from '../../src/engine/task.js';
import type { Host, Inventory } from '../../src/inventory/inventory.js';
import { packages } from '../../src/tasks/packages.js';
import { CONTAINERS, hasRole } from '../roles.js';
import { timeServiceOf } from './time.js';

/** What the later stages call on every host. */
const BASE = [
  'ca-certificates',
  'conntrack',
  'curl',
  'ebtables',
  'ethtool',
  'gnupg',
  'iproute2',
  'iptables',
  'iputils-ping',
  'kmod',
  'procps',
  'socat',
  'tzdata',
];

/** apt 1.5 learnt https: Debian 10, Ubuntu 18.04. */
const FIRST_WITH_HTTPS: Readonly<Record<string, number>> = { debian: 10, ubuntu: 18.04 };

/** The base packages, and chrony where no other program keeps the time. */
export function basePackages(host: Host, inventory: Inventory, facts: HostFacts | undefined): Task {
  const chrony = timeServiceOf(inventory, facts) === 'chrony';
  return packages({
    id: 'base-packages',
    install: packageNames(host, facts?.os, chrony),
    lockTimeout: inventory.packages.lockTimeout,
    update: true,
    maskUnits: chrony ? ['chrony.service'] : [],
  });
}

export function packageNames(
  host: Host,
  os: HostFacts['os'] | undefined,
  chrony: boolean,
): readonly string[] {
  const first = FIRST_WITH_HTTPS[os?.id ?? ''];
  const old = first !== undefined && os?.version !== undefined && Number(os.version) < first;
  return [
    ...BASE,
    ...(old ? ['apt-transport-https'] : []),
    ...(chrony ? ['chrony'] : []),
    // Where the kernel has AppArmor, no container starts without the program that loads its profile.
    ...(hasRole(host, CONTAINERS) ? ['apparmor'] : []),
  ].sort();
}
