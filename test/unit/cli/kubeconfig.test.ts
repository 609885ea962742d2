import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type ServerOptions } from 'node:https';
import { createServer as createPlainServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { parse } from 'yaml';
import { kubeconfigCommand } from '../../../src/cli/commands/kubeconfig.js';
import type { Context } from '../../../src/cli/context.js';
import { handleError } from '../../../src/cli/handle-error.js';
import { runProgram } from '../../../src/cli/program.js';
import { readAdminConf } from '../../../src/kubeconfig/admin-conf.js';
import { namesOf, serverAddresses } from '../../../src/kubeconfig/addresses.js';
import { entriesOf } from '../../../src/kubeconfig/entries.js';
import { mergeEntries } from '../../../src/kubeconfig/merge.js';
import { proxyFor } from '../../../src/kubeconfig/proxy.js';
import { tryServer } from '../../../src/kubeconfig/try-server.js';
import { aHost, anInventory, kubernetesSettings } from '../playbooks/fixtures.js';

/** What each host prints; a host that is not here does not answer. */
const printed = new Map<string, { code: number; stdout: string }>();

vi.mock('../../../src/engine/gather-all.js', () => ({
  gatherAll: async (
    request: { inventory: { hosts: readonly { name: string }[] }; hosts: readonly string[] },
    visit: (host: string, connection: unknown) => Promise<void>,
  ) => {
    for (const { name } of request.inventory.hosts) {
      const answer = printed.get(name);
      if (!request.hosts.includes(name) || answer === undefined) continue;
      await visit(name, { execRoot: async () => ({ ...answer, stdout: Buffer.from(answer.stdout) }) });
    }
    return { facts: new Map(), errors: new Map() };
  },
}));
vi.mock('../../../src/cli/connect.js', () => ({
  openConnector: async () => ({ connect: () => async () => undefined }),
}));

const folder = mkdtempSync(join(tmpdir(), 'provision-kubeconfig-'));
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => printed.clear());

const openssl = (...words: readonly string[]): void => {
  execFileSync('openssl', words, { cwd: folder, stdio: 'ignore' });
};
const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
openssl('req', '-x509', ...EC, '-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=kubernetes');
issue('server', 'subjectAltName=DNS:api.demo,IP:127.0.0.1');
issue('other', 'subjectAltName=DNS:elsewhere.example');
issue('admin', 'extendedKeyUsage=clientAuth');

function issue(name: string, extension: string): void {
  writeFileSync(join(folder, 'ext'), `${extension}\n`);
  openssl('req', ...EC.slice(0, -2), '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
  const words = [
    '-in',
    `${name}.csr`,
    '-out',
    `${name}.crt`,
    '-CA',
    'ca.crt',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
  ];
  openssl('x509', '-req', ...words, '-days', '2', '-extfile', 'ext');
}

const pem = (name: string): string => readFileSync(join(folder, name), 'utf8');
const data = (name: string): string => Buffer.from(pem(name)).toString('base64');
const credentials = { authority: data('ca.crt'), certificate: data('admin.crt'), key: data('admin.key') };

const ADMIN_CONF = `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${credentials.authority}
    server: https://api.demo:6443
  name: kubernetes
contexts:
- context: { cluster: kubernetes, user: kubernetes-admin }
  name: kubernetes-admin@kubernetes
current-context: kubernetes-admin@kubernetes
kind: Config
users:
- name: kubernetes-admin
  user:
    client-certificate-data: ${credentials.certificate}
    client-key-data: ${credentials.key}
`;

/** An API server of this machine that takes the administrator's certificate. */
async function apiServer(name = 'server', more: ServerOptions = {}): Promise<string> {
  const options = { cert: pem(`${name}.crt`), key: pem(`${name}.key`), ca: pem('ca.crt'), requestCert: true };
  const server = createServer({ ...options, rejectUnauthorized: false, ...more }, (request, response) => {
    const known = (request.socket as unknown as { authorized: boolean }).authorized;
    if (request.url === '/version') response.end('{"gitVersion":"v1.20.2"}');
    else response.writeHead(known ? 200 : 401).end(known ? '{"items":[{},{}]}' : '{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('trying an API server', () => {
  it('takes a version and the nodes', async () => {
    expect(await tryServer(await apiServer(), credentials)).toEqual({
      ok: true,
      version: 'v1.20.2',
      nodes: 2,
    });
  });

  it('tells failures apart', async () => {
    const failure = async (server: string, with_ = credentials): Promise<unknown> => {
      const trial = await tryServer(server, with_, 500);
      return trial.ok ? 'ok' : trial.failure;
    };
    expect(await failure('https://127.0.0.1:1')).toBe('unreachable');
    expect(await failure('https://no-such-host.invalid:6443')).toBe('unknown-name');
    expect(await failure(await apiServer('other'))).toBe('not-in-certificate');
    expect(await failure(await apiServer(), { ...credentials, authority: data('server.crt') })).toBe(
      'stranger',
    );
    const self = { ...credentials, certificate: data('ca.crt'), key: data('ca.key') };
    expect(['ok', 'refused']).toContain(await failure(await apiServer(), self));
    const silent = createPlainServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void silent.close());
    expect(await failure(`https://127.0.0.1:${(silent.address() as AddressInfo).port}`)).toBe('handshake');
  });
});

describe('the address of the API server', () => {
  const reached = (host: string, more: { proxyJump?: readonly string[] } = {}) => {
    const node = aHost('node1', '10.0.0.11', ['control-plane']);
    return { ...node, ssh: { ...node.ssh, host, ...more } };
  };
  const names = ['kubernetes', '10.0.0.11', '203.0.113.7'];

  it('is the one by which the operator comes, where the certificate has it and no host lies between', () => {
    expect(serverAddresses(reached('203.0.113.7'), anInventory(), names)).toEqual([
      'https://203.0.113.7:6443',
      'https://10.0.0.11:6443',
    ]);
    expect(serverAddresses(reached('alias'), anInventory(), names)).toEqual(['https://10.0.0.11:6443']);
    const jumping = reached('203.0.113.7', { proxyJump: ['jump'] });
    expect(serverAddresses(jumping, anInventory(), names)).toEqual(['https://10.0.0.11:6443']);
  });

  it('is the endpoint of the inventory before the private one', () => {
    const at = (controlPlaneEndpoint: string): readonly string[] =>
      serverAddresses(
        reached('x'),
        anInventory({ kubernetes: { ...kubernetesSettings, controlPlaneEndpoint } }),
        names,
      );
    expect(at('api.example.com')[0]).toBe('https://api.example.com:6443');
    expect(at('api.example.com:443')[0]).toBe('https://api.example.com:443');
    expect(at('fd00::1')[0]).toBe('https://[fd00::1]:6443');
    expect(at('[fd00::1]:8443')[0]).toBe('https://[fd00::1]:8443');
  });

  it('is read from the certificate', () => {
    expect(namesOf(pem('server.crt'))).toEqual(['api.demo', '127.0.0.1']);
    expect(namesOf('nothing')).toEqual([]);
  });
});

describe('the proxy that kubectl would ask', () => {
  it.each([
    ['', 'asked'],
    ['10.0.0.11', 'not asked'],
    ['a.b, 10.0.0.0/8', 'not asked'],
    ['192.168.0.0/16', 'asked'],
    ['10.0.0.11:6443', 'not asked'],
    ['10.0.0.11:443', 'asked'],
    ['*', 'not asked'],
  ])('with NO_PROXY=%s is %s', (exceptions, asked) => {
    const env = { HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: exceptions };
    expect(proxyFor('https://10.0.0.11:6443', env)).toBe(asked === 'asked' ? 'http://proxy:3128' : undefined);
  });

  it('is none without one, and for names by their domain', () => {
    expect(proxyFor('https://10.0.0.11:6443', {})).toBeUndefined();
    const env = { https_proxy: 'p', no_proxy: '.example.com,api.other' };
    expect(proxyFor('https://api.example.com:6443', env)).toBeUndefined();
    expect(proxyFor('https://example.com:6443', env)).toBe('p');
    expect(proxyFor('https://x.api.other:6443', env)).toBeUndefined();
    expect(proxyFor('https://localhost:6443', env)).toBeUndefined();
  });
});

describe('a kubeconfig with others in it', () => {
  const entries = entriesOf('demo', 'https://1.2.3.4:6443', credentials);
  const mine = `# mine
apiVersion: v1
kind: Config
current-context: work # for work
clusters:
- name: work # at work
  cluster: { server: "https://work:6443" }
users: []
contexts:
- { name: work, context: { cluster: work, user: x } }
`;

  it('keeps them, with their comments', () => {
    const { text, previous, replaced } = mergeEntries(mine, entries, 'f');
    expect([previous, replaced]).toEqual(['work', false]);
    for (const kept of ['# mine', '# at work', 'https://work:6443', '# for work'])
      expect(text).toContain(kept);
    const config = parse(text) as Record<string, readonly { name: string }[]>;
    expect(config['clusters']?.map(({ name }) => name)).toEqual(['work', 'demo']);
    expect(config['users']?.map(({ name }) => name)).toEqual(['demo-admin']);
    expect(config['current-context']).toBe('demo');
    expect(text).toMatch(/^users:\n {2}- name: demo-admin\n/m);
    expect(mergeEntries(text, entries, 'f')).toEqual({ text, previous: undefined, replaced: false });
  });

  it('replaces those of the same name', () => {
    const { text } = mergeEntries(mine, entriesOf('demo', 'https://old:6443', credentials), 'f');
    const again = mergeEntries(text, entries, 'f');
    expect(again.replaced).toBe(true);
    expect(again.text).not.toContain('https://old:6443');
    expect(mergeEntries('apiVersion: v1\nclusters: null\n', entries, 'f').text).toContain('name: demo-admin');
  });

  it('is refused when it is none, without its text', () => {
    for (const text of ['[1, 2]', 'clusters: { a: SECRET }', 'a: [']) {
      expect(() => mergeEntries(text, entries, '/f')).toThrow(
        expect.objectContaining({
          code: 'KUBECONFIG_INVALID',
          message: expect.not.stringContaining('SECRET') as string,
        }),
      );
    }
    expect(() => readAdminConf('SECRET: {', 'node1')).toThrow(
      expect.objectContaining({
        code: 'KUBECONFIG_UNREADABLE',
        message: expect.not.stringContaining('SECRET') as string,
      }),
    );
  });
});

describe('provision kubeconfig', () => {
  interface Told {
    readonly code: number;
    readonly out: string;
    readonly err: string;
  }

  /** Runs the command in a folder whose inventory has two control planes; the endpoint is a server of this machine. */
  async function kubeconfig(
    work: string,
    endpoint: string,
    words: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Told> {
    writeFileSync(
      join(work, 'inventory.yaml'),
      `cluster: demo
kubernetes: { controlPlaneEndpoint: "${endpoint.replace('https://', '')}" }
hosts:
  node1: { address: 10.0.0.11, roles: [control-plane] }
  node2: { address: 10.0.0.12, roles: [control-plane] }
  node3: { address: 10.0.0.13, roles: [control-plane, worker] }
  node4: { address: 10.0.0.14, roles: [worker] }
`,
    );
    const told = { out: '', err: '' };
    const output = (name: 'out' | 'err') => ({
      isTerminal: false,
      columns: 100,
      rows: 24,
      colour: false,
      write: (part: string) => (told[name] += part),
    });
    const never = new AbortController().signal;
    const context: Context = {
      cwd: work,
      env: { HOME: join(work, 'home'), ...env },
      stdout: output('out'),
      stderr: output('err'),
      stdinIsTerminal: false,
      prompts: {} as Context['prompts'],
      softStop: never,
      hardStop: never,
      debug: false,
    };
    const code = await runProgram([kubeconfigCommand], ['kubeconfig', ...words], context).catch(
      (error: unknown) => handleError(error, context),
    );
    return { code, ...told };
  }

  function workFolder(): string {
    const work = mkdtempSync(join(tmpdir(), 'provision-kubeconfig-'));
    onTestFinished(() => rmSync(work, { recursive: true }));
    return work;
  }

  const there = { code: 0, stdout: `${ADMIN_CONF}\n=====\n${pem('server.crt')}` };

  it('writes a file of its own for its owner alone, prints no secret, and tries it', async () => {
    printed.set('node1', { code: 3, stdout: '' }).set('node2', there);
    const work = workFolder();
    const server = await apiServer();
    const told = await kubeconfig(work, server, []);
    const file = join(work, '.provision', 'demo', 'kubeconfig');
    expect(told).toMatchObject({ code: 0, out: '' });
    expect(told.err).toContain(`Wrote ${file}`);
    expect(told.err).toContain(`answers this machine at ${server}: Kubernetes v1.20.2, 2 nodes.`);
    expect(told.err).not.toContain(credentials.key);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(parse(readFileSync(file, 'utf8'))).toMatchObject({
      'current-context': 'demo',
      clusters: [{ name: 'demo', cluster: { server } }],
      users: [{ name: 'demo-admin', user: { 'client-key-data': credentials.key } }],
    });
    expect(readdirSync(join(work, '.provision', 'demo'))).toEqual(['kubeconfig']);
  });

  it('goes where it is told, and to standard output without a word more', async () => {
    printed.set('node1', there);
    const work = workFolder();
    const server = await apiServer();
    expect((await kubeconfig(work, server, ['-o', 'sub/k'])).code).toBe(0);
    expect(existsSync(join(work, 'sub', 'k'))).toBe(true);
    const told = await kubeconfig(work, server, ['-o', '-']);
    expect(parse(told.out)).toMatchObject({ kind: 'Config', 'current-context': 'demo' });
    expect(existsSync(join(work, '.provision'))).toBe(false);
  });

  it('is merged once, with a copy of what was, through a link', async () => {
    printed.set('node1', there);
    const work = workFolder();
    mkdirSync(join(work, 'home', '.kube'), { recursive: true });
    const real = join(work, 'real');
    writeFileSync(real, 'apiVersion: v1\nkind: Config\ncurrent-context: work\n', { mode: 0o644 });
    symlinkSync(real, join(work, 'home', '.kube', 'config'));
    const server = await apiServer();
    const told = await kubeconfig(work, server, ['--merge']);
    expect(told.err).toContain('to go back: kubectl config use-context work');
    expect(statSync(real).mode & 0o777).toBe(0o600);
    expect(readFileSync(real, 'utf8')).toContain('name: demo-admin');
    const copies = readdirSync(join(work, 'home', '.kube')).filter((name) => name.endsWith('.backup'));
    expect(copies).toHaveLength(1);
    expect((await kubeconfig(work, server, ['--merge'])).err).toContain('has this cluster already');
    expect(readdirSync(join(work, 'home', '.kube'))).toHaveLength(2);
    const elsewhere = join(work, 'elsewhere');
    await kubeconfig(work, server, ['--merge'], { KUBECONFIG: `${elsewhere}:/nonexistent` });
    expect(parse(readFileSync(elsewhere, 'utf8'))).toMatchObject({ 'current-context': 'demo' });
  });

  it('warns of a proxy, and explains what does not answer', async () => {
    printed.set('node1', there);
    const work = workFolder();
    const far = 'https://api.demo.invalid:6443';
    const told = await kubeconfig(work, far, [], { HTTPS_PROXY: 'http://me:pw@proxy:3128' });
    expect(told.code).toBe(1);
    expect(told.err).toContain(`The API server does not answer this machine at ${far}`);
    expect(told.err).toContain('ssh -N -L 6443:10.0.0.11:6443');
    expect(told.err).toContain('--tls-server-name=10.0.0.11');
    expect(told.err).toContain('The proxy http://proxy:3128 of this machine stands in the way');
    expect(told.err).toContain('export NO_PROXY=api.demo.invalid');
    expect(existsSync(join(work, '.provision', 'demo', 'kubeconfig'))).toBe(true);
  }, 30_000);

  it('says what is missing', async () => {
    const work = workFolder();
    for (const [words, code, text] of [
      [['--host', 'node4'], 2, 'node4 is no control plane of this inventory.'],
      [['--merge', '-o', 'x'], 2, '--merge and -o exclude each other.'],
    ] as const) {
      expect(await kubeconfig(work, 'https://x', words)).toMatchObject({
        code,
        err: expect.stringContaining(text) as string,
      });
    }
    for (const host of ['node1', 'node2', 'node3']) printed.set(host, { code: 3, stdout: '' });
    const told = await kubeconfig(work, 'https://x', []);
    expect(told.err).toContain('KUBECONFIG_NONE');
    expect(told.err).toContain('the cluster is not there yet');
  });
});
