import { readFileSync } from 'node:fs';
import type { HostFacts } from '../../src/engine/facts.js';
import type { Handler, Task } from '../../src/engine/task.js';
import type { Host, Inventory } from '../../src/inventory/inventory.js';
import { rawScript, sh } from '../../src/shell/script.js';
import { command } from '../../src/tasks/command.js';
import { file } from '../../src/tasks/file.js';
import { service } from '../../src/tasks/service.js';
import { timezone } from '../../src/tasks/timezone.js';
import { type Daemon, restartOlderDaemon, runningDaemon } from '../daemon.js';
import { onlyWhere } from '../only-where.js';

const FUNCTIONS = rawScript(readFileSync(new URL('./time.sh', import.meta.url), 'utf8'));
const CHRONY: Daemon = {
  unit: 'chrony.service',
  pidFile: '/run/chrony/chronyd.pid',
  program: 'chronyd',
};
const CONFIGURATION = '/etc/chrony/chrony.conf';
/** Seconds to find the servers. */
const DEADLINE = 60;
/** What systemd-detect-virt calls containers; systemd-timesyncd does not run in them. */
const CONTAINER = /^(systemd-nspawn|lxc|lxc-libvirt|docker|podman|openvz|rkt|wsl|proot|pouch)$/;

/** The programs that keep the time and that we leave where we find them. */
const KEPT = ['systemd-timesyncd', 'ntp', 'ntpsec', 'openntpd'] as const;
export type TimeService = 'chrony' | (typeof KEPT)[number];

/** Who keeps the host's time: chrony when the inventory names servers or nobody does yet, else who does it now. */
export function timeServiceOf({ time }: Inventory, facts: HostFacts | undefined): TimeService {
  const found = KEPT.find((each) => each === facts?.timeSync);
  if (time.servers.length > 0 || found === undefined) return 'chrony';
  const runs = found !== 'systemd-timesyncd' || !CONTAINER.test(facts?.virtualization ?? '');
  return runs ? found : 'chrony';
}

/** Time zone, servers, and the program that keeps the time. */
export function oneTime(inventory: Inventory, facts: HostFacts | undefined): readonly Task[] {
  const keeper = timeServiceOf(inventory, facts);
  const { servers } = inventory.time;
  return [
    timezone({ id: 'time-zone', name: inventory.timezone, prevents: ['hosts-timezone-pods'] }),
    ...(servers.length === 0
      ? []
      : [
          file({
            id: 'time-servers',
            title: `the time comes from ${servers.join(', ')}`,
            path: CONFIGURATION,
            content: chronyConfiguration(servers),
            prevents: ['hosts-clock-skew'],
          }),
        ]),
    whereClockIsOurs(keepsTime(keeper)),
  ];
}

function keepsTime(keeper: TimeService): Task {
  const options = {
    id: 'time-service',
    title: `${keeper} keeps the time`,
    after: ['base-packages'],
    prevents: ['hosts-clock-skew'],
  };
  if (keeper === 'chrony') return runningDaemon(CHRONY, options);
  return service({ ...options, unit: `${keeper}.service`, enabled: true, running: true });
}

/** chrony reads its servers when it starts. */
export function timeHandlers(inventory: Inventory): readonly Handler[] {
  if (inventory.time.servers.length === 0) return [];
  const restart = restartOlderDaemon(CHRONY, {
    id: 'time-restart',
    reads: [CONFIGURATION],
    tasks: ['time-servers'],
  });
  return [whereClockIsOurs(restart)];
}

function whereClockIsOurs(task: Task): Task {
  return onlyWhere(
    sh`{
${FUNCTIONS}
sets_clock; }`,
    task,
  );
}

/** As the distribution's, with the servers of the inventory for its own. */
export function chronyConfiguration(servers: readonly string[]): string {
  return `# Written by provision.
${servers.map((server) => `server ${server} iburst\n`).join('')}driftfile /var/lib/chrony/chrony.drift
logdir /var/log/chrony
maxupdateskew 100.0
rtcsync
# Steps at most in the first three updates; later it slews, so that no program sees time go back.
makestep 1 3
`;
}

/** The clocks agree, or are being corrected: Ceph's monitors complain above 0.05 s, certificates much later. */
export function clockAgrees(host: Host, inventory: Inventory, facts: ReadonlyMap<string, HostFacts>): Task {
  const skew = worstSkew(host, inventory, facts);
  const keeper = timeServiceOf(inventory, facts.get(host.name));
  return command({
    id: 'clock-agrees',
    title: `the clock agrees with the other hosts to ${inventory.time.maxSkew} s, or is being corrected`,
    after: ['time-servers', 'time-service'],
    prevents: ['hosts-clock-skew'],
    timeout: { check: DEADLINE + 30 },
    check:
      skew === undefined
        ? sh`:`
        : sh`${FUNCTIONS}
sets_clock || cannot ${`${skew} ${host.name} is a container that may not set its clock: set that of the machine it runs on.`}
wait_for_clock ${keeper} ${DEADLINE} || cannot ${`${skew} ${keeper} has not found a server to correct it by. Give reachable servers in time.servers of the inventory, and let 123/udp through.`}`,
  });
}

/** The sentence about the host from whose clock this one's differs most, when that is surely too much. */
export function worstSkew(
  host: Host,
  { hosts, time }: Inventory,
  facts: ReadonlyMap<string, HostFacts>,
): string | undefined {
  const own = facts.get(host.name);
  const differences = hosts.flatMap(({ name }) => {
    const peer = facts.get(name);
    if (own?.clockSkew === undefined || peer?.clockSkew === undefined || name === host.name) return [];
    const seconds = own.clockSkew - peer.clockSkew;
    return [{ name, seconds, sure: Math.abs(seconds) - errorOf(own) - errorOf(peer) }];
  });
  const worst = differences.sort((a, b) => b.sure - a.sure)[0];
  if (worst === undefined || worst.sure <= time.maxSkew) return undefined;
  const direction = worst.seconds > 0 ? 'ahead of' : 'behind';
  return `The clock of ${host.name} is ${Math.abs(worst.seconds).toFixed(2)} s ${direction} that of ${worst.name}; ${time.maxSkew} s are allowed.`;
}

function errorOf({ clockSkewError }: HostFacts): number {
  return clockSkewError ?? 0;
}
