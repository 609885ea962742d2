import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { ProvisionError } from '../errors.js';
import { type Entries, wholeConfig } from '../kubeconfig/entries.js';
import { mergeEntries } from '../kubeconfig/merge.js';
import { backUp, readIfThere, writePrivate } from '../kubeconfig/write-private.js';
import type { Context } from './context.js';

/** Writes a kubeconfig of its own; gives its path. */
export async function writeFile(entries: Entries, file: string, { stderr }: Context): Promise<string> {
  await writePrivate(file, wholeConfig(entries)).catch((error: unknown) => notWritten(file, error));
  stderr.write(`Wrote ${file}: cluster and context are called ${entries.name}.\n`);
  return file;
}

/** Puts the entries into the operator's own kubeconfig, with a copy of what it was; gives its path. */
export async function mergeOwn(entries: Entries, context: Context): Promise<string> {
  const file = ownFile(context);
  const existing = await readIfThere(file).catch((error: unknown) => notWritten(file, error));
  const { text, previous, replaced } = mergeEntries(existing ?? '', entries, file);
  if (text === existing) {
    context.stderr.write(`${file} has this cluster already, as the context ${entries.name}.\n`);
    return file;
  }
  const copy = await replace(file, existing, text).catch((error: unknown) => notWritten(file, error));
  const lines = [
    `${replaced ? 'Replaced' : 'Put'} cluster, user and context ${entries.name} in ${file}.`,
    ...(copy === undefined ? [] : [`What it was before is in ${copy}.`]),
    previous === undefined
      ? `The current context is ${entries.name}.`
      : `The current context is now ${entries.name}; to go back: kubectl config use-context ${previous}`,
  ];
  context.stderr.write(`${lines.join('\n')}\n`);
  return file;
}

/** As kubectl finds it: it writes new entries to the first file of the list. */
function ownFile({ env }: Context): string {
  const listed = env['KUBECONFIG']?.split(delimiter).find((path) => path !== '');
  return listed ?? join(env['HOME'] ?? homedir(), '.kube', 'config');
}

/** Gives the path of the copy. */
async function replace(
  file: string,
  existing: string | undefined,
  text: string,
): Promise<string | undefined> {
  const copy = existing === undefined ? undefined : await backUp(file, new Date());
  await writePrivate(file, text);
  return copy;
}

/** @throws ProvisionError KUBECONFIG_NOT_WRITTEN */
function notWritten(file: string, cause: unknown): never {
  throw new ProvisionError(
    'KUBECONFIG_NOT_WRITTEN',
    `${file} cannot be written: ${(cause as Error).message}.`,
    {
      hint: 'Choose another file with -o FILE.',
      cause,
    },
  );
}
