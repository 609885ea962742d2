import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { type E2eLab, e2eLab } from './lab.js';
import { type JsonOutcome, provisionJson, type StartedProvision, startProvision } from './provision.js';

/** An inventory as data. */
export interface InventoryFile {
  cluster: string;
  kubernetes: Record<string, unknown>;
  network?: Record<string, unknown>;
  docker: Record<string, unknown>;
  hosts: Record<string, { address: string; roles: string[]; [setting: string]: unknown }>;
}

/** Makes another inventory of one. */
export type ChangeFile = (inventory: InventoryFile) => void;

/** A lab and the stages that are tried on it. */
export interface StagedLab extends E2eLab {
  /** Writes `lab.yaml`, changed, under another name or its own. */
  readonly write: (file: string, change: ChangeFile) => Promise<void>;
  readonly plan: (file?: string, ...options: string[]) => Promise<JsonOutcome>;
  readonly up: (file?: string, ...options: string[]) => Promise<JsonOutcome>;
  readonly startUp: () => StartedProvision;
  /** Runs a script as root; what it prints. It must succeed. */
  readonly on: (host: string, script: string) => Promise<string>;
  /** What a script says, on either output, however it ends. */
  readonly said: (host: string, script: string) => Promise<string>;
}

/** Fresh hosts whose `lab.yaml` is changed, and the stages that `plan` and `up` are limited to. */
export async function stagedLab(
  name: string,
  hosts: number,
  stages: readonly string[],
  change: ChangeFile = () => undefined,
  suite?: string,
): Promise<StagedLab> {
  const base = await e2eLab(name, hosts, suite);
  const select = ['--stage', stages.join(',')];
  const write: StagedLab['write'] = async (file, changeFile) => {
    const inventory: InventoryFile = parse(await readFile(join(base.folder, 'lab.yaml'), 'utf8'));
    changeFile(inventory);
    await writeFile(join(base.folder, file), stringify(inventory));
  };
  await write('lab.yaml', change);
  return {
    ...base,
    write,
    on: async (host, script) => {
      const { stdout, stderr, code } = await base.exec(host, ['sh', '-c', script]);
      if (code !== 0) throw new Error(`${host}: ${script}\nended with ${code}:\n${stdout}${stderr}`);
      return stdout;
    },
    said: async (host, script) => {
      const { stdout, stderr } = await base.exec(host, ['sh', '-c', script]);
      return stdout + stderr;
    },
    plan: (file = 'lab.yaml', ...options) =>
      provisionJson(base.folder, ['plan', file, ...select, ...options]),
    up: (file = 'lab.yaml', ...options) =>
      provisionJson(base.folder, ['up', file, ...select, '--yes', ...options]),
    startUp: () => startProvision(base.folder, ['up', 'lab.yaml', ...select, '--yes', '--output', 'json']),
  };
}
