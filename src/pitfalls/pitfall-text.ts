import type { Pitfall, Remedy } from './pitfall.js';

/** More lines than this of one text say nothing new. */
const MOST_LINES = 3;

/** What there is to know of a pitfall, for a terminal. @param seen the lines by which it was known. */
export function pitfallText(pitfall: Pitfall, seen: readonly string[] = []): string[] {
  const { id, title, meaning, versions, preventedBy, remedy, source } = pitfall;
  return [
    `${id}: ${title}`,
    ...seen.slice(-MOST_LINES).map((line) => `  seen: ${line}`),
    '',
    `  ${meaning}`,
    '',
    `  ${KINDS[remedy.kind]}`,
    ...remedy.steps.map((step, index) => `    ${index + 1}. ${step}`),
    `  Risk: ${remedy.risk}`,
    ...(remedy.cure === undefined ? [] : [`  To let provision do it: provision doctor --fix ${id}`]),
    `  Applies to ${versions}`,
    ...(preventedBy.length === 0 ? [] : [`  Prevented by the tasks ${preventedBy.join(', ')}`]),
    `  Source: ${source}`,
  ];
}

/** How it is cured, in words. */
export const KINDS: Readonly<Record<Remedy['kind'], string>> = {
  automatic: 'To cure it:',
  guided: 'To cure it, step by step:',
  manual: 'To cure it by hand:',
};
