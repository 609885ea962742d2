import type { Task } from '../engine/task.js';
import { file } from './file.js';
import { absolutePath, type TaskOptions } from './options.js';

export interface AptRepositoryOptions extends TaskOptions {
  /**
   * In /etc/apt/sources.list.d: NAME.sources, or NAME.list in the one-line form, the only one that apt before 1.1 reads
   * (Ubuntu 14.04).
   */
  readonly file: string;
  readonly uris: readonly string[];
  /** Codenames; one that ends in a slash is a folder without components. */
  readonly suites: readonly string[];
  readonly components: readonly string[];
  /** Path of the key, see aptKey. Without one, any key that apt trusts will do. */
  readonly signedBy?: string | undefined;
  /** Further fields by their name in sources.list(5): `{ Architectures: 'amd64', 'Check-Valid-Until': 'no' }`. */
  readonly fields?: Readonly<Record<string, string>> | undefined;
}

/**
 * A source of packages. It is a file and nothing more: the next `packages` task that installs something sees that the file
 * is newer than the lists of packages, and fetches them.
 */
export function aptRepository(options: AptRepositoryOptions): Task {
  const path = absolutePath(options.file);
  const render = path.endsWith('.sources') ? stanza : path.endsWith('.list') ? oneLine : undefined;
  if (render === undefined) throw new RangeError(`apt reads NAME.sources and NAME.list, not "${path}"`);
  const fields = options.fields ?? {};
  const flat = options.suites.every((suite) => suite.endsWith('/'));
  if (flat !== (options.components.length === 0)) {
    throw new RangeError(`${path}: a suite has components, unless it is a folder that ends in a slash`);
  }
  for (const word of [...options.uris, ...options.suites, ...options.components, options.signedBy ?? '-']) {
    if (!/^[^\s[\]#]+$/.test(word)) throw new RangeError(`${path}: "${word}" is not one word`);
  }
  for (const [name, value] of Object.entries(fields)) {
    if (!/^[A-Za-z-]+$/.test(name) || !/^[^\s[\]#]+( [^\s[\]#]+)*$/.test(value)) {
      throw new RangeError(`${path}: "${name}: ${value}" is not a field of a package source`);
    }
  }
  return file({
    ...options,
    title: options.title ?? `${path} names the package source`,
    path,
    content: `# Managed by provision.\n${render(options, fields)}`,
    mode: '0644',
  });
}

type Fields = Readonly<Record<string, string>>;

function stanza(options: AptRepositoryOptions, fields: Fields): string {
  const all: Fields = {
    Types: 'deb',
    URIs: options.uris.join(' '),
    Suites: options.suites.join(' '),
    ...(options.components.length === 0 ? {} : { Components: options.components.join(' ') }),
    ...(options.signedBy === undefined ? {} : { 'Signed-By': options.signedBy }),
    ...fields,
  };
  return Object.entries(all)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('');
}

/** Fields whose name in the one-line form is not just in small letters. */
const SHORT_NAMES: Fields = { Architectures: 'arch', Languages: 'lang', Targets: 'target' };

function oneLine(options: AptRepositoryOptions, fields: Fields): string {
  const all = { ...(options.signedBy === undefined ? {} : { 'Signed-By': options.signedBy }), ...fields };
  const pairs = Object.entries(all).map(
    ([name, value]) => `${SHORT_NAMES[name] ?? name.toLowerCase()}=${value.replaceAll(' ', ',')}`,
  );
  const settings = pairs.length === 0 ? '' : `[${pairs.join(' ')}] `;
  return options.uris
    .flatMap((uri) =>
      options.suites.map(
        (suite) => `${['deb', `${settings}${uri}`, suite, ...options.components].join(' ')}\n`,
      ),
    )
    .join('');
}
