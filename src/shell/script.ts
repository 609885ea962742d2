import { quote } from './quote.js';

/** POSIX shell source text. Made by `sh`, so that every value in it is quoted or is itself a script. */
export interface Script {
  readonly source: string;
}

type Word = string | number | Script | readonly (string | number)[];

/**
 * Tagged template for POSIX shell: strings and numbers become one quoted word, lists become many words,
 * and a `Script` is put in as it is.
 */
export function sh(strings: TemplateStringsArray, ...words: readonly Word[]): Script {
  const source = strings.raw.reduce((text, part, index) => {
    const word = words[index];
    return text + part + (word === undefined ? '' : render(word));
  }, '');
  return { source };
}

/** Shell text that is already correct, for constants and for text assembled from other scripts. */
export function rawScript(source: string): Script {
  return { source };
}

/** Puts scripts one after the other, a line each. */
export function lines(...scripts: readonly Script[]): Script {
  return { source: scripts.map((script) => script.source).join('\n') };
}

function render(word: Word): string {
  if (typeof word === 'string') return quote(word);
  if (typeof word === 'number') return quote(String(word));
  if ('source' in word) return word.source;
  return word.map((each) => quote(String(each))).join(' ');
}
