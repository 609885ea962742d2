import { readFileSync } from 'node:fs';
import type { Play, PlaybookContext } from '../../src/engine/play.js';
import type { Task } from '../../src/engine/task.js';
import type { Host } from '../../src/inventory/inventory.js';
import { lines, rawScript, sh } from '../../src/shell/script.js';
import { command } from '../../src/tasks/command.js';
import { dueAfter } from '../due-after.js';
import { keyHash } from '../key-of.js';
import { isProven, recordProof } from '../proven-once.js';
import { portsOf, ways, type Way } from './ports.js';

const FUNCTIONS = rawScript(readFileSync(new URL('./ports.sh', import.meta.url), 'utf8'));
const LISTENERS = 'port-listeners';
const PROOF = 'ports-open';
const SERVED = 'served-udp-ports';
/** Seconds after which the listeners end by themselves. Those younger than a minute are used again. */
const LISTEN = 180;
/** Seconds for all tries of a host. */
const TRY = 110;
/** Tries that run at once on a host. */
const AT_ONCE = 64;
const ADVICE =
  'Open these ports between the hosts (firewall of the hosts, security group of the cloud), then run again: provision stage hosts';
const prevents = ['hosts-ports-closed'];

/**
 * A real two-way check of the ports between hosts, never a guess from firewall rules: listeners on all hosts, then tries
 * from all hosts, then the listeners go. What was proven is remembered by every host; when one does not know it (a new
 * host, another address), all listen and try again. The ports are checked only when every host that has to do with them
 * is in the run.
 */
export function portPlays({ inventory, facts, outputs }: PlaybookContext): readonly Play[] {
  const all = ways(inventory);
  const hosts = inventory.hosts.filter((host) => all.some(({ from, to }) => from === host || to === host));
  if (hosts.length === 0 || hosts.some(({ name }) => !facts.has(name))) return [];
  const key = keyHash(all.map(({ from, to, protocol, port }) => [from.address, to.address, protocol, port]));
  const due = hosts.some(({ name }) => facts.get(name)?.proofs[PROOF] !== key);
  const served = ({ name }: Host): readonly string[] => outputs.get(name)?.get(SERVED)?.split('\n') ?? [];
  return [
    {
      id: 'port-listeners',
      title: 'Listeners on the ports that other hosts must reach',
      hosts,
      tasks: (host) => [due ? listeners(host, portsOf(host, all)) : noListeners()],
    },
    {
      id: 'ports-between-hosts',
      title: 'Every host reaches the ports of every other that it needs',
      hosts,
      tasks: (host) => {
        const mine = all.filter((way) => way.from === host && !isServed(way, served(way.to)));
        return [portsOpen(host, mine, key)];
      },
    },
    {
      id: 'port-listeners-gone',
      title: 'The listeners are gone',
      hosts,
      tasks: () => [listenersClosed()],
    },
  ];
}

/** A service of the other host has the UDP port: nothing would answer. What it is for is proven by its own stage. */
function isServed({ protocol, port }: Way, served: readonly string[]): boolean {
  return protocol === 'udp' && served.includes(String(port));
}

const LISTENING = { id: LISTENERS, title: 'listeners answer until the ports are proven open', prevents };

function listeners(host: Host, ports: readonly string[]): Task {
  return command({
    ...LISTENING,
    after: ['base-packages'],
    check: sh`${FUNCTIONS}
will_listen || differs 'the ports between the hosts have not been tried'`,
    apply: sh`${FUNCTIONS}
start_listeners ${[LISTEN, host.address, ...ports]} && rm -f "$STATE"/proofs/${PROOF}`,
    output: {
      name: SERVED,
      secret: false,
      read: sh`${FUNCTIONS}
tell_served`,
    },
  });
}

/** All hosts remember that the ports are open. */
function noListeners(): Task {
  return command({ ...LISTENING, check: sh`:` });
}

function portsOpen(host: Host, mine: readonly Way[], key: string): Task {
  const calls = mine.map(({ protocol, to, port, purpose }, index) => {
    const pause = rawScript((index + 1) % AT_ONCE === 0 ? '\nwait' : '');
    const file = sh`"$folder"/${String(index).padStart(5, '0')}`;
    return sh`try_way ${file} ${[protocol, to.name, to.address, port, purpose]} &${pause}`;
  });
  const task = command({
    id: PROOF,
    title: 'the ports of the other hosts can be reached',
    prevents,
    timeout: { apply: TRY },
    check: sh`KEY=${key}
${isProven(PROOF)} || differs 'the ports of the other hosts have not been tried'`,
    apply: lines(
      FUNCTIONS,
      sh`HOST=${host.name}
folder=$(mktemp -d) || exit 2
trap 'rm -rf "$folder"' EXIT`,
      ...calls,
      sh`wait
failed=$(cat "$folder"/* 2>/dev/null)
if [ -n "$failed" ]; then
  printf '%s\n' "$failed" ${ADVICE}
  exit 1
fi
KEY=${key}
${recordProof(PROOF)}`,
    ),
  });
  return dueAfter([LISTENERS], task);
}

function listenersClosed(): Task {
  const task = command({
    id: 'port-listeners-closed',
    title: 'no listener of ours is left',
    check: sh`${FUNCTIONS}
if pending port-listeners; then
  differs 'the listeners will be there'
  exit 1
fi
! are_listening || differs 'the listeners are still there'`,
    apply: sh`${FUNCTIONS}
stop_listeners`,
  });
  return dueAfter([LISTENERS], task);
}
