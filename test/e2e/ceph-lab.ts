import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { parse, stringify } from 'yaml';
import { packageNames } from '../../playbooks/ceph/packages.js';
import { cephContext } from '../../playbooks/ceph/playbook.js';
import { loadInventory } from '../../src/inventory/load.js';
import { type E2eLab, e2eLab } from './lab.js';
import {
  type JsonOutcome,
  named,
  provisionJson,
  type StartedProvision,
  startProvision,
} from './provision.js';
import { until } from './until.js';

/** An inventory as data. */
export interface InventoryData {
  cluster: string;
  ceph: Record<string, unknown>;
  hosts: Record<string, HostData>;
}

export interface HostData {
  address: string;
  roles: string[];
  osds?: string[];
  [setting: string]: unknown;
}

/** Makes another inventory of one. */
export type Change = (inventory: InventoryData) => void;

/** Points to which a lab can be put back: the stage hosts done, the packages of Ceph there too, the stage ceph done. */
export const HOSTS_DONE = 'hosts-done';
export const PACKAGES_INSTALLED = 'packages-installed';
export const HEALTHY = 'ceph-healthy';

export interface CephLabRequest {
  /** At most 16 letters. */
  readonly name: string;
  readonly hosts: number;
  /** bookworm when left out. */
  readonly suite?: string;
  /** What `lab.yaml` is to say otherwise than the lab writes it. */
  readonly change?: Change;
  /** What is done to the hosts before anything else. */
  readonly before?: (lab: E2eLab) => Promise<unknown>;
  /** The last of the points to make; there is a snapshot of each on the way. */
  readonly upTo: typeof HOSTS_DONE | typeof PACKAGES_INSTALLED | typeof HEALTHY;
}

export interface CephLab extends E2eLab {
  /** Writes `lab.yaml`, changed, beside it. */
  readonly write: (file: string, change: Change) => Promise<void>;
  readonly plan: (file?: string) => Promise<JsonOutcome>;
  /** The stages hosts and ceph. */
  readonly up: (file?: string, ...options: string[]) => Promise<JsonOutcome>;
  readonly startUp: () => StartedProvision;
  /** Runs a script as root; what it prints. It must succeed. */
  readonly on: (host: string, script: string) => Promise<string>;
  /** What the cluster answers to a question, asked on a host. */
  readonly ask: <Answer>(words: string, host?: string) => Promise<Answer>;
  /**
   * Waits until Ceph itself says HEALTH_OK.
   * @param besides codes of what it may warn of
   */
  readonly untilHealthy: (seconds?: number, besides?: readonly string[]) => Promise<void>;
}

const STAGES = ['--stage', 'hosts,ceph'];

/** Hosts on which Ceph is tried, brought to a point and remembered there. */
export async function cephLab(request: CephLabRequest): Promise<CephLab> {
  const base = await e2eLab(request.name, request.hosts, request.suite);
  try {
    return await prepared(base, request);
  } catch (error) {
    await base.destroy();
    throw error;
  }
}

async function prepared(base: E2eLab, { change, before, upTo }: CephLabRequest): Promise<CephLab> {
  const lab = withCeph(base);
  if (change !== undefined) await lab.write('lab.yaml', change);
  await before?.(lab);
  expectDone(await provisionJson(lab.folder, ['stage', 'hosts', 'lab.yaml', '--yes']));
  await lab.snapshot(HOSTS_DONE);
  if (upTo === HOSTS_DONE) return lab;
  await installPackages(lab);
  await lab.snapshot(PACKAGES_INSTALLED);
  if (upTo === PACKAGES_INSTALLED) return lab;
  expectDone(await lab.up());
  await lab.untilHealthy();
  await lab.snapshot(HEALTHY);
  return lab;
}

function withCeph(base: E2eLab): CephLab {
  const on = async (host: string, script: string): Promise<string> => {
    const { stdout, stderr, code } = await base.exec(host, ['sh', '-c', script]);
    if (code !== 0) throw new Error(`${host}: ${script}\nended with ${code}:\n${stdout}${stderr}`);
    return stdout;
  };
  const ask = async <Answer>(words: string, host = 'node1'): Promise<Answer> =>
    JSON.parse(await on(host, `timeout 60 ceph --connect-timeout 30 ${words} -f json`)) as Answer;
  return {
    ...base,
    on,
    ask,
    write: async (file, change) => {
      const inventory: InventoryData = parse(await readFile(join(base.folder, 'lab.yaml'), 'utf8'));
      change(inventory);
      await writeFile(join(base.folder, file), stringify(inventory));
    },
    plan: (file = 'lab.yaml') => provisionJson(base.folder, ['plan', file, ...STAGES]),
    up: (file = 'lab.yaml', ...options) =>
      provisionJson(base.folder, ['up', file, ...STAGES, '--yes', ...options]),
    startUp: () => startProvision(base.folder, ['up', 'lab.yaml', ...STAGES, '--yes', '--output', 'json']),
    untilHealthy: async (seconds = 120, besides = []) => {
      const question = ['timeout', '30', 'ceph', '--connect-timeout', '10', 'health', 'detail'];
      let last = '';
      const isWell = async (): Promise<boolean> => {
        const { stdout, stderr } = await base.exec('node1', question);
        last = stdout + stderr;
        const codes = [...last.matchAll(/^\[(?:WRN|ERR)\] (\w+)/gm)].map(([, code = '']) => code);
        return (
          last.startsWith('HEALTH_OK') || (codes.length > 0 && codes.every((code) => besides.includes(code)))
        );
      };
      await until('HEALTH_OK', seconds, isWell).catch((error: unknown) => {
        throw new Error(`Ceph is not well: ${last}`, { cause: error });
      });
    },
  };
}

/** The packages that the stage ceph would install, with either installer, and no more. */
async function installPackages(lab: CephLab): Promise<void> {
  const inventory = await loadInventory(join(lab.folder, 'lab.yaml'));
  const context = cephContext({ inventory, facts: new Map(), outputs: new Map() });
  if (context === undefined) throw new Error('the inventory has no Ceph');
  const { members } = context;
  await Promise.all(
    members.all.map((host) => {
      const names = packageNames(host, context).join(' ');
      return lab.on(
        host.name,
        `export DEBIAN_FRONTEND=noninteractive LC_ALL=C
        { apt-get -q update && apt-get -q -y install --no-install-recommends ${names}; } 2>&1`,
      );
    }),
  );
}

/** A run that ended well. */
export function expectDone(outcome: JsonOutcome): void {
  const failed = outcome.tasks.filter(({ status }) => status === 'failed');
  expect(failed, outcome.stderr).toEqual([]);
  expect(outcome.code, outcome.stderr).toBe(0);
}

/** A run that had nothing to do, of any task. */
export function expectNothingToDo(outcome: JsonOutcome): void {
  expect(named(outcome.tasks, 'change', 'changed', 'failed', 'skipped', 'unknown')).toEqual([]);
  expect(outcome.code, outcome.stderr).toBe(0);
}

/** Whatever came before: up makes a healthy cluster, and has nothing to do after that. */
export async function expectMadeWell(lab: CephLab, besides: readonly string[] = []): Promise<void> {
  expectDone(await lab.up());
  await lab.untilHealthy(120, besides);
  expectNothingToDo(await lab.up());
}
