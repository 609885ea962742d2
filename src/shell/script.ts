import { quote } from './quote.js';

/** POSIX shell source text. Made by `sh`, so that every value in it is quoted or is itself a script. */
export interface Script {
  readonly source: string;
  /** Texts that one after the other are the source: those of the scripts in it, and what is between them. */
  readonly parts: readonly string[];
  /** Answers that it needs and others may need, too. It asks for them itself where nobody has. */
  readonly shares: readonly Share[];
}

/** An answer that several scripts need: whoever runs many of them in one process sets the variable once for all. */
export interface Share {
  readonly variable: string;
  /** Prints it; where it ends badly the variable is not to be set. */
  readonly script: Script;
}

type Word = string | number | Script | readonly (string | number)[];

/**
 * Tagged template for POSIX shell: strings and numbers become one quoted word, lists become many words,
 * and a `Script` is put in as it is.
 */
export function sh(strings: TemplateStringsArray, ...words: readonly Word[]): Script {
  return joined(
    strings.raw.flatMap((part, index) => {
      const word = words[index];
      return word === undefined ? [rawScript(part)] : [rawScript(part), rendered(word)];
    }),
  );
}

/** Shell text that is already correct, for constants and for text assembled from other scripts. */
export function rawScript(source: string): Script {
  return scriptOf([source], []);
}

/** Puts scripts one after the other, a line each. */
export function lines(...scripts: readonly Script[]): Script {
  const newline = rawScript('\n');
  return joined(scripts.flatMap((script, index) => (index === 0 ? [script] : [newline, script])));
}

/** The script, and all that it is put into, needs this answer. */
export function sharing(script: Script, share: Share): Script {
  return scriptOf(script.parts, [...script.shares, share]);
}

function joined(scripts: readonly Script[]): Script {
  return scriptOf(
    scripts.flatMap(({ parts }) => parts),
    [...new Set(scripts.flatMap(({ shares }) => shares))],
  );
}

/** Only what is sent to a host is put together. */
function scriptOf(parts: readonly string[], shares: readonly Share[]): Script {
  return {
    get source() {
      return parts.join('');
    },
    parts,
    shares,
  };
}

function rendered(word: Word): Script {
  if (typeof word === 'string' || typeof word === 'number') return rawScript(quote(String(word)));
  if ('source' in word) return word;
  return rawScript(word.map((each) => quote(String(each))).join(' '));
}
