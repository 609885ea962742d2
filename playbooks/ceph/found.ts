import { readFileSync } from 'node:fs';
import type { PlaybookContext } from '../../src/engine/play.js';
import type { Task } from '../../src/engine/task.js';
import type { Host } from '../../src/inventory/inventory.js';
import { rawScript, sh } from '../../src/shell/script.js';
import { command } from '../../src/tasks/command.js';
import { verdict } from '../verdict.js';
import { type CephMembers, isDevice } from './members.js';
import { workFolder } from './work-folder.js';

const FUNCTIONS = rawScript(readFileSync(new URL('./found.sh', import.meta.url), 'utf8'));
const OUTPUT = 'ceph-found';

/** Which cluster a host shows traces of. */
interface Trace {
  /** `conf`: /etc/ceph/ceph.conf; `work`: the folder that the cluster was deployed from; or the directory of an OSD. */
  readonly where: string;
  readonly fsid: string;
}

interface Found {
  readonly traces: readonly Trace[];
  /** The host has the data of a monitor. */
  readonly monitor: boolean;
}

/** Reads what is on the host of this or of an earlier cluster. */
export function readFound(host: Host, { inventory }: PlaybookContext): Task {
  const directories = host.osds.filter((osd) => !isDevice(osd));
  return command({
    id: OUTPUT,
    title: 'what is there of a Ceph cluster is known',
    check: sh`:`,
    output: {
      name: OUTPUT,
      secret: false,
      read: sh`${FUNCTIONS}
tell_found ${[workFolder(inventory.ceph), ...directories]}`,
    },
  });
}

/**
 * The cluster that these hosts are, or are becoming: what the admin host was told, or a monitor of theirs belongs to.
 * undefined: none yet. More than one: there are two clusters.
 */
export function clusterFsids(context: PlaybookContext, members: CephMembers): readonly string[] {
  const found = members.all.flatMap((host) => {
    const { traces, monitor } = foundOn(host, context);
    if (host !== members.admin && !monitor) return [];
    return traces.filter(({ where }) => where === 'conf' || where === 'work').map(({ fsid }) => fsid);
  });
  return [...new Set(found)];
}

/** Is there a monitor already, on any of the hosts? Then there is a cluster. */
export function hasMonitor({ inventory, ...context }: PlaybookContext): boolean {
  return inventory.hosts.some((host) => foundOn(host, context).monitor);
}

/** Nothing on the host belongs to another cluster: pitfall ceph-leftovers. */
export function oneCluster(host: Host, context: PlaybookContext, members: CephMembers): Task {
  return verdict({
    id: 'ceph-one-cluster',
    title: 'nothing on the host belongs to another Ceph cluster',
    prevents: ['ceph-leftovers'],
    problem: leftovers(host, context, members),
  });
}

function leftovers(host: Host, context: PlaybookContext, members: CephMembers): string | undefined {
  const [fsid, ...others] = clusterFsids(context, members);
  if (others.length > 0) return disagreement(context, members);
  const foreign = foundOn(host, context).traces.filter((trace) => trace.fsid !== fsid);
  if (foreign.length === 0) return undefined;
  const cluster = fsid === undefined ? 'not been made yet' : `the fsid ${fsid}`;
  return `${host.name} holds what an earlier cluster left (pitfall ceph-leftovers): ${told(foreign, context)}, and the cluster of this inventory has ${cluster}. If nothing of it is needed any more, remove it: ${resetOf(host.name)}`;
}

/**
 * What every host is told while monitors name different clusters: nothing is right to do on any of them. Where most traces
 * are of one cluster, the others are a mistake, or a host of somebody else, and that host alone is to be looked at.
 */
function disagreement(context: PlaybookContext, members: CephMembers): string {
  const traces = members.all.flatMap((host) =>
    foundOn(host, context).traces.map((trace) => ({ host: host.name, trace })),
  );
  const fsid = mostFrequent(traces.map(({ trace }) => trace.fsid));
  const odd = traces.filter(({ trace }) => trace.fsid !== fsid);
  const hosts = [...new Set(odd.map(({ host }) => host))];
  const each = hosts.map((name) => {
    const own = odd.filter(({ host }) => host === name).map(({ trace }) => trace);
    return `${name}: ${told(own, context)}`;
  });
  const start = `A host holds what an earlier cluster left, or a line of it was changed (pitfall ceph-leftovers): the monitors do not agree on one cluster. ${each.join('. ')}. `;
  if (fsid === undefined) {
    return `${start}Nothing tells which is right. Where only the line "fsid" is wrong, mend it; a host of whose cluster nothing is needed any more: ${resetOf('HOST')}`;
  }
  const resets = hosts.map((name) => resetOf(name)).join(', ');
  return `${start}All else has ${fsid}. Where only that line is wrong, mend it there: fsid = ${fsid}. Where another cluster is, of which nothing is needed any more: ${resets}`;
}

/** undefined when no value is more frequent than every other. */
function mostFrequent(values: readonly string[]): string | undefined {
  const counts = [...new Set(values)].map((value) => ({
    value,
    count: values.filter((each) => each === value).length,
  }));
  const most = Math.max(...counts.map(({ count }) => count));
  const [first, ...equal] = counts.filter(({ count }) => count === most);
  return equal.length === 0 ? first?.value : undefined;
}

function told(traces: readonly Trace[], context: PlaybookContext): string {
  return traces.map(({ where, fsid }) => `${placeOf(where, context)} has the fsid ${fsid}`).join('; ');
}

function resetOf(host: string): string {
  return `provision reset --stage ceph --host ${host}`;
}

function placeOf(where: string, { inventory }: PlaybookContext): string {
  if (where === 'conf') return '/etc/ceph/ceph.conf';
  return where === 'work' ? `${workFolder(inventory.ceph)}/ceph.conf` : where;
}

function foundOn(host: Host, { outputs }: Pick<PlaybookContext, 'outputs'>): Found {
  const words = (outputs.get(host.name)?.get(OUTPUT) ?? '').split('\n').map((line) => line.split(' '));
  return {
    monitor: words.some(([kind]) => kind === 'mon'),
    traces: words.flatMap(([kind = '', first = '', second = '']) => {
      if (kind === 'conf' || kind === 'work') return [{ where: kind, fsid: first }];
      return kind === 'osd' ? [{ where: first, fsid: second }] : [];
    }),
  };
}
