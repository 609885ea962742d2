import { readFileSync } from 'node:fs';
import type { Play, PlaybookContext } from '../../src/engine/play.js';
import type { Task } from '../../src/engine/task.js';
import type { Host } from '../../src/inventory/inventory.js';
import { lines, rawScript, type Script, sh } from '../../src/shell/script.js';
import { command } from '../../src/tasks/command.js';
import { dueAfter } from '../due-after.js';
import { keyOf } from '../key-of.js';
import { isProven, recordProof } from '../proven-once.js';
import { portsOf, ways, type Way } from './ports.js';

const FUNCTIONS = rawScript(readFileSync(new URL('./ports.sh', import.meta.url), 'utf8'));
const LISTENERS = 'port-listeners';
const PROOF = 'ports-open';
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
 * from all hosts, then the listeners go. A second run finds the record of the proof. The ports are checked only when every
 * host that has to do with them is in the run.
 */
export function portPlays({ inventory, facts, outputs }: PlaybookContext): readonly Play[] {
  const all = ways(inventory);
  const hosts = inventory.hosts.filter((host) => all.some(({ from, to }) => from === host || to === host));
  if (hosts.length === 0 || hosts.some(({ name }) => !facts.has(name))) return [];
  const key = keyOf(all.map(({ from, to, protocol, port }) => [from.address, to.address, protocol, port]));
  const told = ({ name }: Host): readonly string[] =>
    outputs.get(name)?.get(LISTENERS)?.split('\n') ?? ['listening'];
  return [
    {
      id: 'port-listeners',
      title: 'Listeners on the ports that other hosts must reach',
      hosts,
      tasks: (host) => [listeners(host, portsOf(host, all), key)],
    },
    {
      id: 'ports-between-hosts',
      title: 'Every host reaches the ports of every other that it needs',
      hosts,
      tasks: (host) => {
        const tries = all.filter(({ from }) => from === host).flatMap((way) => tryOf(way, told(way.to)));
        return [portsOpen(host, tries, key)];
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

interface Try {
  readonly way: Way;
  readonly kind: 'tcp' | 'udp' | 'refused';
}

/**
 * How a way can be tried, by what its end tells of itself. A host whose own ports were proven before has no listeners: it
 * refuses TCP where nothing serves yet, which shows as well that the way is open; UDP tells nothing then.
 */
function tryOf(way: Way, [state, ...served]: readonly string[]): readonly Try[] {
  if (way.protocol === 'tcp') return [{ way, kind: state === 'idle' ? 'refused' : 'tcp' }];
  return state === 'idle' || served.includes(String(way.port)) ? [] : [{ way, kind: 'udp' }];
}

function listeners(host: Host, ports: readonly string[], key: Script): Task {
  return command({
    id: LISTENERS,
    title: 'listeners answer until the ports are proven open',
    prevents,
    check: sh`${FUNCTIONS}
${key}
${isProven(PROOF)} || will_listen || differs 'the ports between the hosts have not been tried'`,
    apply: sh`${FUNCTIONS}
start_listeners ${[LISTEN, host.address, ...ports]}`,
    output: {
      name: LISTENERS,
      secret: false,
      read: sh`${FUNCTIONS}
tell_listeners`,
    },
  });
}

function portsOpen(host: Host, tries: readonly Try[], key: Script): Task {
  const calls = tries.map(({ kind, way: { to, port, purpose } }, index) => {
    const pause = rawScript((index + 1) % AT_ONCE === 0 ? '\nwait' : '');
    const file = sh`"$folder"/${String(index).padStart(5, '0')}`;
    return sh`try_way ${file} ${[kind, to.name, to.address, port, purpose]} &${pause}`;
  });
  return command({
    id: PROOF,
    title: 'the ports of the other hosts can be reached',
    after: [LISTENERS],
    prevents,
    timeout: { apply: TRY },
    check: sh`${key}
if pending port-listeners; then
  differs 'the ports of the other hosts will be tried'
  exit 1
fi
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
${key}
${recordProof(PROOF)}`,
    ),
  });
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
