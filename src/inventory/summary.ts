import { isIPv6 } from 'node:net';
import { Masker } from '../report/mask.js';
import type { Host, Inventory, SshSettings } from './inventory.js';
import type { Kind } from './kinds.js';
import { defaultSubnets } from './kubernetes.js';
import { DEFAULT_OSDS, inventorySchema, sshDefaults } from './schema.js';

/** What an inventory was understood to say: its hosts, and each setting that is not the default. Secrets are masked. */
export function summarize(inventory: Inventory): string {
  const { cluster, hosts } = inventory;
  const rows = hosts.map((host) => [host.name, host.address, reachedAt(host), host.roles.join(', ') || '-']);
  const settings = [
    ...sshLines(hosts),
    ...osdLines(hosts),
    ...markLines(hosts),
    ...settingLines(withoutDefaultSubnets(inventory), inventorySchema, ''),
    ...kubernetesLines(inventory),
    ...cephLines(inventory),
  ];
  return new Masker(inventory.secretValues).mask(
    [
      `${cluster}: ${hosts.length} ${hosts.length === 1 ? 'host' : 'hosts'}`,
      '',
      ...table([['host', 'address', 'reached at', 'roles'], ...rows]),
      '',
      ...(settings.length === 0
        ? ['All settings have their defaults.']
        : ['Settings that are not the default:', ...table(settings, '  ')]),
    ].join('\n'),
  );
}

function reachedAt({ ssh }: Host): string {
  const user = ssh.user === undefined ? '' : `${ssh.user}@`;
  const host = isIPv6(ssh.host) && ssh.port !== undefined ? `[${ssh.host}]` : ssh.host;
  const port = ssh.port === undefined ? '' : `:${ssh.port}`;
  const via = ssh.proxyJump.length === 0 ? '' : ` via ${ssh.proxyJump.join(', ')}`;
  return user + host + port + via;
}

/** Columns as wide as their widest cell, two blanks between them. */
function table(rows: readonly (readonly string[])[], indent = ''): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map(
    (row) =>
      indent +
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
  );
}

/** What the column "reached at" does not show. */
const SHOWN: readonly (keyof SshSettings)[] = [
  'identityFile',
  'passphrase',
  'password',
  'sudoPassword',
  'hostKey',
  'knownHostsFile',
  'transport',
  'connectTimeout',
];
const SECRET: ReadonlySet<keyof SshSettings> = new Set(['passphrase', 'password', 'sudoPassword']);

function sshLines(hosts: readonly Host[]): string[][] {
  return SHOWN.flatMap((key) => {
    const names = new Map<string, string[]>();
    for (const host of hosts) {
      const value = host.ssh[key];
      if (value === undefined || value === defaultOf(key)) continue;
      const text = SECRET.has(key) ? '(not shown)' : shown(value);
      names.set(text, [...(names.get(text) ?? []), host.name]);
    }
    return [...names].map(([text, owners]) => [`ssh.${key}`, text + ofHosts(owners, hosts.length)]);
  });
}

/** Where each host stores data for Ceph, when it is not the default. */
function osdLines(hosts: readonly Host[]): string[][] {
  const storing = hosts.filter(({ osds }) => osds.length > 0);
  const names = new Map<string, string[]>();
  for (const { name, osds } of storing) {
    const text = osds.join(', ');
    if (text !== DEFAULT_OSDS.join(', ')) names.set(text, [...(names.get(text) ?? []), name]);
  }
  return [...names].map(([text, owners]) => ['osds', text + ofHosts(owners, storing.length)]);
}

/** Labels and taints of the nodes. */
function markLines(hosts: readonly Host[]): string[][] {
  const lines = (key: string, textsOf: (host: Host) => readonly string[]): string[][] => {
    const names = new Map<string, string[]>();
    for (const host of hosts)
      for (const text of textsOf(host)) names.set(text, [...(names.get(text) ?? []), host.name]);
    return [...names].map(([text, owners]) => [key, text + ofHosts(owners, hosts.length)]);
  };
  return [
    ...lines('labels', ({ labels }) => [...labels].map(([key, value]) => `${key}=${value}`)),
    ...lines('taints', ({ taints }) => taints),
  ];
}

/** Those that follow from the addresses of the hosts go without saying. */
function withoutDefaultSubnets(inventory: Inventory): object {
  const { podSubnet, serviceSubnet } = defaultSubnets(inventory.hosts);
  const { kubernetes } = inventory;
  return {
    ...inventory,
    kubernetes: {
      ...kubernetes,
      podSubnet: kubernetes.podSubnet === podSubnet ? undefined : kubernetes.podSubnet,
      serviceSubnet: kubernetes.serviceSubnet === serviceSubnet ? undefined : kubernetes.serviceSubnet,
    },
  };
}

/** What the components of Kubernetes are told besides. */
function kubernetesLines({ kubernetes }: Inventory): string[][] {
  const { extraArgs, kubeletConfig, proxyConfig, patches } = kubernetes;
  const assignments = (settings: ReadonlyMap<string, string>): string =>
    [...settings].map(([key, value]) => `${key}=${value}`).join(', ');
  const told = [
    ...Object.entries(extraArgs).map(([name, args]) => [`extraArgs.${name}`, assignments(args)]),
    ['kubeletConfig', assignments(kubeletConfig)],
    ['proxyConfig', assignments(proxyConfig)],
    ['patches', [...patches.keys()].join(', ')],
  ];
  return told.flatMap(([key, text]) => (text === '' ? [] : [[`kubernetes.${key}`, text ?? '']]));
}

/** What the stage makes in the cluster, by name. */
function cephLines({ ceph }: Inventory): string[][] {
  const made = [
    ['ceph.pools', ceph.pools.map(({ name }) => name)],
    ['ceph.images', ceph.images.map(({ pool, name }) => `${pool}/${name}`)],
    ['ceph.clients', ceph.clients.map(({ name }) => name)],
  ] as const;
  return made.flatMap(([key, names]) => (names.length === 0 ? [] : [[key, names.join(', ')]]));
}

function defaultOf(key: keyof SshSettings): unknown {
  return key === 'transport' || key === 'connectTimeout' ? sshDefaults[key] : undefined;
}

function ofHosts(names: readonly string[], all: number): string {
  if (names.length === all) return '';
  const first = names.slice(0, 5).join(', ');
  return names.length > 5 ? ` (${first} and ${names.length - 5} more)` : ` (${first})`;
}

/** Follows the schema into the sections that the inventory has kept as they are in the file. */
function settingLines(values: object, kind: Kind, path: string): string[][] {
  if (kind.kind !== 'object') return [];
  return Object.entries(kind.fields).flatMap(([key, field]) => {
    const value: unknown = Reflect.get(values, key);
    const inner = path === '' ? key : `${path}.${key}`;
    if (field.of.kind === 'object')
      return typeof value === 'object' && value !== null ? settingLines(value, field.of, inner) : [];
    if (field.of.kind === 'map' || inner === 'cluster' || value === undefined) return [];
    if (JSON.stringify(value) === JSON.stringify(field.fallback)) return [];
    return [[inner, Array.isArray(value) ? value.join(', ') : shown(value)]];
  });
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
