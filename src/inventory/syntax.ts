import { isScalar, visit } from 'yaml';
import type { Document, YAMLError } from 'yaml';
import type { Problem } from './problems.js';
import type { Range } from './source.js';

type Explanation = Pick<Problem, 'found' | 'allowed'>;

const EXPLANATIONS: Readonly<Partial<Record<YAMLError['code'], Explanation>>> = {
  TAB_AS_INDENT: { found: 'a tab is used for indentation', allowed: 'spaces' },
  BAD_INDENT: {
    found: 'the indentation does not fit',
    allowed: 'keys of one level start in one column; a list or map in brackets ends with its bracket',
  },
  MULTIPLE_DOCS: { found: 'a second YAML document begins', allowed: 'one document in a file' },
  BLOCK_AS_IMPLICIT_KEY: {
    found: 'a second ": " stands on the line',
    allowed: 'one key a line; a text with ": " in it stands in quotes',
  },
  BAD_SCALAR_START: {
    found: 'a text begins with a character that means something in YAML',
    allowed: 'a text that begins with @ ` % & * ! | > stands in quotes',
  },
  BAD_DQ_ESCAPE: {
    found: 'a backslash in double quotes is not followed by an escape',
    allowed: 'single quotes, in which a backslash is a backslash',
  },
  UNEXPECTED_TOKEN: { found: 'this does not fit what stands before it', allowed: 'KEY: VALUE, one a line' },
  TAG_RESOLVE_FAILED: { found: 'a YAML tag has no meaning here', allowed: 'plain YAML without tags' },
};

/** What the yaml package found wrong, in the words of this program. */
export function syntaxProblems(document: Document.Parsed, text: string): Problem[] {
  const errors = [...firstOfAKind(document.errors, text), ...document.warnings];
  return errors.map((error) => {
    const { found, allowed, at = error.pos } = explain(error, document, text);
    return { at, path: '', found: `not valid YAML: ${found}`, allowed };
  });
}

/** Slips that do not confuse the parser about what follows. */
const WITHOUT_ECHO: ReadonlySet<string> = new Set([
  'TAB_AS_INDENT',
  'BAD_SCALAR_START',
  'BAD_DQ_ESCAPE',
  'BLOCK_AS_IMPLICIT_KEY',
]);

/** What follows the first error is mostly its echo: keep the errors of the same kind, one a line. */
function firstOfAKind(errors: readonly YAMLError[], text: string): readonly YAMLError[] {
  const [first] = errors;
  if (first === undefined || !WITHOUT_ECHO.has(first.code)) return errors.slice(0, 1);
  const lines = new Set<number>();
  return errors.filter((error) => {
    const line = text.lastIndexOf('\n', error.pos[0] - 1);
    const isEcho = error.code !== first.code || lines.has(line);
    lines.add(line);
    return !isEcho;
  });
}

function explain(error: YAMLError, document: Document.Parsed, text: string): Explanation & { at?: Range } {
  const before = text.slice(0, error.pos[0]);
  if (error.message.startsWith('Missing closing') && /quote/.test(error.message))
    return { found: 'the quote that begins here is not closed', ...openingQuote(document) };
  if (before.endsWith('$') && text[error.pos[0]] === '{')
    return {
      found: 'a "${" inside brackets stands without quotes',
      allowed: 'quotes around it: "${env:NAME}"',
    };
  if (/[\w.-]$/.test(before) && text[error.pos[0]] === '[')
    return {
      found: 'a range inside brackets stands without quotes',
      allowed: 'quotes around it: "node[01:20]"',
    };
  const known = EXPLANATIONS[error.code];
  const inBrackets = /flow|comma/i.test(error.message);
  return {
    found: known?.found ?? error.message.replace(/^./, (letter) => letter.toLowerCase()),
    allowed:
      inBrackets && error.code !== 'BAD_INDENT'
        ? 'items separated by commas, up to the closing bracket'
        : known?.allowed,
  };
}

/** The file ends inside the last quoted text. */
function openingQuote(document: Document.Parsed): { at?: Range } {
  let start: number | undefined;
  visit(document, {
    Scalar: (_key, node) => {
      if (isScalar(node) && node.type?.startsWith('QUOTE_') === true) start = node.range?.[0];
    },
  });
  return start === undefined ? {} : { at: [start, start + 1] };
}
