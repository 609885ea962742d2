/** What `ceph -s -f json` says, as far as it is shown. Releases differ in what is there and where. */
interface ClusterStatus {
  readonly health?: {
    /** Since luminous; before, `overall_status`. */
    readonly status?: string;
    readonly overall_status?: string;
    readonly checks?: Readonly<Record<string, { readonly summary?: { readonly message?: string } }>>;
    /** Before luminous. */
    readonly summary?: readonly { readonly summary?: string }[];
  };
  readonly quorum_names?: readonly string[];
  readonly monmap?: { readonly num_mons?: number; readonly mons?: readonly unknown[] };
  readonly mgrmap?: {
    readonly available?: boolean;
    readonly num_standbys?: number;
    readonly standbys?: readonly unknown[];
  };
  /** Until nautilus the numbers lie one level deeper. */
  readonly osdmap?: OsdNumbers & { readonly osdmap?: OsdNumbers };
  readonly pgmap?: {
    readonly num_pgs?: number;
    readonly pgs_by_state?: readonly { readonly state_name: string; readonly count: number }[];
    readonly bytes_used?: number;
    readonly bytes_total?: number;
  };
  readonly fsmap?: {
    readonly by_rank?: readonly { readonly name: string; readonly status: string }[];
    readonly 'up:standby'?: number;
  };
}

interface OsdNumbers {
  readonly num_osds?: number;
  readonly num_up_osds?: number;
  readonly num_in_osds?: number;
}

/** The state of the cluster in a few lines: health, who takes part, how full it is, and what it warns of. */
export function statusLines(printed: string): readonly string[] {
  const status = read(printed);
  if (status === undefined) return ['the answer of the cluster could not be read'];
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['health', status.health?.status ?? status.health?.overall_status],
    ['monitors', monitors(status)],
    ['manager', manager(status)],
    ['osds', osds(status)],
    ['pgs', placementGroups(status)],
    ['usage', usage(status)],
    ['mds', metadataServers(status)],
    ...warnings(status).map((text) => ['warning', text] as const),
  ];
  return rows.flatMap(([name, text]) => (text === undefined ? [] : [`${name.padEnd(9)} ${text}`]));
}

function read(printed: string): ClusterStatus | undefined {
  try {
    const value: unknown = JSON.parse(printed);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function monitors({ quorum_names: names = [], monmap }: ClusterStatus): string {
  const all = monmap?.num_mons ?? monmap?.mons?.length ?? names.length;
  return `${names.length} of ${all} in quorum (${names.join(', ')})`;
}

/** Before luminous there is none. */
function manager({ mgrmap }: ClusterStatus): string | undefined {
  if (mgrmap === undefined) return undefined;
  const standbys = mgrmap.num_standbys ?? mgrmap.standbys?.length ?? 0;
  return `${mgrmap.available === true ? 'active' : 'none is active'}${standby(standbys)}`;
}

function osds({ osdmap }: ClusterStatus): string {
  const numbers = osdmap?.osdmap ?? osdmap;
  const { num_osds: all = 0, num_up_osds: up = 0, num_in_osds: taking = 0 } = numbers ?? {};
  return `${up} of ${all} up, ${taking} in`;
}

function placementGroups({ pgmap }: ClusterStatus): string {
  const states = (pgmap?.pgs_by_state ?? []).map(({ state_name: name, count }) => `${count} ${name}`);
  return [String(pgmap?.num_pgs ?? 0), ...(states.length > 0 ? [`(${states.join(', ')})`] : [])].join(' ');
}

function usage({ pgmap }: ClusterStatus): string | undefined {
  const { bytes_used: used, bytes_total: total } = pgmap ?? {};
  if (used === undefined || total === undefined || total === 0) return undefined;
  return `${gibibytes(used)} of ${gibibytes(total)} (${Math.round((100 * used) / total)} %)`;
}

function metadataServers({ fsmap }: ClusterStatus): string | undefined {
  const ranks = fsmap?.by_rank ?? [];
  const standbys = fsmap?.['up:standby'] ?? 0;
  if (ranks.length === 0) return standbys === 0 ? undefined : `none is active${standby(standbys)}`;
  return `${ranks.map(({ name, status }) => `${name} ${status}`).join(', ')}${standby(standbys)}`;
}

function standby(number: number): string {
  return number === 0 ? '' : `, ${number} standing by`;
}

function warnings({ health }: ClusterStatus): readonly string[] {
  const now = Object.entries(health?.checks ?? {}).map(([code, { summary }]) =>
    [code, summary?.message].filter((part) => part !== undefined).join(': '),
  );
  const before = (health?.summary ?? []).flatMap(({ summary }) => summary ?? []);
  return now.length > 0 ? now : before;
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
