import type { Pitfall } from '../pitfalls/pitfall.js';
import { recognise } from '../pitfalls/recognise.js';
import type { Examined } from './examine-platform.js';
import type { Answers } from './examine.js';
import { seatFor, silentSeats } from './seats.js';

export const PROBE = 'probe';
export const CLUSTER = 'cluster';

/** Where something was seen, and what. */
export interface Evidence {
  readonly host: string;
  /** `probe`, `cluster` when the host told of the whole cluster, or the name of a log. */
  readonly where: string;
  readonly lines: readonly string[];
}

/** A pitfall that shows. */
export interface Finding {
  readonly pitfall: Pitfall;
  readonly evidence: readonly Evidence[];
}

/** A cluster that could not be asked. */
export interface Unasked {
  readonly stages: readonly string[];
  readonly ids: readonly string[];
}

export interface Diagnosis {
  readonly findings: readonly Finding[];
  /** Seen in logs, while the probe finds all well now. */
  readonly past: readonly Finding[];
  /** Ids of those that were asked for and do not show anywhere. */
  readonly well: readonly string[];
  /** Probes that could not tell, and clusters that do not answer. */
  readonly unclear: readonly Evidence[];
  /** Not asked for, because no host has access to what would have to be asked. */
  readonly unasked: readonly Unasked[];
}

/** What the answers of all hosts, of the clusters and of the operator's machine say of the pitfalls. */
export function diagnose(
  { hosts, clusters, operator }: Omit<Examined, 'errors'>,
  pitfalls: readonly Pitfall[],
): Diagnosis {
  const machines = new Map([...hosts, ...operator]);
  const all = [...evidenceIn(machines, pitfalls, PROBE), ...evidenceIn(clusters, pitfalls, CLUSTER)];
  const seen = pitfalls.flatMap((pitfall) => {
    const evidence = all
      .filter(({ id }) => id === pitfall.id)
      .map(({ host, where, lines }) => ({ host, where, lines }));
    return evidence.length === 0 ? [] : [{ pitfall, evidence }];
  });
  const findings = seen.filter(isPresent);
  const found = new Set(findings.map(({ pitfall }) => pitfall.id));
  const probes = [...told(machines), ...told(clusters)].filter(({ kind }) => kind === 'probe');
  const asked = new Set(probes.map(({ name }) => name));
  const unsure = probes.filter(({ code }) => code > 1);
  return {
    findings,
    past: seen.filter((finding) => !isPresent(finding)),
    well: pitfalls
      .map(({ id }) => id)
      .filter((id) => asked.has(id) && !found.has(id) && !unsure.some(({ name }) => name === id)),
    unclear: [
      ...unsure.map(({ host, name, lines }) => ({ host, where: name, lines })),
      ...silent(hosts, pitfalls),
    ],
    unasked: unaskedOf(hosts, pitfalls),
  };
}

/** A log may tell of what has long been well: where a probe can tell, it decides. */
function isPresent({ pitfall, evidence }: Finding): boolean {
  const { probe, clusterProbe, operatorProbe } = pitfall;
  const hasProbe = [probe, clusterProbe, operatorProbe].some((each) => each !== undefined);
  return !hasProbe || evidence.some(({ where }) => where === PROBE || where === CLUSTER);
}

function evidenceIn(
  all: Answers,
  pitfalls: readonly Pitfall[],
  probe: typeof PROBE | typeof CLUSTER,
): readonly (Evidence & { readonly id: string })[] {
  return told(all).flatMap(({ host, kind, name, lines, code }) => {
    if (kind === 'probe') return code === 1 ? [{ id: name, host, where: probe, lines }] : [];
    if (kind !== 'log') return [];
    return recognise(lines, pitfalls).map((shown) => ({
      id: shown.pitfall.id,
      host,
      where: name,
      lines: shown.lines,
    }));
  });
}

function told(all: Answers) {
  return [...all].flatMap(([host, answers]) => answers.map((answer) => ({ host, ...answer })));
}

/** Clusters that have an answer to give and do not give it: one line for each, and not for each pitfall. */
function silent(hosts: Answers, pitfalls: readonly Pitfall[]): Evidence[] {
  const missed = new Set(
    pitfalls
      .flatMap(({ clusterProbe }) => clusterProbe?.asks ?? [])
      .filter((stage) => seatFor(hosts, [stage]) === undefined),
  );
  return [...missed].flatMap((stage) =>
    silentSeats(hosts, stage)
      .slice(0, 1)
      .map(({ host, lines }) => ({ host, where: `the cluster of ${stage}`, lines })),
  );
}

function unaskedOf(hosts: Answers, pitfalls: readonly Pitfall[]): Unasked[] {
  const ids = new Map<string, string[]>();
  for (const { id, clusterProbe } of pitfalls) {
    if (clusterProbe === undefined || seatFor(hosts, clusterProbe.asks) !== undefined) continue;
    const key = clusterProbe.asks.join(' ');
    ids.set(key, [...(ids.get(key) ?? []), id]);
  }
  return [...ids].map(([key, own]) => ({ stages: key.split(' '), ids: own }));
}
