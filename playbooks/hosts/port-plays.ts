import { readFileSync } from 'node:fs';
import type { Play, PlaybookContext } from '../../src/engine/play.js';
import type { Task } from '../../src/engine/task.js';
import type { Host } from '../../src/inventory/inventory.js';
import { lines, rawScript, type Script, sh } from '../../src/shell/script.js';
import { command } from '../../src/tasks/command.js';
import { keyHash, keyOf } from '../key-of.js';
import { isProven, recordProof } from '../proven-once.js';
import { portsOf, ways, type Way } from './ports.js';

const FUNCTIONS = rawScript(readFileSync(new URL('./ports.sh', import.meta.url), 'utf8'));
const PROOF = 'ports-open';
/** Seconds after which the listeners end by themselves. */
const LISTEN = 120;
/** Tries that run at once on a host. */
const AT_ONCE = 64;
const prevents = ['hosts-ports-closed'];

/**
 * A real two-way check of the ports between hosts, never a guess from firewall rules: listeners on all hosts, then tries
 * from all hosts, then the listeners go. A second run finds the record of the proof. The ports are checked only when every
 * host that has to do with them is in the run.
 */
export function portPlays({ inventory, facts, outputs }: PlaybookContext): readonly Play[] {
  const all = ways(inventory);
  const hosts = inventory.hosts.filter((host) => all.some(({ from, to }) => from === host || to === host));
  if (hosts.length === 0 || hosts.some(({ name }) => !facts.has(name))) return [];
  const what = all.map(({ from, to, protocol, port }) => [from.address, to.address, protocol, port]);
  const due = hosts.some(({ name }) => {
    const proofs = facts.get(name)?.proofs;
    return proofs !== undefined && proofs[PROOF] !== keyHash(what);
  });
  const isOver = due ? sh`false` : lines(sh`{ ${keyOf(what)}`, sh`${isProven(PROOF)}; }`);
  const served = (host: Host): readonly string[] =>
    (outputs.get(host.name)?.get('served-ports') ?? '').split('\n');
  return [
    {
      id: 'port-listeners',
      title: 'Listeners on the ports that other hosts must reach',
      hosts,
      tasks: (host) => [listeners(host, portsOf(host, all), isOver)],
    },
    {
      id: 'ports-between-hosts',
      title: 'Every host reaches the ports of every other that it needs',
      hosts,
      tasks: (host) => [
        portsOpen(
          host,
          all.filter((way) => way.from === host && !isServed(way, served(way.to))),
          keyOf(what),
        ),
      ],
    },
    {
      id: 'port-listeners-gone',
      title: 'The listeners are gone',
      hosts,
      tasks: () => [listenersClosed()],
    },
  ];
}

function isServed({ protocol, port }: Way, served: readonly string[]): boolean {
  return protocol === 'udp' && served.includes(String(port));
}

function listeners(host: Host, ports: readonly string[], isOver: Script): Task {
  return command({
    id: 'port-listeners',
    title: 'listeners answer until the ports are proven open',
    after: ['base-packages'],
    prevents,
    check: sh`${FUNCTIONS}
${isOver} || are_listening || differs 'the ports between the hosts have not been tried'`,
    apply: sh`${FUNCTIONS}
start_listeners ${[LISTEN, host.address, ...ports]} && rm -f "$STATE"/proofs/${PROOF}`,
    output: {
      name: 'served-ports',
      secret: false,
      read: sh`${FUNCTIONS}
served_ports`,
    },
  });
}

function portsOpen(host: Host, mine: readonly Way[], key: Script): Task {
  const tries = mine.map(
    ({ protocol, to, port, purpose }, index) =>
      sh`try_way "$folder"/${String(index).padStart(5, '0')} ${[protocol, to.name, to.address, port, purpose]} &${rawScript(
        (index + 1) % AT_ONCE === 0 ? '\nwait' : '',
      )}`,
  );
  return command({
    id: PROOF,
    title: 'the ports of the other hosts can be reached',
    after: ['port-listeners'],
    prevents,
    timeout: { apply: 300 },
    check: sh`${key}
${isProven(PROOF)} || differs 'the ports of the other hosts have not been tried'`,
    apply: lines(
      FUNCTIONS,
      sh`HOST=${host.name}
folder=$(mktemp -d) || exit 2
trap 'rm -rf "$folder"' EXIT`,
      ...tries,
      sh`wait
failed=$(cat "$folder"/* 2>/dev/null)
if [ -n "$failed" ]; then
  printf '%s\n' "$failed" 'Open these ports between the hosts (firewall of the hosts, security group of the cloud), then run again: provision stage hosts'
  exit 1
fi
${key}
${recordProof(PROOF)}`,
    ),
  });
}

function listenersClosed(): Task {
  return command({
    id: 'port-listeners-closed',
    title: 'no listener of ours is left',
    after: ['port-listeners'],
    check: sh`${FUNCTIONS}
! are_listening || differs 'the listeners are still there'`,
    apply: sh`${FUNCTIONS}
stop_listeners`,
  });
}
