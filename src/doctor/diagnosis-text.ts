import { KINDS } from '../pitfalls/pitfall-text.js';
import { count } from '../report/sentences.js';
import { CLUSTER, type Diagnosis, type Evidence, type Finding, PROBE, type Unasked } from './findings.js';

/** More lines than this of one place say nothing new. */
const MOST_LINES = 4;

/** A diagnosis for a terminal or a log. @param hosts how many hosts answered. */
export function diagnosisText(
  { findings, past, well, unclear, unasked }: Diagnosis,
  hosts: number,
): string[] {
  return [
    ...findings.flatMap((finding) => [...findingLines(finding), '']),
    ...past.map(({ pitfall, evidence }) => `Earlier, and not now: ${pitfall.id} (${placesOf(evidence)})`),
    ...unclear.map(
      ({ host, where, lines }) => `Could not tell: ${where} on ${host}: ${lines.at(-1) ?? 'no answer'}`,
    ),
    ...unasked.map(unaskedLine),
    `${count(well.length, 'pitfall')} looked for on ${count(hosts, 'host')} and not found${well.length === 0 ? '' : `: ${well.join(', ')}`}`,
    findings.length === 0
      ? 'Nothing is wrong as far as the documented pitfalls go.'
      : `${count(findings.length, 'pitfall')} found: ${findings.map(({ pitfall }) => pitfall.id).join(', ')}`,
  ];
}

/** What was found where, what it means, and what cures it. */
export function findingLines({ pitfall, evidence }: Finding): string[] {
  const { id, title, meaning, remedy } = pitfall;
  return [
    `${id}: ${title}`,
    ...evidence.flatMap(evidenceLines),
    `  ${meaning}`,
    `  ${KINDS[remedy.kind]}`,
    ...remedy.steps.map((step, index) => `    ${index + 1}. ${step}`),
    `  Risk: ${remedy.risk}`,
    ...(remedy.cure === undefined ? [] : [`  To let provision do it: provision doctor --fix ${id}`]),
  ];
}

function evidenceLines({ host, where, lines }: Evidence): string[] {
  const place = { [PROBE]: host, [CLUSTER]: `the cluster, asked on ${host}` }[where] ?? `${host}, ${where}`;
  return lines.slice(-MOST_LINES).map((line) => `  ${place}: ${line}`);
}

function placesOf(evidence: readonly Evidence[]): string {
  return [...new Set(evidence.map(({ host, where }) => `${host}, ${where}`))].join('; ');
}

function unaskedLine({ stages, ids }: Unasked): string {
  return `Not looked for, because none of these hosts has access to ${stages.join(' and ')}: ${ids.join(', ')}`;
}
