import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Credentials } from '../../kubeconfig/admin-conf.js';
import type { Host, Inventory } from '../../inventory/inventory.js';
import { ExitCode, ProvisionError } from '../../errors.js';
import type { Arguments, Command } from '../command.js';
import { ACCEPT_KEYS_OPTION, INVENTORY_ARGUMENT } from '../common-options.js';
import type { Context } from '../context.js';

export const kubeconfigCommand: Command = {
  name: 'kubeconfig',
  summary: "Fetch the administrator's kubeconfig of the cluster, and try it from this machine.",
  description:
    'Reads /etc/kubernetes/admin.conf from a control plane, names cluster and context after the inventory, and sets an address of the API server that answers this machine: the one by which you reach the host, the endpoint of the inventory, or the private address. The file is for its owner alone; who has it can do everything in the cluster. Without -o or --merge it is .provision/CLUSTER/kubeconfig beside the inventory.',
  arguments: [INVENTORY_ARGUMENT],
  options: [
    {
      name: 'merge',
      description:
        'put it into your own kubeconfig (the first file of KUBECONFIG, else ~/.kube/config) and make it the current context; other entries stay, and a copy is kept',
    },
    {
      name: 'output',
      short: 'o',
      value: 'FILE',
      description: 'write it to this file; - prints it',
      complete: 'file',
    },
    { name: 'host', value: 'NAME', description: 'ask this control plane (default: the first that answers)' },
    ACCEPT_KEYS_OPTION,
  ],
  examples: [
    { command: 'provision kubeconfig inventory.yaml', explanation: 'a file of its own beside the inventory' },
    { command: 'provision kubeconfig --merge', explanation: 'into ~/.kube/config' },
    {
      command: 'provision kubeconfig -o - | ssh elsewhere "umask 077; cat >kubeconfig"',
      explanation: 'to another machine',
    },
  ],
  handler: async (args, context) => {
    if (args.flag('merge') && args.text('output') !== undefined) {
      throw usage('--merge and -o exclude each other.');
    }
    const [{ entriesOf, wholeConfig }, { openInventory }] = await Promise.all([
      import('../../kubeconfig/entries.js'),
      import('../open-inventory.js'),
    ]);
    const inventory = await openInventory(args, context);
    const asked = controlPlanes(inventory, args.text('host'));
    const found = await fetchCredentials(asked, args, context);
    const tried = await chooseServer(found, inventory);
    const entries = entriesOf(inventory.cluster, tried.server, found.credentials);
    if (args.text('output') === '-') {
      context.stdout.write(wholeConfig(entries));
      await tell('kubeconfig', found, tried, context);
      return tried.trial.ok ? ExitCode.done : ExitCode.failed;
    }
    const { mergeOwn, writeFile } = await import('../kubeconfig-file.js');
    const file = args.flag('merge')
      ? await mergeOwn(entries, context)
      : await writeFile(entries, await fileOf(inventory, args, context), context);
    await tell(file, found, tried, context);
    return tried.trial.ok ? ExitCode.done : ExitCode.failed;
  },
};

function usage(message: string, hint?: string): ProvisionError {
  return new ProvisionError('USAGE', message, { exitCode: ExitCode.usage, hint });
}

/** Where it is written when it is a file of its own. */
async function fileOf(inventory: Inventory, args: Arguments, { cwd }: Context): Promise<string> {
  const { stateFolder } = await import('../open-run.js');
  const given = args.text('output');
  return given === undefined ? join(stateFolder(inventory), 'kubeconfig') : resolve(cwd, given);
}

/** The hosts that may be asked, in order. */
function controlPlanes({ hosts }: Inventory, name: string | undefined): readonly Host[] {
  const all = hosts.filter(({ roles }) => roles.includes('control-plane'));
  const names = all.map((host) => host.name).join(', ');
  if (all.length === 0) {
    throw new ProvisionError('KUBECONFIG_NONE', 'No host of this inventory has the role control-plane.', {
      exitCode: ExitCode.usage,
      hint: 'Give it to one host or three, and run "provision up".',
    });
  }
  if (name === undefined) return all;
  const asked = all.filter((host) => host.name === name);
  if (asked.length > 0) return asked;
  throw usage(`${name} is no control plane of this inventory.`, `Its control planes are: ${names}.`);
}

interface Found {
  readonly host: Host;
  readonly credentials: Credentials;
  /** For which the certificate of its API server is valid. */
  readonly names: readonly string[];
}

/** Printed by a host between the two files. */
const BORDER = '=====';
const READ = `[ -r /etc/kubernetes/admin.conf ] || exit 3
cat /etc/kubernetes/admin.conf && printf '\\n${BORDER}\\n' && cat /etc/kubernetes/pki/apiserver.crt`;

/** From the first of the hosts that has it. Secrets are masked wherever text goes out. */
async function fetchCredentials(asked: readonly Host[], args: Arguments, context: Context): Promise<Found> {
  const [{ gatherAll }, { readAdminConf }, { namesOf }, { openRun }, { printHostErrors }] = await Promise.all(
    [
      import('../../engine/gather-all.js'),
      import('../../kubeconfig/admin-conf.js'),
      import('../../kubeconfig/addresses.js'),
      import('../open-run.js'),
      import('../print-host-errors.js'),
    ],
  );
  const names = asked.map(({ name }) => name);
  const run = await openRun(forHosts(args, names), context, { mode: 'look' });
  const printed = new Map<string, string>();
  const { errors } = await gatherAll(run.request, async (host, connection) => {
    const { code, stdout } = await connection.execRoot(READ, { timeout: READ_TIMEOUT });
    if (code !== 3) printed.set(host, stdout.toString('utf8'));
  });
  printHostErrors(errors, run.masker, context.stderr);
  const host = asked.find(({ name }) => printed.has(name));
  if (host === undefined) {
    const [error] = errors.values();
    if (error !== undefined) throw error;
    throw new ProvisionError(
      'KUBECONFIG_NONE',
      `There is no /etc/kubernetes/admin.conf on ${names.join(', ')}: the cluster is not there yet.`,
      { hint: 'Run "provision up" first.' },
    );
  }
  const [conf = '', certificate = ''] = (printed.get(host.name) ?? '').split(`\n${BORDER}\n`);
  const credentials = readAdminConf(conf, host.name);
  run.masker.add(credentials.key);
  return { host, credentials, names: namesOf(certificate) };
}

const READ_TIMEOUT = 30_000;

function forHosts(args: Arguments, names: readonly string[]): Arguments {
  return {
    ...args,
    list: (name) => (name === 'host' ? names : []),
    text: (name) => (name === 'host' || name === 'output' ? undefined : args.text(name)),
  };
}

interface Tried {
  readonly server: string;
  readonly trial: Awaited<ReturnType<typeof import('../../kubeconfig/try-server.js').tryServer>>;
}

/** The first address at which the API server answers; else the first of all, with what went wrong there. */
async function chooseServer({ host, credentials, names }: Found, inventory: Inventory): Promise<Tried> {
  const [{ serverAddresses }, { tryServer }] = await Promise.all([
    import('../../kubeconfig/addresses.js'),
    import('../../kubeconfig/try-server.js'),
  ]);
  let first: Tried | undefined;
  for (const server of serverAddresses(host, inventory, names)) {
    const trial = await tryServer(server, credentials);
    if (trial.ok) return { server, trial };
    first ??= { server, trial };
  }
  if (first === undefined) throw new Error(`no address for ${host.name}`);
  return first;
}

/** How the trial went, and how to go on. */
async function tell(
  file: string,
  { host }: Found,
  { server, trial }: Tried,
  context: Context,
): Promise<void> {
  const [{ explainFailure, proxyLines }, { proxyFor }, { sshWords }, { quote }] = await Promise.all([
    import('../../kubeconfig/explain.js'),
    import('../../kubeconfig/proxy.js'),
    import('../ssh-words.js'),
    import('../../shell/quote.js'),
  ]);
  const proxy = proxyFor(server, context.env);
  const lines = trial.ok
    ? [
        `The API server answers this machine at ${server}: Kubernetes ${trial.version}, ${trial.nodes} ${trial.nodes === 1 ? 'node' : 'nodes'}.`,
        ...(proxy === undefined ? [] : proxyLines(server, proxy)),
        `Next: kubectl --kubeconfig=${quote(file)} get nodes`,
      ]
    : explainFailure(trial.failure, trial.detail, {
        host: host.name,
        server,
        inside: `${host.address.includes(':') ? `[${host.address}]` : host.address}:6443`,
        ssh: sshWords(host, homedir()),
        jumps: host.ssh.proxyJump.length > 0,
        file,
        proxy,
      });
  context.stderr.write(`${lines.join('\n')}\n`);
}
