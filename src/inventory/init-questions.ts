import { isIPv4 } from 'node:net';
import type { Prompts } from '../cli/context.js';
import { explainText } from './check-text.js';
import { addressPattern, hostPattern, label, timezone } from './formats.js';
import { osd } from './formats-ceph.js';
import { localFile, userName } from './formats-text.js';
import type { InitAnswers, InitHost } from './init-render.js';
import { ROLES } from './inventory.js';
import type { Role } from './inventory.js';
import type { Format } from './kinds.js';
import { expandRange } from './ranges.js';
import { DEFAULT_OSDS } from './schema.js';

type Asking = Pick<Prompts, 'input' | 'confirm' | 'checkbox'>;

/** Asks what an inventory needs, with defaults that go on from the last answer. */
export async function askInventory(prompts: Asking): Promise<InitAnswers> {
  const cluster = await askFor(prompts, 'Name of the platform', label, 'platform');
  const hosts = await askHosts(prompts);
  const user = await askFor(
    prompts,
    'User to log in as over ssh (root, or one who may use sudo)',
    userName,
    'root',
  );
  const identityFile = await prompts.input('Private key file (empty: the ssh agent and the default keys)', {
    validate: (text) => text === '' || (explainText(localFile, text) ?? true),
  });
  const zone = await askFor(prompts, 'Time zone of the hosts', timezone, ownTimezone());
  return {
    cluster,
    hosts,
    user,
    identityFile: identityFile === '' ? undefined : identityFile,
    timezone: zone,
  };
}

async function askFor(prompts: Asking, message: string, format: Format, initial?: string): Promise<string> {
  return prompts.input(message, {
    ...(initial === undefined ? {} : { initial }),
    validate: (text) => explainText(format, text) ?? true,
  });
}

async function askHosts(prompts: Asking): Promise<InitHost[]> {
  const hosts: InitHost[] = [];
  do hosts.push(await askHost(prompts, hosts));
  while (await prompts.confirm('Another host?', hosts.length < 2));
  return hosts;
}

async function askHost(prompts: Asking, earlier: readonly InitHost[]): Promise<InitHost> {
  const last = earlier.at(-1);
  const name = await prompts.input(`Name of host ${earlier.length + 1} (node[01:20] stands for twenty)`, {
    initial: nextName(last?.name),
    validate: (text) =>
      explainText(hostPattern, text) ??
      unlessTaken(
        text,
        earlier.map((host) => host.name),
      ),
  });
  const count = expandRange(name).words.length;
  const initial = nextAddress(last?.address);
  const address = await prompts.input(`Private address of ${name}`, {
    ...(initial === undefined || count > 1 ? {} : { initial }),
    validate: (text) =>
      explainText(addressPattern, text) ??
      unlessCountDiffers(text, count) ??
      unlessTaken(
        text,
        earlier.map((host) => host.address),
      ),
  });
  const roles = await prompts.checkbox(`Roles of ${name}`, ROLES, defaultRoles(earlier.length === 0));
  const host = { name, address, roles: ROLES.filter((role) => roles.includes(role)) };
  return roles.includes('osd') ? { ...host, osds: await askOsds(prompts, name) } : host;
}

/** undefined leaves it to the default of the inventory. */
async function askOsds(prompts: Asking, name: string): Promise<readonly string[] | undefined> {
  const initial = DEFAULT_OSDS.join(', ');
  const text = await prompts.input(
    `Where ${name} stores data for Ceph: an unused block device such as /dev/sdb, or a directory; several with commas`,
    { initial, validate: (answer) => explainOsds(splitAtCommas(answer)) },
  );
  const osds = splitAtCommas(text);
  return osds.join(', ') === initial ? undefined : osds;
}

function explainOsds(osds: readonly string[]): true | string {
  const refused = osds.map((text) => explainText(osd, text)).find((sentence) => sentence !== undefined);
  if (refused !== undefined) return refused;
  return new Set(osds).size === osds.length ? true : 'Each OSD has a place of its own';
}

function splitAtCommas(text: string): readonly string[] {
  return text.split(',').map((part) => part.trim());
}

function defaultRoles(isFirst: boolean): readonly Role[] {
  return isFirst ? ['control-plane', 'worker'] : ['worker'];
}

function unlessTaken(text: string, patterns: readonly string[]): true | string {
  const taken = new Set(patterns.flatMap((pattern) => expandRange(pattern).words));
  const repeated = expandRange(text).words.find((word) => taken.has(word));
  return repeated === undefined ? true : `${repeated} is already another host's`;
}

function unlessCountDiffers(text: string, count: number): string | undefined {
  const given = expandRange(text).words.length;
  if (given === count) return undefined;
  return count === 1
    ? 'This is more than one address'
    : `${count} hosts need a range of ${count} addresses: 10.0.0.[11:${10 + count}]`;
}

/** node1 is followed by node2, node09 by node10. */
function nextName(last: string | undefined): string {
  const [, stem, digits] = /^(.*?)(\d+)$/.exec(last ?? 'node0') ?? [];
  if (stem === undefined || digits === undefined) return 'node1';
  return stem + String(Number(digits) + 1).padStart(digits.length, '0');
}

function nextAddress(last: string | undefined): string | undefined {
  if (last === undefined || !isIPv4(last)) return undefined;
  const dot = last.lastIndexOf('.') + 1;
  const number = Number(last.slice(dot)) + 1;
  return number > 254 ? undefined : last.slice(0, dot) + number;
}

/** That of this machine, when it has one that the hosts would know. */
function ownTimezone(): string {
  const name = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return timezone.check(name) === undefined ? name : 'UTC';
}
