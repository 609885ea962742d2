import type { Pitfall } from '../pitfalls/pitfall.js';
import { recognise } from '../pitfalls/recognise.js';
import type { Answer } from './examine.js';

const PROBE = 'probe';

/** Where something was seen, and what. */
export interface Evidence {
  readonly host: string;
  /** `probe`, or the name of a log. */
  readonly where: string;
  readonly lines: readonly string[];
}

/** A pitfall that shows. */
export interface Finding {
  readonly pitfall: Pitfall;
  readonly evidence: readonly Evidence[];
}

export interface Diagnosis {
  readonly findings: readonly Finding[];
  /** Seen in logs, while the probe finds all well now. */
  readonly past: readonly Finding[];
  /** Ids of those that were asked for and do not show on any host. */
  readonly well: readonly string[];
  /** Probes that could not tell. */
  readonly unclear: readonly Evidence[];
}

/** What the answers of all hosts say of the pitfalls. */
export function diagnose(
  answers: ReadonlyMap<string, readonly Answer[]>,
  pitfalls: readonly Pitfall[],
): Diagnosis {
  const seen = pitfalls.flatMap((pitfall) => {
    const evidence = [...answers].flatMap(([host, own]) => evidenceOn(host, own, pitfall));
    return evidence.length === 0 ? [] : [{ pitfall, evidence }];
  });
  const findings = seen.filter(isPresent);
  const found = new Set(findings.map(({ pitfall }) => pitfall.id));
  const all = [...answers].flatMap(([host, own]) => own.map((answer) => ({ host, ...answer })));
  const asked = new Set(all.filter(({ kind }) => kind === 'probe').map(({ name }) => name));
  return {
    findings,
    past: seen.filter((finding) => !isPresent(finding)),
    well: pitfalls.map(({ id }) => id).filter((id) => asked.has(id) && !found.has(id)),
    unclear: all
      .filter(({ kind, code }) => kind === 'probe' && code > 1)
      .map(({ host, name, lines }) => ({ host, where: name, lines })),
  };
}

/** A log may tell of what has long been well: where a probe can tell, it decides. */
function isPresent({ pitfall, evidence }: Finding): boolean {
  return pitfall.probe === undefined || evidence.some(({ where }) => where === PROBE);
}

function evidenceOn(host: string, answers: readonly Answer[], pitfall: Pitfall): readonly Evidence[] {
  return answers.flatMap(({ kind, name, lines, code }) => {
    if (kind === 'probe') {
      return name === pitfall.id && code === 1 ? [{ host, where: PROBE, lines }] : [];
    }
    const [shown] = recognise(lines, [pitfall]);
    return shown === undefined ? [] : [{ host, where: name, lines: shown.lines }];
  });
}
