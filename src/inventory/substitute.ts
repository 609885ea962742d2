import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { nearestWord } from './nearest.js';

/** Where `${env:NAME}` and `${file:PATH}` get their values. */
export interface Surroundings {
  /** Folder of the inventory, absolute; relative paths start there. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readFile: (path: string) => Uint8Array;
}

export interface Substitution {
  readonly value: string;
  /** True when at least one `${…}` was replaced; such a value is never shown. */
  readonly replaced: boolean;
  /** What the `${…}` stood for. */
  readonly values: readonly string[];
  readonly problems: readonly SubstitutionProblem[];
}

interface SubstitutionProblem {
  readonly found: string;
  readonly nearest?: string | undefined;
  readonly allowed?: string | undefined;
}

const LARGEST_SECRET = 64 * 1024;
const ALLOWED_FORMS = '${env:NAME} and ${file:PATH}; a "${" that means itself is written $${';

/** The surroundings of an inventory file. */
export function surroundingsOf(
  inventoryPath: string,
  env: Surroundings['env'],
  readFile: Surroundings['readFile'],
): Surroundings {
  return { folder: dirname(resolve(inventoryPath)), env, readFile };
}

/** Replaces each `${env:NAME}` and `${file:PATH}`; `$${` stands for a plain `${`. */
export function substitute(text: string, surroundings: Surroundings): Substitution {
  const values: string[] = [];
  const problems: SubstitutionProblem[] = [];
  const value = text.replaceAll(
    /\$\$\{|\$\{([^}]*)(\}?)/g,
    (written: string, inside?: string, end?: string) => {
      if (inside === undefined) return '${';
      const result =
        end === '}'
          ? lookUp(inside, surroundings)
          : { found: `"${written}" has no closing "}"`, allowed: ALLOWED_FORMS };
      if (typeof result !== 'string') {
        problems.push(result);
        return '';
      }
      values.push(result);
      return result;
    },
  );
  return { value, replaced: values.length + problems.length > 0, values, problems };
}

/** Writes a text so that `substitute` gives it back unchanged. */
export function escapeSubstitution(text: string): string {
  return text.replaceAll('${', () => '$${');
}

/** A path of this machine: `~/` is the home directory, a relative path starts at the folder of the inventory. */
export function localPath(path: string, surroundings: Surroundings): string {
  const home = surroundings.env.HOME ?? homedir();
  if (path === '~') return home;
  return path.startsWith('~/') ? join(home, path.slice(2)) : resolve(surroundings.folder, path);
}

function lookUp(inside: string, surroundings: Surroundings): string | SubstitutionProblem {
  const [, source, name = ''] = /^(env|file):(.+)$/.exec(inside) ?? [];
  if (source === 'env') return lookUpVariable(name, surroundings.env);
  if (source === 'file') return readSecret(name, surroundings);
  const meant = /^[A-Za-z_]\w*$/.test(inside) ? `\${env:${inside}}` : undefined;
  return { found: `"\${${inside}}" names no place to look`, nearest: meant, allowed: ALLOWED_FORMS };
}

function lookUpVariable(name: string, env: Surroundings['env']): string | SubstitutionProblem {
  const value = env[name];
  if (value !== undefined) return value;
  const near = nearestWord(name, Object.keys(env));
  return {
    found: `the environment variable ${name} is not set`,
    nearest: near === undefined ? undefined : `\${env:${near}}`,
  };
}

function readSecret(name: string, surroundings: Surroundings): string | SubstitutionProblem {
  const path = localPath(name, surroundings);
  try {
    const bytes = surroundings.readFile(path);
    if (bytes.length > LARGEST_SECRET)
      return { found: `the file ${path} has ${bytes.length} bytes, too many for a value` };
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r?\n$/, '');
  } catch (error) {
    return { found: `the file ${path} ${whyUnreadable(error)}` };
  }
}

/** Why a file could not be read, continuing "the file X …". */
export function whyUnreadable(error: unknown): string {
  if (error instanceof TypeError) return 'is not UTF-8 text';
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'does not exist';
  if (code === 'EISDIR') return 'is a folder';
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read by this user';
  return `could not be read: ${error instanceof Error ? error.message : String(error)}`;
}
