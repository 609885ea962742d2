import { ExitCode, ProvisionError } from '../errors.js';
import { nearestWord } from '../inventory/nearest.js';
import { catalogue } from './catalogue.js';

/** For a word that is no pitfall's id: says which one may have been meant. */
export function unknownPitfall(
  word: string,
  sentence = `"${word}" is no documented pitfall.`,
): ProvisionError {
  const nearest = nearestWord(
    word,
    catalogue.map(({ id }) => id),
  );
  return new ProvisionError('PITFALL_UNKNOWN', sentence, {
    hint:
      nearest === undefined
        ? 'docs/pitfalls.md has them all; a line of a log is put in quotes.'
        : `Did you mean "${nearest}"? docs/pitfalls.md has them all.`,
    exitCode: ExitCode.usage,
  });
}
