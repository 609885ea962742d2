import { createHash } from 'node:crypto';
import type { Task } from '../engine/task.js';
import { type Script, sh } from '../shell/script.js';
import { absolutePath, type Attributes, attributeWords, makeTask, type TaskOptions } from './options.js';

export interface FileOptions extends TaskOptions, Attributes {
  readonly path: string;
  /** The whole content, or the name of the secret that it is. A secret is never shown, and its mode is 0600 unless declared. */
  readonly content: string | { readonly secret: string };
}

/** A file with exactly this content. Its folder is made when it is missing. */
export function file(options: FileOptions): Task {
  const path = absolutePath(options.path);
  const title = `${path} has the declared content`;
  if (typeof options.content !== 'string') return secretFile(options, options.content.secret, title);
  const { content } = options;
  const words = attributeWords(options);
  return makeTask(options, {
    title,
    check: contentCheck(path, content, words),
    apply: sh`printf %s ${content} | replace_file ${path} ${words}`,
  });
}

/** Exits 0 when the file has this content and these attributes (mode, owner, group); shows the difference otherwise. */
export function contentCheck(path: string, content: string, words: readonly string[]): Script {
  const sum = createHash('sha256').update(content).digest('hex');
  return sh`check_file ${[path, sum, ...words, content]}`;
}

function secretFile(options: FileOptions, secret: string, title: string): Task {
  const { path } = options;
  const words = attributeWords({ ...options, mode: options.mode ?? '0600' });
  const source = sh`"$SECRETS"/${secret}`;
  return makeTask(options, {
    title,
    secrets: [secret],
    check: sh`[ -r ${source} ] || cannot ${`secret ${secret} is not there`}
[ ! -d ${path} ] || cannot ${`${path} is a folder`}
[ -e ${path} ] || { differs ${`${path} is missing (its content is secret)`}; exit 1; }
status=0
cmp -s ${source} ${path} || differs ${`${path}: content differs (secret)`} || status=1
has_attributes ${path} ${words} || status=1
exit "$status"`,
    apply: sh`replace_file ${path} ${words} <${source}`,
  });
}
