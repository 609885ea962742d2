import { ProvisionError, ExitCode } from '../errors.js';
import type { Host } from '../inventory/inventory.js';
import type { HostName } from './known-hosts.js';
import type { ReadSshConfig, SshConfig } from './ssh-config.js';

/** One machine to log in to, a host or a hop on the way: the inventory and the ssh configuration put together. */
export interface Target {
  /** The host of the inventory on whose behalf this is done. */
  readonly host: string;
  /** How messages call it: `node2`, or `jump host bastion`. */
  readonly label: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** Files of private keys; those that the user named come first and must exist. */
  readonly identityFiles: readonly string[];
  readonly requiredIdentity: string | undefined;
  readonly identitiesOnly: boolean;
  /** Socket of the ssh agent. */
  readonly agent: string | undefined;
  readonly passphrase: string | undefined;
  readonly password: string | undefined;
  readonly pinnedKey: string | undefined;
  /** The name under which known_hosts has it. */
  readonly knownAs: HostName;
  /** The first is the one to which newly accepted keys are added. */
  readonly knownHostsFiles: readonly string[];
  readonly globalKnownHostsFiles: readonly string[];
  /** Nearest to the operator first. */
  readonly jumps: readonly Target[];
  /** Milliseconds. */
  readonly timeout: number;
}

export interface TargetContext {
  readonly readConfig: ReadSshConfig;
  /** The operator's login name on this machine. */
  readonly localUser: string;
  /** SSH_AUTH_SOCK. */
  readonly agent: string | undefined;
  readonly home: string;
}

const MOST_HOPS = 8;

/**
 * Puts together where and how to log in; what the inventory says comes before what the ssh configuration says.
 * @throws ProvisionError SSH_UNSUPPORTED when the configuration needs a proxy command.
 */
export async function resolveTarget(host: Host, context: TargetContext): Promise<Target> {
  const { ssh } = host;
  const config = await context.readConfig(ssh.host, ssh.port, ssh.user);
  const hops = ssh.proxyJump.length > 0 ? ssh.proxyJump : config.proxyJump;
  if (hops.length === 0 && config.proxyCommand !== undefined) throw needsProxyCommand(host.name);
  const target = build(host, config, context, {
    label: host.name,
    port: ssh.port ?? config.port ?? 22,
    user: ssh.user ?? config.user ?? context.localUser,
    password: ssh.password,
    pinnedKey: ssh.hostKey,
  });
  return { ...target, jumps: await resolveJumps(host, hops, context) };
}

interface Own {
  readonly label: string;
  readonly port: number;
  readonly user: string;
  readonly password: string | undefined;
  readonly pinnedKey: string | undefined;
}

function build(host: Host, config: SshConfig, context: TargetContext, own: Own): Target {
  const identity =
    host.ssh.identityFile === undefined ? undefined : inHome(host.ssh.identityFile, context.home);
  return {
    ...own,
    host: host.name,
    address: config.hostName,
    identityFiles: identity === undefined ? config.identityFiles : [identity],
    requiredIdentity: identity,
    identitiesOnly: config.identitiesOnly,
    agent: agentSocket(config.identityAgent, context),
    passphrase: host.ssh.passphrase,
    knownAs: { host: config.hostKeyAlias ?? config.hostName, port: config.hostKeyAlias ? 22 : own.port },
    knownHostsFiles:
      host.ssh.knownHostsFile === undefined
        ? config.userKnownHostsFiles
        : [inHome(host.ssh.knownHostsFile, context.home)],
    globalKnownHostsFiles: config.globalKnownHostsFiles,
    jumps: [],
    timeout: host.ssh.connectTimeout * 1000,
  };
}

/** The first hop may have a hop of its own in the ssh configuration, as with `ssh -J`. */
async function resolveJumps(host: Host, hops: readonly string[], context: TargetContext): Promise<Target[]> {
  const chain = [...hops];
  const targets: Target[] = [];
  for (let written = chain.pop(); written !== undefined; written = chain.pop()) {
    if (targets.length === MOST_HOPS) throw tooManyHops(host.name);
    const hop = parseHop(written);
    const config = await context.readConfig(hop.host, hop.port, hop.user);
    if (chain.length === 0) {
      if (config.proxyCommand !== undefined && config.proxyJump.length === 0)
        throw needsProxyCommand(host.name);
      chain.push(...config.proxyJump);
    }
    targets.unshift(
      build(host, config, context, {
        label: `jump host ${hop.host}`,
        port: hop.port ?? config.port ?? 22,
        user: hop.user ?? config.user ?? context.localUser,
        password: undefined,
        pinnedKey: undefined,
      }),
    );
  }
  return targets.map((target, index) => ({ ...target, jumps: targets.slice(0, index) }));
}

/** `user@host:port`, `[address]:port`, `ssh://user@host:port`; user and port may be missing. */
export function parseHop(written: string): {
  user: string | undefined;
  host: string;
  port: number | undefined;
} {
  const text = written
    .trim()
    .replace(/^ssh:\/\//, '')
    .replace(/\/$/, '');
  const at = text.lastIndexOf('@');
  const place = text.slice(at + 1);
  const user = at < 0 ? undefined : text.slice(0, at);
  const [, bracketed, bracketedPort] = /^\[([^\]]+)\](?::(\d+))?$/.exec(place) ?? [];
  if (bracketed !== undefined) return { user, host: bracketed, port: portNumber(bracketedPort) };
  const [, name, port] = /^([^:]+):(\d+)$/.exec(place) ?? [];
  return { user, host: name ?? place, port: portNumber(port) };
}

function portNumber(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function agentSocket(configured: string | undefined, context: TargetContext): string | undefined {
  if (configured === undefined || configured === 'SSH_AUTH_SOCK') return context.agent;
  return configured === 'none' ? undefined : inHome(configured, context.home);
}

function inHome(path: string, home: string): string {
  return path === '~' || path.startsWith('~/') ? home + path.slice(1) : path;
}

function needsProxyCommand(host: string): ProvisionError {
  return new ProvisionError(
    'SSH_UNSUPPORTED',
    `The ssh configuration of ${host} uses ProxyCommand, which the built-in transport cannot run.`,
    {
      hint: `Set "transport: openssh" in the ssh settings of ${host}.`,
      host,
      exitCode: ExitCode.unreachable,
    },
  );
}

function tooManyHops(host: string): ProvisionError {
  return new ProvisionError('SSH_CONFIG', `The way to ${host} has more than ${MOST_HOPS} jump hosts.`, {
    hint: 'Look for a jump host that names itself in ProxyJump.',
    host,
    exitCode: ExitCode.usage,
  });
}
