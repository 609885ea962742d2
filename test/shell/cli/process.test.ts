import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { hasProgram } from '../../support/programs.js';
import { buildProgram } from './built-program.js';

let program: ReturnType<typeof buildProgram>;

beforeAll(() => {
  program = buildProgram();
}, 60_000);

afterAll(() => program.remove());

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(words: readonly string[], cwd = tmpdir()): ChildProcess {
  return spawn(process.execPath, [program.main, ...words], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
}

function ended(child: ChildProcess): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** An inventory of one host whose ssh port takes connections and never says a word. */
async function silentHost(): Promise<{ folder: string; connected: Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'provision-cli-'));
  const server = createServer();
  const connected = new Promise<void>((resolve) => server.on('connection', () => resolve()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  onTestFinished(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });
  writeFileSync(
    join(folder, 'inventory.yaml'),
    `cluster: office\nhosts:\n  node1: { address: 10.0.0.11, ssh: { host: 127.0.0.1, port: ${port}, user: root, connectTimeout: 60 } }\n`,
  );
  return { folder, connected };
}

describe('the program as a process', () => {
  it('prints its version', async () => {
    expect(await ended(start(['--version']))).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string,
      stderr: '',
    });
  });

  it('loads neither the packages for ssh, questions and display nor the engine for its version and completion', () => {
    for (const words of [['--version'], ['completion', 'bash'], ['help', 'up']]) {
      const { stderr } = spawnSync(process.execPath, [program.main, ...words], {
        encoding: 'utf8',
        env: { ...process.env, NODE_DEBUG: 'esm,module' },
      });
      expect(stderr).toContain('commander');
      const heavy = /node_modules\/(zx|listr2|inquirer|node-ssh|ssh2|yaml|zod)\/|src\/(engine|ssh)\/[\w-]+/g;
      expect([...new Set(stderr.match(heavy))]).toEqual([]);
    }
  });

  it('ends without a word when the reader of its output goes away', () => {
    const { stdout, stderr } = spawnSync(
      'bash',
      [
        '-c',
        `"$1" "$2" completion bash | head -n 1; echo "codes \${PIPESTATUS[*]}"`,
        'bash',
        process.execPath,
        program.main,
      ],
      { encoding: 'utf8' },
    );
    expect(stdout).toMatch(/^_provision_bash\(\) \{\ncodes (0|130) 0\n$/);
    expect(stderr).toBe('');
  });

  it('says which inventory is missing', async () => {
    const { code, stderr } = await ended(start(['plan', '/nonexistent/inventory.yaml']));
    expect(code).toBe(2);
    expect(stderr).toContain('/nonexistent/inventory.yaml');
    expect(stderr).not.toContain('    at ');
  });

  it.each(['plan', 'status'])('%s ends at the first Ctrl-C', async (command) => {
    const { folder, connected } = await silentHost();
    const child = start([command], folder);
    const end = ended(child);
    await connected;
    child.kill('SIGINT');
    expect(await end).toMatchObject({ code: 130, stdout: '', stderr: 'Interrupted.\n' });
  });
});

describe.runIf(hasProgram('script', '--version'))('on a terminal', () => {
  it('plan shows the hosts live, then only what is worth reading', async () => {
    const { folder } = await silentHost();
    const inventory = join(folder, 'inventory.yaml');
    writeFileSync(
      inventory,
      `cluster: office\nhosts:\n  node1: { address: 10.0.0.11, ssh: { host: 127.0.0.1, port: 1, user: root } }\n`,
    );
    const words = ['-qec', `stty cols 60 rows 20; '${process.execPath}' '${program.main}' plan`, '/dev/null'];
    const env = { ...process.env, NO_COLOR: '1' };
    const child = spawn('script', words, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const { code, stdout } = await ended(child);
    expect(code).toBe(4);
    expect(stdout).toContain('\u001b[?25h');
    expect(stdout).toMatch(/connection.*\(SSH_REFUSED\)/s);
    expect(stdout.trimEnd()).toMatch(
      /Plan: 0 to change, 0 as desired, 1 host unreachable, on 1 host in [\d.]+ s\.$/,
    );
  });
});
