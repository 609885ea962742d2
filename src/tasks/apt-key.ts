import { createHash } from 'node:crypto';
import type { Task } from '../engine/task.js';
import { sh } from '../shell/script.js';
import { download } from './download.js';
import { file } from './file.js';
import { absolutePath, makeTask, type TaskOptions } from './options.js';

export interface AptKeyOptions extends TaskOptions {
  /**
   * In /etc/apt/keyrings, for `signedBy` of a repository: NAME.asc for text, NAME.gpg for the binary form, the only one
   * that apt before 1.4 reads. apt before 1.1 knows no `signedBy` and takes keys from /etc/apt/trusted.gpg.d/NAME.gpg.
   */
  readonly path: string;
  /** The key itself as text, in ASCII armor; or where to download it, in the form that the path asks for. */
  readonly key:
    | string
    | { readonly url: string; readonly sha256: string; readonly proxy?: string | undefined };
}

/** A public key of a package source. */
export function aptKey(options: AptKeyOptions): Task {
  const { key } = options;
  const path = absolutePath(options.path);
  if (!/\.(asc|gpg)$/.test(path))
    throw new RangeError(`apt reads keys from NAME.asc and NAME.gpg, not from "${path}"`);
  const title = options.title ?? `${path} has the key of the package source`;
  if (typeof key !== 'string') return download({ ...options, ...key, title, mode: '0644' });
  const binary = dearmor(key);
  if (path.endsWith('.gpg')) return binaryFile(options, path, title, binary);
  return file({ ...options, title, content: key, mode: '0644' });
}

/** A shell word cannot hold a NUL, so the content travels as base64. */
function binaryFile(options: TaskOptions, path: string, title: string, content: Buffer): Task {
  const sum = createHash('sha256').update(content).digest('hex');
  return makeTask(options, {
    title,
    check: sh`[ -e ${path} ] || { differs ${`${path} is missing`}; exit 1; }
status=0
has_content ${path} ${sum} || differs ${`${path} has another key`} || status=1
has_attributes ${path} 644 '' '' || status=1
exit "$status"`,
    apply: sh`printf %s ${content.toString('base64')} | base64 -d | replace_file ${path} 644 '' ''`,
  });
}

const BLOCK =
  /-----BEGIN PGP PUBLIC KEY BLOCK-----\r?\n(?:[^\r\n]+: .*\r?\n)*\r?\n([A-Za-z0-9+/=\s]+?)\s(?:=[A-Za-z0-9+/]{4}\s+)?-----END PGP PUBLIC KEY BLOCK-----/g;

/**
 * The binary form of a key in ASCII armor (RFC 4880, section 6.2), which may be several blocks.
 * @throws RangeError for anything else.
 */
function dearmor(text: string): Buffer {
  const blocks = [...text.matchAll(BLOCK)].map(([, body = '']) => Buffer.from(body, 'base64'));
  if (blocks.length === 0)
    throw new RangeError('the key of a package source must be an ASCII-armored OpenPGP public key');
  return Buffer.concat(blocks);
}
