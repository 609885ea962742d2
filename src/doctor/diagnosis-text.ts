import { KINDS } from '../pitfalls/pitfall-text.js';
import type { Diagnosis, Evidence, Finding } from './findings.js';

/** More lines than this of one place say nothing new. */
const MOST_LINES = 4;

/** A diagnosis for a terminal or a log. @param hosts how many hosts answered. */
export function diagnosisText({ findings, past, well, unclear }: Diagnosis, hosts: number): string[] {
  return [
    ...findings.flatMap((finding) => [...findingLines(finding), '']),
    ...past.map(
      ({ pitfall, evidence }) =>
        `Earlier, and not now: ${pitfall.id} (${[...new Set(evidence.map(({ host }) => host))].join(', ')})`,
    ),
    ...unclear.map(
      ({ host, where, lines }) => `Could not tell: ${where} on ${host}: ${lines.at(-1) ?? 'no answer'}`,
    ),
    `${number(well.length, 'pitfall')} looked for on ${number(hosts, 'host')} and not found${well.length === 0 ? '' : `: ${well.join(', ')}`}`,
    findings.length === 0
      ? 'Nothing is wrong as far as the documented pitfalls go.'
      : `${number(findings.length, 'pitfall')} found: ${findings.map(({ pitfall }) => pitfall.id).join(', ')}`,
  ];
}

function findingLines({ pitfall, evidence }: Finding): string[] {
  const { id, title, meaning, remedy } = pitfall;
  return [
    `${id}: ${title}`,
    ...evidence.flatMap(evidenceLines),
    `  ${meaning}`,
    `  ${KINDS[remedy.kind]}`,
    ...remedy.steps.map((step, index) => `    ${index + 1}. ${step}`),
    `  Risk: ${remedy.risk}`,
  ];
}

function evidenceLines({ host, where, lines }: Evidence): string[] {
  const place = where === 'probe' ? host : `${host}, ${where}`;
  return lines.slice(-MOST_LINES).map((line) => `  ${place}: ${line}`);
}

function number(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
