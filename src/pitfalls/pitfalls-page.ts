import type { CureStep, Pitfall } from './pitfall.js';
import { KINDS } from './pitfall-text.js';

const HEAD = `# The documented pitfalls

What goes wrong when such platforms are built by hand, as \`provision\` knows it: what prevents it, how it is found, how it is cured.
\`provision explain ID\` tells the same on a terminal, and \`provision explain -\` finds the pitfall of a pasted log. Made from the code by
\`npm run docs\`.
`;

/** docs/pitfalls.md. */
export function pitfallsPage(pitfalls: readonly Pitfall[]): string {
  const stages = [...new Set(pitfalls.map(({ stage }) => stage))];
  const parts = stages.map((stage) => {
    const own = pitfalls.filter((pitfall) => pitfall.stage === stage);
    return `## ${stage}\n\n${own.map(section).join('\n')}`;
  });
  return `${HEAD}\n${parts.join('\n')}`;
}

function section(pitfall: Pitfall): string {
  const { id, title, meaning, versions, symptoms, preventedBy, remedy, source } = pitfall;
  const lines = [
    `### ${id}`,
    '',
    `**${escaped(title)}.** ${escaped(meaning)}`,
    '',
    `- Applies to ${escaped(versions)}`,
    ...symptoms.map((symptom) => `- Shown by \`${symptom.source}\``),
    `- ${found(pitfall)}`,
    ...(preventedBy.length === 0
      ? []
      : [`- Prevented by ${preventedBy.map((task) => `\`${task}\``).join(', ')}`]),
    '',
    `${KINDS[remedy.kind]} (${escaped(remedy.risk)})`,
    '',
    ...remedy.steps.map((step, index) => `${index + 1}. ${escaped(step)}`),
    ...(remedy.cure === undefined
      ? []
      : ['', `\`provision doctor --fix ${id}\` does it: ${cureWords(remedy.cure)}.`]),
    '',
    `Source: ${escaped(source)}`,
    '',
  ];
  return lines.join('\n');
}

/** How `provision doctor` finds it. */
function found({ probe, clusterProbe, operatorProbe, noProbe }: Pitfall): string {
  if (noProbe !== undefined) return `Not asked of hosts or clusters: ${escaped(noProbe)}`;
  const asked = [
    ...(probe === undefined ? [] : ['each host']),
    ...(clusterProbe === undefined ? [] : [`the cluster (${clusterProbe.asks.join(' and ')})`]),
    ...(operatorProbe === undefined ? [] : ["the operator's machine"]),
  ];
  return `A probe asks ${asked.join(', and another ')}.`;
}

function cureWords(cure: readonly CureStep[]): string {
  return cure.map((step) => ('stage' in step ? `it runs the stage ${step.stage}` : step.title)).join('; ');
}

/** What Markdown would take for marks of its own. */
function escaped(text: string): string {
  return text.replace(/[*_<>]/g, '\\$&');
}
