import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import type { Task } from '../engine/task.js';
import { lines, rawScript, type Script, sh } from '../shell/script.js';
import { absolutePath, makeTask, type TaskOptions } from './options.js';

/** Something whose pods must run before the manifest counts as applied. */
export interface Rollout {
  readonly kind: 'daemonset' | 'deployment' | 'statefulset';
  readonly namespace: string;
  readonly name: string;
}

export interface ManifestOptions extends TaskOptions {
  /** What the objects are together, as an operator would say it: "flannel", "the cluster's DNS". */
  readonly name: string;
  /**
   * YAML documents, or a file on the host that holds them (one that was fetched there). Not for secrets: the objects are shown in a plan.
   * Namespaces and definitions of kinds are put in front; the documents of a file are applied in their own order.
   */
  readonly content: string | { readonly path: string };
  readonly rollouts: readonly Rollout[];
  /** Seconds that the roll-outs together may take. */
  readonly timeout?: number | undefined;
}

/** Seconds: an image may have to be fetched by each node. */
const ROLLOUT_TIMEOUT = 300;
/** Seconds: finding out the version, the difference and the roll-outs are three calls of kubectl. */
const LOOK_TIMEOUT = 150;
/** Seconds for applying, for kinds to be served, and for the reasons when the roll-outs fail. */
const APPLY_TIMEOUT = 300;

const FUNCTIONS = lines(
  ...['manifest', 'manifest-look', 'manifest-rollouts', 'manifest-pods', 'manifest-apply'].map((name) =>
    rawScript(readFileSync(new URL(`./${name}.sh`, import.meta.url), 'utf8')),
  ),
);

/**
 * Objects in the cluster as a manifest describes them, with their pods running. For a control plane: it is the administrator
 * of the cluster who asks and tells. Nothing is removed, and what others have set and the manifest does not mention stays. From
 * Kubernetes 1.22 on the API server merges (server-side apply), and refuses to take a field from whoever else has set it.
 */
export function manifest(options: ManifestOptions): Task {
  const { name, rollouts, timeout = ROLLOUT_TIMEOUT } = options;
  const parts = partsOf(options.content);
  const declared = sh`${FUNCTIONS}
MANIFEST_NAME=${name}
MANIFEST_SUM=${parts.sum}
MANIFEST_OBJECTS=${parts.objects.join('\n')}
MANIFEST_ROLLOUTS=${rollouts.map(rolloutLine).join('\n')}
manifest_content() {
  ${parts.content}
}
manifest_kinds() {
  ${parts.kinds}
}`;
  return makeTask(options, {
    title: `${name} is in the cluster as declared${rollouts.length > 0 ? ', and its pods run' : ''}`,
    timeout: { check: LOOK_TIMEOUT, apply: timeout + APPLY_TIMEOUT },
    check: sh`${declared}
manifest_check`,
    apply: sh`${declared}
manifest_apply ${timeout}`,
  });
}

function rolloutLine({ kind, namespace, name }: Rollout): string {
  return [kind, namespace, name].join(' ');
}

interface Parts {
  /** Prints all documents. */
  readonly content: Script;
  /** Prints the definitions of kinds, without which the API server does not know the rest; nothing when there are none. */
  readonly kinds: Script;
  /** SHA-256 of the content; empty for a file, which the host sums itself. */
  readonly sum: string;
  /** "Namespace kube-flannel", "DaemonSet kube-flannel/kube-flannel-ds". */
  readonly objects: readonly string[];
}

function partsOf(content: ManifestOptions['content']): Parts {
  if (typeof content !== 'string') {
    const path = absolutePath(content.path);
    return { content: sh`cat ${path}`, kinds: rawScript(':'), sum: '', objects: [] };
  }
  const documents = documentsOf(content).toSorted((one, other) => rank(one) - rank(other));
  const text = join(documents);
  const kinds = documents.filter(({ kind }) => kind === DEFINITION);
  return {
    content: sh`printf %s ${text}`,
    kinds: kinds.length === 0 ? rawScript(':') : sh`printf %s ${join(kinds)}`,
    sum: createHash('sha256').update(text).digest('hex'),
    objects: documents.map(
      ({ kind, namespace, name }) => `${kind} ${namespace === '' ? name : `${namespace}/${name}`}`,
    ),
  };
}

const DEFINITION = 'CustomResourceDefinition';

interface ManifestDocument {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly text: string;
}

/** What other documents of the same manifest need comes first. */
function rank({ kind }: ManifestDocument): number {
  if (kind === 'Namespace') return 0;
  return kind === DEFINITION ? 1 : 2;
}

/** @throws RangeError for what is no YAML or no object of Kubernetes: a playbook made it, so it is a mistake in the program. */
function documentsOf(content: string): readonly ManifestDocument[] {
  const parsed = parseAllDocuments(content);
  if (!Array.isArray(parsed)) return [];
  return parsed.flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw new RangeError(`the manifest is not YAML: ${error.message}`);
    const head = document.toJS() as ObjectHead | null;
    if (head === null) return [];
    const { kind, metadata } = head;
    const name = metadata?.name;
    if (kind === undefined || name === undefined || name === null) {
      throw new RangeError('the manifest has a document without a kind or a name');
    }
    const [start, end] = document.contents?.range ?? [0, content.length];
    const lineStart = content.lastIndexOf('\n', start - 1) + 1;
    const from = content.slice(lineStart, start).trim() === '' ? lineStart : start;
    const text = content.slice(from, end).trimEnd();
    return { kind, namespace: metadata?.namespace ?? '', name, text };
  });
}

/** What every object of Kubernetes has. */
interface ObjectHead {
  readonly kind?: string;
  readonly metadata?: { readonly name?: string | null; readonly namespace?: string };
}

function join(documents: readonly ManifestDocument[]): string {
  return documents.map(({ text }) => `---\n${text}\n`).join('');
}
