import { readFileSync } from 'node:fs';
import type { Task } from '../engine/task.js';
import { rawScript, sh } from '../shell/script.js';
import { absolutePath, attributeWords, makeTask, type TaskOptions } from './options.js';

export interface DownloadOptions extends TaskOptions {
  readonly path: string;
  /** http or https; no user or password, which would be seen in the list of processes. */
  readonly url: string;
  readonly sha256: string;
  readonly mode?: string | undefined;
  /** URL of the proxy. */
  readonly proxy?: string | undefined;
}

const FUNCTIONS = rawScript(readFileSync(new URL('./download.sh', import.meta.url), 'utf8'));
const DOWNLOAD_TIMEOUT = 1800;

/** A file from the network, known by its checksum. Nothing is left of a download that fails. */
export function download(options: DownloadOptions): Task {
  const path = absolutePath(options.path);
  const url = plainUrl(options.url);
  const sum = options.sha256.toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(sum)) throw new RangeError(`"${options.sha256}" is not a SHA-256 checksum`);
  const words = attributeWords({ mode: options.mode });
  const proxy =
    options.proxy === undefined ? sh`:` : sh`export http_proxy=${options.proxy} https_proxy=${options.proxy}`;
  return makeTask(options, {
    title: `${path} is the declared download`,
    timeout: { apply: DOWNLOAD_TIMEOUT },
    check: sh`[ -e ${path} ] || { differs ${`${path} is missing`}; exit 1; }
status=0
has_content ${path} ${sum} || differs ${path}" has another checksum than "${sum} || status=1
has_attributes ${path} ${words} || status=1
exit "$status"`,
    apply: sh`${FUNCTIONS}
${proxy}
if has_content ${path} ${sum}; then set_attributes ${path} ${words}; else download ${[url, path, sum, words[0]]}; fi`,
  });
}

/** As the URL standard writes it: blanks and quotes are percent-encoded. */
function plainUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new RangeError(`"${text}" is not an http or https URL`);
  if (url.username !== '' || url.password !== '')
    throw new RangeError('the URL of a download cannot hold a user');
  return url.href;
}
