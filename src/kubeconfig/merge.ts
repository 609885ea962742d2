import { type Document, isMap, isSeq, parseDocument, YAMLSeq } from 'yaml';
import { ExitCode, ProvisionError } from '../errors.js';
import { type Entries, LISTS, wholeConfig } from './entries.js';

export interface Merged {
  readonly text: string;
  /** The context that was the current one, when it was another. */
  readonly previous: string | undefined;
  /** There were entries of these names, and they led elsewhere or with other credentials. */
  readonly replaced: boolean;
}

/**
 * The entries put into a kubeconfig that may hold others: those stay, with comments and order. The cluster becomes the current one,
 * as other tools do it.
 * @throws ProvisionError KUBECONFIG_INVALID for a file that is none; its text is in no message.
 */
export function mergeEntries(existing: string, entries: Entries, path: string): Merged {
  if (existing.trim() === '') return { text: wholeConfig(entries), previous: undefined, replaced: false };
  const document = parseDocument(existing);
  if (document.errors.length > 0 || !isMap(document.contents)) throw invalid(path);
  let replaced = false;
  for (const list of LISTS) {
    const values = listOf(document, list, path);
    const entry = entries[list];
    const index = values.items.findIndex((item) => isMap(item) && item.get('name') === entry.name);
    if (index === -1) values.add(document.createNode(entry));
    else if (JSON.stringify(document.createNode(values.items[index]).toJSON()) !== JSON.stringify(entry)) {
      replaced = true;
      values.set(index, document.createNode(entry));
    }
  }
  const current = document.get('current-context');
  document.set('current-context', entries.name);
  const previous =
    typeof current === 'string' && current !== '' && current !== entries.name ? current : undefined;
  return { text: document.toString({ lineWidth: 0 }), previous, replaced };
}

/** A list that is missing or null is made. */
function listOf(document: Document, name: string, path: string): YAMLSeq {
  const found = document.get(name);
  if (isSeq(found)) {
    // An empty list is written as [], which would hold everything in one line.
    if (found.items.length === 0) found.flow = false;
    return found;
  }
  if (found !== undefined && found !== null) throw invalid(path);
  const made = new YAMLSeq();
  document.set(name, made);
  return made;
}

function invalid(path: string): ProvisionError {
  return new ProvisionError(
    'KUBECONFIG_INVALID',
    `${path} is not a kubeconfig, so nothing was merged into it.`,
    {
      exitCode: ExitCode.usage,
      hint: 'Mend or move that file, or leave out --merge to write a file of its own.',
    },
  );
}
