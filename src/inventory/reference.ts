import { compatibilityRules } from './compatibility.js';
import { ROLES } from './inventory.js';
import type { Field, Kind, ObjectKind } from './kinds.js';
import { NEWEST_MINOR, OLDEST_MINOR } from './kubernetes-settings.js';
import { allowedBy } from './read-scalar.js';
import { ROLE_MEANINGS, inventorySchema } from './schema.js';

interface Row {
  readonly name: string;
  readonly path: string;
  readonly field: Field;
}

/** The reference page of the inventory, docs/inventory.md. */
export function inventoryReference(): string {
  const shown = new Map<Field, string>();
  const sections = [...sectionsOf(inventorySchema, '')].map(([path, rows]) =>
    renderSection(path, rows, shown),
  );
  return [INTRODUCTION, ...sections, renderRoles(), VALUES, renderRules()].join('\n\n').concat('\n');
}

const INTRODUCTION = `# Inventory

<!-- Made by \`npm run docs\` from src/inventory/schema.ts. -->

One YAML file describes the platform: its hosts, how to reach them, what they do, and settings for the stages. Only
\`cluster\` and \`hosts\` are required. A key that is not on this page is an error, and every error names its line and
column. \`provision validate FILE\` checks a file without connecting to anything and prints what it understood;
\`provision init FILE\` asks a few questions and writes one; \`inventory.example.yaml\` is one to copy.

For completion and checks while typing, point your editor at \`docs/inventory.schema.json\`, which is part of the package.
With the YAML language server this line at the top of the file does it:

\`\`\`yaml
# yaml-language-server: $schema=./docs/inventory.schema.json
\`\`\`

The smallest file:

\`\`\`yaml
cluster: demo
hosts:
  node1:
    address: 10.0.0.11
\`\`\``;

const VALUES = `## Ranges

\`node[01:20]\` under \`hosts\` stands for node01, node02 … node20: both ends belong to it, and leading zeros keep their width.
Its \`address\` is a range of as many addresses, and so is \`ssh.host\` if it has one:

\`\`\`yaml
hosts:
  node[01:20]:
    address: 10.0.0.[11:30]
groups:
  workers: {hosts: ["node[01:20]"], roles: [worker]}
\`\`\`

The numbers are decimal, a word can have one range, and a range has no step. In an IPv6 address too the numbers are decimal
digits: \`fd00::[8:11]\` stands for fd00::8, fd00::9, fd00::10 and fd00::11. Inside square or curly brackets YAML wants quotes
around a range.

## Groups, and which setting holds

Roles add up: a host has its own and those of its groups. An ssh setting is taken from the host, else from its groups, else
from the top-level \`ssh\`, else it has the default. \`osds\` is taken from the host, else from its groups, else from
\`ceph.osds\`. Labels and taints add up as roles do; where a host and its groups have the same label, or a taint of the same key
and effect, the host's own holds. Two groups of one host may not give different values of one setting.

## Releases of Kubernetes

1.${OLDEST_MINOR} to 1.${NEWEST_MINOR} are known. Without \`kubernetes.version\` it is the newest of them; a minor version such as 1.34 takes the newest
patch that the package source has, and what is installed already stays. 1.5 to 1.7 are made as the articles of that time
made them; their packages have to come from a mirror of apt.kubernetes.io or from a folder, since the original was closed. Neither
Debian nor Ubuntu has kubeadm: \`source: distribution\` is for hosts whose own package sources have it, such as a mirror inside
a company. A control plane runs pods when its host has the role worker too, or when \`schedulableControlPlane\` is true.

The thresholds under \`evictionHard\` are always written as a full set, because kubelet drops the defaults of those that are
not named (pitfall kubelet-eviction-nodefs). Networks of pods and services are checked against each other and against the addresses
of all hosts before connecting, and against all networks of the hosts before anything is changed.

Patches are texts of several lines, or come from files:

\`\`\`yaml
kubernetes:
  patches:
    kube-apiserver+merge.yaml: \${file:patches/kube-apiserver.yaml}
\`\`\`

## Releases of Ceph

Without \`ceph.release\` the cluster has the release whose packages the distribution of the admin host has; all hosts of Ceph
have one release. \`source: ceph.com\` takes the packages of download.ceph.com, or of a mirror of it. They are signed by the
release key of ceph.com (08B7 3419 AC32 B4E9 66C1 A330 E84A C2C0 460F 3994), which is part of this program: no key is fetched and
trusted on the way. What a release cannot have is refused before connecting when \`ceph.release\` names it, else before
anything is changed, once the hosts have said what they run.

## Secrets and other values from outside

\`\${env:NAME}\` is replaced by an environment variable, \`\${file:PATH}\` by the text of a file on this machine without its last
line break; a relative path starts at the folder of the inventory. Both can stand anywhere in a value, not in a key. It is
an error when there is no such variable or file. Every value that came from outside, and every password and passphrase, is
masked in all output, logs and run records. A \`\${\` that means itself is written \`$\${\`.

## YAML

Anchors, aliases and merge keys (\`<<: *anchor\`) work. Plain values are read as the setting needs them: \`version: 20.10\` is
the text "20.10". The file is UTF-8 text of at most 1 MB with one document in it.`;

/** Every object of the schema with its keys that are plain values, in the order of the schema. */
function sectionsOf(kind: ObjectKind, path: string): Map<string, Row[]> {
  const rows = Object.entries(kind.fields).map(([name, field]) => ({
    name,
    path: path === '' ? name : `${path}.${name}`,
    field,
  }));
  const sections = new Map([[path, rows.filter(({ field }) => objectIn(field.of) === undefined)]]);
  for (const row of rows) {
    const inner = objectIn(row.field.of);
    if (inner === undefined) continue;
    const innerPath = row.field.of.kind === 'map' ? `${row.path}.${row.field.of.placeholder}` : row.path;
    for (const [key, value] of sectionsOf(inner, innerPath)) sections.set(key, value);
  }
  return sections;
}

function objectIn(kind: Kind): ObjectKind | undefined {
  if (kind.kind === 'object') return kind;
  return kind.kind === 'map' && kind.values.kind === 'object' ? kind.values : undefined;
}

/** @param shown the section in which a field was first shown; sections share fields, and each is described once */
function renderSection(path: string, rows: readonly Row[], shown: Map<Field, string>): string {
  const fresh = rows.filter(({ field }) => !shown.has(field));
  const earlier = new Set(
    rows.map(({ field }) => shown.get(field)).filter((section) => section !== undefined),
  );
  for (const { field } of fresh) shown.set(field, path);
  const title = path === '' ? '## Top level' : `## \`${path}\``;
  const also = [...earlier].map(
    (section) => `Has all keys of \`${section}\`${fresh.length > 0 ? ' and these:' : '.'}`,
  );
  const about = [descriptionOf(path), ...also].filter((sentence) => sentence !== undefined).join(' ');
  const table =
    fresh.length === 0
      ? []
      : ['| key | meaning | allowed | default |', '|---|---|---|---|', ...fresh.map(renderRow)];
  const blocks = [title, about, table.join('\n')];
  return blocks.filter((block) => block !== '').join('\n\n');
}

function renderRow({ name, field }: Row): string {
  return `| \`${name}\` | ${cell(field.description)} | ${cell(allowed(field.of))} | ${cell(fallback(field))} |`;
}

/** The description of the field that a section hangs on. */
function descriptionOf(path: string): string | undefined {
  let description: string | undefined;
  let kind: Kind = inventorySchema;
  for (const step of path.split('.')) {
    if (kind.kind === 'map') kind = kind.values;
    else if (kind.kind === 'object') {
      const field: Field | undefined = kind.fields[step];
      if (field === undefined) return undefined;
      description = field.description;
      kind = field.of;
    }
  }
  return description;
}

function allowed(kind: Kind): string {
  if (kind.kind === 'list') return `list; each ${allowed(kind.items)}`;
  return kind.kind === 'object' || kind.kind === 'map' ? 'keys' : allowedBy(kind);
}

function fallback(field: Field): string {
  if (field.required) return '**required**';
  if (field.fallback !== undefined) return `\`${JSON.stringify(field.fallback).replaceAll('"', '')}\``;
  return field.absent ?? '';
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function renderRoles(): string {
  const rows = ROLES.map((role) => `| \`${role}\` | ${ROLE_MEANINGS[role]} |`);
  return ['## Roles', '', '| role | the host |', '|---|---|', ...rows].join('\n');
}

function renderRules(): string {
  const rows = compatibilityRules.map(
    ({ id, message, works }) => `| \`${id}\` | ${cell(message)} | ${cell(works)} |`,
  );
  return [
    '## Combinations that are refused',
    '',
    'Settings that are valid alone and cannot work together are refused before any connection.',
    '',
    '| rule | why | what works |',
    '|---|---|---|',
    ...rows,
  ].join('\n');
}
