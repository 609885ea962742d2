import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Prompts } from '../../../src/cli/context.js';
import { checkText } from '../../../src/inventory/check-text.js';
import { hostPattern, label, timezone } from '../../../src/inventory/formats.js';
import { localFile, userName } from '../../../src/inventory/formats-text.js';
import { askInventory } from '../../../src/inventory/init-questions.js';
import { renderInventory } from '../../../src/inventory/init-render.js';
import type { InitAnswers } from '../../../src/inventory/init-render.js';
import { initInventory } from '../../../src/inventory/init.js';
import { ROLES } from '../../../src/inventory/inventory.js';
import type { Format } from '../../../src/inventory/kinds.js';
import { loadInventory } from '../../../src/inventory/load.js';
import { localPath, surroundingsOf } from '../../../src/inventory/substitute.js';

const folder = mkdtempSync(join(tmpdir(), 'provision-init-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('renderInventory', () => {
  const names = fc.uniqueArray(
    fc
      .stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z])?$/)
      .filter((name) => checkText(hostPattern, name) === undefined),
    { minLength: 1, maxLength: 5 },
  );
  const answers: fc.Arbitrary<InitAnswers> = fc.record({
    cluster: fc.oneof(
      fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/),
      fc.constantFrom('null', 'true', 'no', '10', '1e3', '0x1'),
    ),
    timezone: fc.constantFrom('UTC', 'Asia/Shanghai', 'Etc/GMT+8', 'America/Port-au-Prince'),
    user: validText(userName),
    identityFile: fc.option(validText(localFile), { nil: undefined }),
    hosts: fc.tuple(names, fc.boolean(), fc.nat(200)).map(([all, isSix, first]) =>
      all.map((name, index) => ({
        name,
        address: isSix ? `fd00::${(first + index + 1).toString(16)}` : `10.0.0.${first + index + 1}`,
        roles: ROLES.filter((_, role) => index === 0 || (role > 0 && (role + first) % 2 === 0)),
        ...(index === 0 ? { osds: [`/data/osd${first}`, '/dev/disk/by-path/pci-0000:00:1f.2'] } : {}),
      })),
    ),
  });

  it('writes a file that says what was answered', async () => {
    await fc.assert(
      fc.asyncProperty(answers, fc.string(), async (given, path) => {
        expect([checkText(label, given.cluster), checkText(timezone, given.timezone)]).toEqual([
          undefined,
          undefined,
        ]);
        const text = renderInventory(given, path);
        const env = { HOME: '/home/operator' };
        const readFile = (): Uint8Array => Buffer.from(text);
        const inventory = await loadInventory('/etc/inventory.yaml', { env, readFile });
        const surroundings = surroundingsOf('/etc/inventory.yaml', env, readFile);
        expect(inventory.cluster).toBe(given.cluster);
        expect(inventory.timezone).toBe(given.timezone);
        expect(inventory.hosts.map(({ name, address, roles }) => ({ name, address, roles }))).toEqual(
          given.hosts.map(({ osds: _osds, ...host }) => host),
        );
        expect(inventory.hosts.map(({ osds }) => osds)).toEqual(
          given.hosts.map(({ osds, roles }) => osds ?? (roles.includes('osd') ? ['/var/local/osd0'] : [])),
        );
        for (const { ssh } of inventory.hosts) {
          expect(ssh.user).toBe(given.user);
          expect(ssh.identityFile).toBe(
            given.identityFile === undefined ? undefined : localPath(given.identityFile, surroundings),
          );
        }
        expect(inventory.secretValues).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('shows settings commented out that are valid once the comment signs are gone', async () => {
    const text = renderInventory(exampleAnswers, 'inventory.yaml');
    const [head = '', tail = ''] = text.split('# Further settings');
    const settings = tail.split('\n').slice(1).join('\n').replaceAll(/^# /gm, '');
    expect(settings).toMatch(/^docker:$/m);
    expect(await load(head + settings)).toEqual(await load(text));
  });
});

async function load(text: string): Promise<unknown> {
  return loadInventory('inventory.yaml', { env: {}, readFile: () => Buffer.from(text) });
}

const exampleAnswers: InitAnswers = {
  cluster: 'demo',
  timezone: 'UTC',
  user: 'root',
  identityFile: undefined,
  hosts: [{ name: 'node1', address: '10.0.0.11', roles: ['docker'] }],
};

describe('askInventory', () => {
  it('goes on from the last answer', async () => {
    const { prompts, asked } = scripted({
      'Name of the platform': 'demo',
      'Another host?': [true, false],
      'Private address of node1': '10.0.0.9',
      'Private key file': '',
      'Time zone': 'Europe/Berlin',
    });
    const answers = await askInventory(prompts);
    expect(answers).toEqual({
      cluster: 'demo',
      timezone: 'Europe/Berlin',
      user: 'root',
      identityFile: undefined,
      hosts: [
        { name: 'node1', address: '10.0.0.9', roles: ['control-plane', 'worker'] },
        { name: 'node2', address: '10.0.0.10', roles: ['worker'] },
      ],
    });
    expect(asked).toHaveLength(12);
  });

  it.each([
    ['Name of host 1', 'Node1', /capitals; did you mean node1\?/],
    ['Name of the platform', '', /it is empty/],
    ['Private address of node1', '10.0.0.1/24', /prefix length; did you mean 10\.0\.0\.1\?/],
    ['Private address of node1', '10.0.0.[1:2]', /more than one address/],
    ['Time zone', 'CST', /abbreviation/],
    ['User to log in', '-x', /is not a user name/],
  ])('%s: refuses %j', async (question, answer, message) => {
    const { prompts } = scripted({
      'Private address of': '10.0.0.9',
      'Private key': '',
      Another: [false],
      [question]: answer,
    });
    await expect(askInventory(prompts)).rejects.toThrow(message);
  });

  it('asks a host that stores data for Ceph where', async () => {
    const hosts = async (where: Script) => {
      const { prompts } = scripted({
        'Private address of': '10.0.0.9',
        'Private key': '',
        Another: [false],
        'Roles of': ['mon', 'osd'],
        ...where,
      });
      return (await askInventory(prompts)).hosts;
    };
    expect(await hosts({})).toEqual([
      { name: 'node1', address: '10.0.0.9', roles: ['mon', 'osd'], osds: undefined },
    ]);
    expect(await hosts({ 'Where node1 stores': '/dev/sdb,/data/osd1' })).toMatchObject([
      { osds: ['/dev/sdb', '/data/osd1'] },
    ]);
    await expect(hosts({ 'Where node1 stores': '/' })).rejects.toThrow('it is the root directory');
    await expect(hosts({ 'Where node1 stores': '/a, /a' })).rejects.toThrow('a place of its own');
  });

  it('refuses a name and an address that another host has', async () => {
    const names = scripted({
      'Name of host 2': 'node1',
      'Private address': '10.0.0.9',
      Another: [true, false],
    });
    await expect(askInventory(names.prompts)).rejects.toThrow('node1 is already another host');
    const addresses = scripted({ 'Private address': '10.0.0.9', Another: [true, false] });
    await expect(askInventory(addresses.prompts)).rejects.toThrow('10.0.0.9 is already another host');
  });

  it('wants as many addresses as a range has hosts', async () => {
    const one = scripted({ 'Name of host 1': 'node[1:3]', 'Private address': '10.0.0.9', Another: [false] });
    await expect(askInventory(one.prompts)).rejects.toThrow(
      '3 hosts need a range of 3 addresses: 10.0.0.[11:13]',
    );
    const three = scripted({
      'Name of host 1': 'node[1:3]',
      'Private address': '10.0.0.[1:3]',
      'Private key': '',
      Another: [false],
    });
    expect((await askInventory(three.prompts)).hosts).toMatchObject([
      { name: 'node[1:3]', address: '10.0.0.[1:3]' },
    ]);
  });
});

describe('initInventory', () => {
  const answers = {
    'Private address of node1': '10.0.0.9',
    'Private key': '~/.ssh/id',
    'Another host?': [true, false],
  };

  it('writes a file, reads it back and says what comes next', async () => {
    const path = join(folder, 'new.yaml');
    const { context, output } = world(answers);
    await initInventory({ name: 'my.yaml', path, overwrite: false }, context);
    expect(output()).toContain('node2  10.0.0.10  root@10.0.0.10  worker');
    expect(output()).toContain('provision plan my.yaml');
    expect(readFileSync(path, 'utf8')).toMatch(/^# .*\n(.*\n)*cluster: platform\n/);
  });

  it('leaves a file alone that exists, unless told otherwise', async () => {
    const path = join(folder, 'old.yaml');
    writeFileSync(path, 'precious');
    const { context } = world(answers);
    await expect(initInventory({ name: 'my.yaml', path, overwrite: false }, context)).rejects.toMatchObject({
      code: 'FILE_EXISTS',
      exitCode: 2,
    });
    expect(readFileSync(path, 'utf8')).toBe('precious');
    await initInventory({ name: 'my.yaml', path, overwrite: true }, context);
    expect(readFileSync(path, 'utf8')).toContain('cluster: platform');
  });

  it('wants a terminal', async () => {
    const { context } = world(answers);
    await expect(
      initInventory(
        { name: 'my.yaml', path: join(folder, 'never.yaml'), overwrite: false },
        { ...context, stdinIsTerminal: false },
      ),
    ).rejects.toMatchObject({
      code: 'NO_TERMINAL',
      exitCode: 2,
      hint: expect.stringMatching(/inventory\.example\.yaml/),
    });
  });

  it('says why a file could not be written', async () => {
    const { context } = world(answers);
    await expect(
      initInventory({ name: 'my.yaml', path: join(folder, 'no/such/x.yaml'), overwrite: false }, context),
    ).rejects.toMatchObject({
      code: 'FILE_NOT_WRITTEN',
      message: expect.stringMatching(/its folder does not exist/),
    });
    await expect(
      initInventory({ name: 'my.yaml', path: folder, overwrite: true }, context),
    ).rejects.toMatchObject({
      message: expect.stringMatching(/it is a folder/),
    });
  });
});

type Answer = string | readonly boolean[] | readonly string[];
type Script = Readonly<Record<string, Answer>>;

/** Answers questions by the longest beginning of them that the script knows, else with the default; refuses what the question refuses. */
function scripted(script: Script): { prompts: Prompts; asked: string[] } {
  const asked: string[] = [];
  const confirmations = new Map<string, number>();
  const answerTo = (message: string): Answer | undefined => {
    asked.push(message);
    const keys = Object.keys(script).filter((key) => message.startsWith(key));
    return script[keys.toSorted((a, b) => b.length - a.length)[0] ?? ''];
  };
  const prompts: Prompts = {
    input: async (message, { initial = '', validate } = {}) => {
      const answer = answerTo(message);
      const text = typeof answer === 'string' ? answer : initial;
      const verdict = validate?.(text) ?? true;
      if (verdict !== true) throw new Error(verdict);
      return text;
    },
    confirm: async (message, initial = false) => {
      const answer = answerTo(message);
      const index = confirmations.get(message) ?? 0;
      confirmations.set(message, index + 1);
      return Array.isArray(answer) ? answer[index] === true : initial;
    },
    checkbox: async (message, _choices, initial = []) => {
      const answer = answerTo(message);
      return Array.isArray(answer) ? answer.map(String) : initial;
    },
    select: async () => '',
    password: async () => '',
  };
  return { prompts, asked };
}

function world(script: Script) {
  const written: string[] = [];
  const stdout = {
    write: (text: string) => void written.push(text),
    isTerminal: true,
    columns: 80,
    rows: 24,
    colour: false,
  };
  const context = {
    env: {},
    stdout,
    stdinIsTerminal: true,
    get prompts() {
      return scripted(script).prompts;
    },
  };
  return { context, output: () => written.join('') };
}

/** Texts with everything that YAML, shells or substitution might stumble over. */
function validText(format: Format): fc.Arbitrary<string> {
  const piece = fc.constantFrom(
    'a',
    'Z',
    '0',
    '~',
    '/',
    '.',
    '-',
    ' ',
    '#',
    "'",
    '"',
    '\\',
    '${env:X}',
    '$${',
    '$',
    '{',
    '[',
    ':',
    '@',
    '&',
    '*',
    '!',
    '|',
    '%',
    'é',
    '名',
    '😀',
  );
  const text = fc.oneof(
    fc.string({ unit: piece, minLength: 1 }),
    fc.string({ minLength: 1 }),
    fc.constantFrom('null', 'true', '1e3', '0o7', '~'),
  );
  return text.filter((candidate) => checkText(format, candidate) === undefined);
}
