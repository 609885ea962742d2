import { ExitCode, ProvisionError } from '../errors.js';
import { nearestWord } from '../inventory/nearest.js';
import { catalogue } from './catalogue.js';

/** For a word that is no pitfall's id: says which one may have been meant, or which ones are about it. */
export function unknownPitfall(
  word: string,
  sentence = `"${word}" is no documented pitfall.`,
): ProvisionError {
  return new ProvisionError('PITFALL_UNKNOWN', sentence, {
    hint: guess(word) ?? 'docs/pitfalls.md has them all; a line of a log is put in quotes.',
    exitCode: ExitCode.usage,
  });
}

function guess(word: string): string | undefined {
  const nearest = nearestWord(
    word,
    catalogue.map(({ id }) => id),
  );
  if (nearest !== undefined) return `Did you mean "${nearest}"? docs/pitfalls.md has them all.`;
  const about = pitfallsAbout(word);
  return about.length === 0
    ? undefined
    : `About "${word}": ${about.join(', ')}. docs/pitfalls.md has them all.`;
}

/** Ids of those that have the word in their id or title. */
function pitfallsAbout(word: string): readonly string[] {
  const wanted = word.toLowerCase();
  return catalogue
    .filter(({ id, title }) => `${id} ${title}`.toLowerCase().includes(wanted))
    .map(({ id }) => id);
}
