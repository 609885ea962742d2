import { endingCertificates, type PrintedCertificate } from './certificates.js';

const CONTAINER =
  '{{define "container"}}{{.name}}{{"\\t"}}{{.ready}}{{"\\t"}}{{with .state.waiting}}{{.reason}}{{with .message}}: {{.}}{{end}}{{end}}{{"\\t"}}{{with .state.terminated}}{{.reason}} (exit code {{.exitCode}}){{end}}{{"\\t"}}{{with .lastState}}{{with .terminated}}{{.reason}} (exit code {{.exitCode}}){{end}}{{end}}{{"\\n"}}{{end}}';
const NODE =
  'N{{"\\t"}}{{.metadata.name}}{{"\\t"}}{{.status.nodeInfo.kubeletVersion}}{{"\\t"}}{{if .spec.unschedulable}}yes{{end}}{{"\\t"}}{{range $key, $value := .metadata.labels}}{{$key}}={{$value}},{{end}}{{"\\n"}}{{range .status.conditions}}X{{"\\t"}}{{.type}}{{"\\t"}}{{.status}}{{"\\t"}}{{with .message}}{{.}}{{end}}{{"\\n"}}{{end}}';
const POD =
  'P{{"\\t"}}{{.metadata.namespace}}/{{.metadata.name}}{{"\\t"}}{{with .spec.nodeName}}{{.}}{{end}}{{"\\t"}}{{.status.phase}}{{"\\t"}}{{with .status.reason}}{{.}}{{end}}{{"\\t"}}{{with .metadata.deletionTimestamp}}{{.}}{{end}}{{"\\t"}}{{range .status.conditions}}{{if eq .type "PodScheduled"}}{{if eq .status "False"}}{{with .message}}{{.}}{{end}}{{end}}{{end}}{{end}}{{"\\n"}}{{range .status.initContainerStatuses}}I{{"\\t"}}{{template "container" .}}{{end}}{{range .status.containerStatuses}}C{{"\\t"}}{{template "container" .}}{{end}}';
/**
 * For `kubectl get nodes,pods`: a line N for a node and X for each of its conditions, P for a pod, I and C for its containers;
 * words are separated by tabs.
 */
export const TEMPLATE = `${CONTAINER}{{range .items}}{{if eq .kind "Node"}}${NODE}{{else}}${POD}{{end}}{{end}}`;

/** Pods that are not well are told one by one up to here. */
const MOST_PODS = 10;
/** Seconds that a pod may take to end before it is told of: the usual grace is half a minute. */
const ENDING = 300;

interface Node {
  readonly name: string;
  readonly version: string;
  readonly cordoned: boolean;
  readonly roles: readonly string[];
  readonly conditions: Condition[];
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly message: string;
}

interface Pod {
  readonly name: string;
  readonly node: string;
  readonly phase: string;
  readonly reason: string;
  /** When it was told to end; empty for others. */
  readonly deleted: string;
  readonly unscheduled: string;
  readonly containers: Container[];
}

interface Container {
  readonly prepares: boolean;
  readonly name: string;
  readonly ready: boolean;
  readonly waiting: string;
  readonly ended: string;
  readonly before: string;
}

interface Told {
  now: number;
  version: string | undefined;
  readonly nodes: Node[];
  readonly pods: Pod[];
  readonly certificates: PrintedCertificate[];
}

/** The state of the cluster in a few lines: its nodes, how many pods are well, and what is not as it should be. */
export function statusLines(printed: string): readonly string[] {
  const told = read(printed);
  if (told.nodes.length === 0) return ['the answer of the cluster could not be read'];
  const { nodes, pods } = told;
  const ill = pods.flatMap((pod) => illness(pod, told.now));
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['version', told.version],
    ['nodes', `${nodes.filter(isReady).length} of ${nodes.length} ready`],
    ...nodeTable(nodes).map((line) => ['', line] as const),
    ['pods', `${pods.length - ill.length} of ${pods.length} well`],
    ...[...nodes.flatMap(nodeWarnings), ...few(ill), ...endingCertificates(told.certificates, told.now)].map(
      (text) => ['warning', text] as const,
    ),
  ];
  return rows.flatMap(([name, text]) => (text === undefined ? [] : [`${name.padEnd(9)} ${text}`]));
}

/** A message of several lines goes on without a letter of its own; only its first line is kept. */
function read(printed: string): Told {
  const told: Told = { now: 0, version: undefined, nodes: [], pods: [], certificates: [] };
  for (const line of printed.split('\n')) {
    const [letter, ...words] = line.split('\t');
    const [first = '', second = '', third = '', fourth = '', fifth = '', sixth = ''] = words;
    if (letter === 'T') told.now = Number(first);
    else if (letter === 'V') told.version = first;
    else if (letter === 'N') {
      const node = { name: first, version: second, cordoned: third === 'yes', roles: rolesOf(fourth) };
      told.nodes.push({ ...node, conditions: [] });
    } else if (letter === 'X') {
      told.nodes.at(-1)?.conditions.push({ type: first, status: second, message: third });
    } else if (letter === 'P') {
      const pod = { name: first, node: second, phase: third, reason: fourth, deleted: fifth };
      told.pods.push({ ...pod, unscheduled: sixth, containers: [] });
    } else if (letter === 'C' && words.length === 2) told.certificates.push({ path: first, data: second });
    else if (letter === 'C' || letter === 'I') {
      const state = { waiting: third, ended: fourth, before: fifth };
      told.pods.at(-1)?.containers.push({
        prepares: letter === 'I',
        name: first,
        ready: second === 'true',
        ...state,
      });
    }
  }
  return told;
}

/** node-role.kubernetes.io/NAME; kubeadm 1.5 had a label of its own. */
function rolesOf(labels: string): readonly string[] {
  const roles = labels.split(',').flatMap((label) => {
    const [key = '', value = ''] = label.split('=');
    if (key.startsWith('node-role.kubernetes.io/')) return [key.slice(key.indexOf('/') + 1)];
    return key === 'kubeadm.alpha.kubernetes.io/role' || key === 'kubernetes.io/role' ? [value] : [];
  });
  return roles.includes('control-plane') ? roles.filter((role) => role !== 'master') : roles;
}

function isReady({ conditions }: Node): boolean {
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

function nodeTable(nodes: readonly Node[]): readonly string[] {
  const rows = nodes.map((node) => [
    node.name,
    node.version,
    node.roles.join(',') || 'worker',
    `${isReady(node) ? 'ready' : 'not ready'}${node.cordoned ? ', takes no pods (cordoned)' : ''}`,
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
}

/** Ready should be true, everything else (pressure of some kind, no network) false. */
function nodeWarnings({ name, conditions }: Node): readonly string[] {
  return conditions
    .filter(({ type, status }) => status !== (type === 'Ready' ? 'True' : 'False'))
    .map(({ type, status, message }) => {
      const what = type === 'Ready' ? (status === 'False' ? 'not ready' : 'does not answer') : type;
      const waits = /cni (?:config|plugin)/.test(message) ? ' (the stage network brings it)' : '';
      return `${name}: ${what}${message === '' ? '' : `: ${message}`}${waits}`;
    });
}

/** One sentence for a pod that is not well, none for others. */
function illness(pod: Pod, now: number): readonly string[] {
  const why = reason(pod, now);
  const where = pod.node === '' ? '' : ` on ${pod.node}`;
  return why === undefined ? [] : [`${pod.name}${where}: ${why}`];
}

function reason(pod: Pod, now: number): string | undefined {
  if (pod.phase === 'Succeeded') return undefined;
  if (pod.deleted !== '') {
    const since = now - Math.floor(Date.parse(pod.deleted) / 1000);
    return since > ENDING ? `has been ending for ${Math.floor(since / 60)} minutes` : undefined;
  }
  if (pod.unscheduled !== '') return `no node takes it: ${pod.unscheduled}`;
  const ill = pod.containers
    .filter(({ prepares, ready, ended }) => !ready && !(prepares && ended.startsWith('Completed ')))
    .map(containerReason);
  if (ill.length > 0) return [...new Set(ill)].join('; ');
  return pod.phase === 'Running' ? undefined : pod.reason || pod.phase;
}

function containerReason({ name, waiting, ended, before }: Container): string {
  const now =
    waiting !== '' ? `waits: ${waiting}` : ended !== '' ? `ended: ${ended}` : 'runs but is not ready';
  return `${name} ${now}${before === '' ? '' : `; before that it ended: ${before}`}`;
}

function few(ill: readonly string[]): readonly string[] {
  if (ill.length <= MOST_PODS) return ill;
  return [...ill.slice(0, MOST_PODS), `and ${ill.length - MOST_PODS} more pods are not well`];
}
