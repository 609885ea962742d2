import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { ExitCode, ProvisionError } from '../errors.js';
import { createLimit } from './limit.js';

/** What the user's ssh configuration says about a host; only what both transports need. */
export interface SshConfig {
  readonly hostName: string;
  readonly user: string | undefined;
  readonly port: number | undefined;
  readonly identityFiles: readonly string[];
  readonly identitiesOnly: boolean;
  /** A socket, `none`, or `SSH_AUTH_SOCK`. */
  readonly identityAgent: string | undefined;
  readonly proxyJump: readonly string[];
  readonly proxyCommand: string | undefined;
  readonly hostKeyAlias: string | undefined;
  readonly userKnownHostsFiles: readonly string[];
  readonly globalKnownHostsFiles: readonly string[];
}

/** Reads the configuration for a name as written in the inventory; port and user matter for `Match` blocks. */
export type ReadSshConfig = (host: string, port?: number, user?: string) => Promise<SshConfig>;

const SYSTEM_CONFIG = '/etc/ssh/ssh_config';
const DEFAULT_IDENTITIES = ['~/.ssh/id_ed25519', '~/.ssh/id_ecdsa', '~/.ssh/id_rsa'];
/** Files with none of these words cannot say anything that matters here, and no `ssh -G` is run. */
const RELEVANT =
  /^\s*(host(name|keyalias)|user|port|identit\w+|proxy(jump|command)|\w*knownhostsfile|match|canonicalize\w*)\b[\s=]/im;
/** `ssh -G` takes 6 to 7 ms; more at once only fight for the processors. */
const PROCESSES = 8;

/**
 * @param home the operator's home folder. When it is not the one of the password database, where `ssh` itself looks,
 *   ssh is told to use the configuration in `home`.
 */
export function createSshConfigReader(home: string = homedir()): ReadSshConfig {
  const userConfig = join(home, '.ssh', 'config');
  const relevant = isRelevant(userConfig) || isRelevant(SYSTEM_CONFIG);
  const limit = createLimit(PROCESSES);
  const answers = new Map<string, Promise<SshConfig>>();
  const read: ReadSshConfig = async (host, port, user) => {
    if (!relevant) return defaults(host, home);
    const leave = await limit();
    const answer = await askSsh(home, host, port, user).finally(leave);
    return answer === undefined ? readByPackage(userConfig, host, home) : fromSshG(answer, host, home);
  };
  return (host, port, user) => {
    const key = [host, port, user].join('\n');
    const known = answers.get(key) ?? read(host, port, user);
    answers.set(key, known);
    return known;
  };
}

/** The arguments by which ssh reads the configuration of `home` instead of the password database's home. */
function configArguments(home: string): string[] {
  if (home === userInfo().homedir) return [];
  const file = join(home, '.ssh', 'config');
  return ['-F', existsSync(file) ? file : 'none'];
}

function isRelevant(file: string): boolean {
  const text = readIfThere(file);
  if (text === undefined) return false;
  if (RELEVANT.test(text) || /^\s*host\s+(?!\*\s*$)/im.test(text)) return true;
  const included = [...text.matchAll(/^\s*include[\s=]+(.+)$/gim)].map((match) => (match[1] ?? '').trim());
  return included.some((pattern) => filesOf(pattern)?.some(isRelevant) ?? true);
}

/** The files of `/folder/*.conf`, the one form that distributions use; undefined for any other pattern. */
function filesOf(pattern: string): string[] | undefined {
  const [, folder, extension] = /^(\/[^*?\s]+)\/\*(\.\w+)$/.exec(pattern) ?? [];
  if (folder === undefined || extension === undefined) return undefined;
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(extension))
    .map((name) => join(folder, name));
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** The output of `ssh -G`; undefined where there is no ssh. */
function askSsh(home: string, host: string, port?: number, user?: string): Promise<string | undefined> {
  const options = [
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...(user === undefined ? [] : ['-l', user]),
  ];
  const args = ['-G', '-T', ...configArguments(home), ...options, '--', host];
  return new Promise((resolve, reject) => {
    execFile('ssh', args, { timeout: 10_000 }, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      if (error.code === 'ENOENT') return resolve(undefined);
      const reason = stderr.trim().split('\n').at(-1) ?? error.message;
      reject(
        new ProvisionError('SSH_CONFIG', `ssh cannot read its configuration for ${host}: ${reason}.`, {
          hint: `Correct the file that the message names; "ssh -G ${host}" shows the same message.`,
          exitCode: ExitCode.usage,
          cause: error,
        }),
      );
    });
  });
}

function fromSshG(output: string, host: string, home: string): SshConfig {
  const values = new Map<string, string[]>();
  for (const line of output.split('\n')) {
    const space = line.indexOf(' ');
    if (space < 0) continue;
    const key = line.slice(0, space).toLowerCase();
    values.set(key, [...(values.get(key) ?? []), line.slice(space + 1).trim()]);
  }
  return assemble((key) => values.get(key) ?? [], host, home);
}

/** For machines without ssh: no `Include`, no `Match exec`. */
async function readByPackage(file: string, host: string, home: string): Promise<SshConfig> {
  const { default: parser } = await import('ssh-config');
  const computed = parser.parse(readIfThere(file) ?? '').compute(host, { ignoreCase: true });
  const values = new Map(
    Object.entries(computed).map(([key, value]) => [key.toLowerCase(), [value].flat().map(String)] as const),
  );
  return assemble((key) => values.get(key) ?? [], host, home);
}

function defaults(host: string, home: string): SshConfig {
  return assemble(() => [], host, home);
}

function assemble(values: (key: string) => readonly string[], host: string, home: string): SshConfig {
  const one = (key: string): string | undefined => {
    const value = values(key)[0];
    return value === undefined || value === 'none' ? undefined : value;
  };
  const files = (words: readonly string[], fallback: readonly string[]): string[] =>
    (words.length > 0 ? words : fallback).filter((word) => word !== 'none').map((word) => inHome(word, home));
  const words = (key: string): string[] => values(key).flatMap((value) => value.split(/\s+/));
  const port = one('port');
  return {
    hostName: (one('hostname') ?? '%h').replaceAll('%h', host),
    user: one('user'),
    port: port === undefined ? undefined : Number(port),
    identityFiles: files(values('identityfile'), DEFAULT_IDENTITIES),
    identitiesOnly: one('identitiesonly') === 'yes',
    identityAgent: values('identityagent')[0],
    proxyJump: (one('proxyjump') ?? '').split(',').filter((hop) => hop !== ''),
    proxyCommand: one('proxycommand'),
    hostKeyAlias: one('hostkeyalias'),
    userKnownHostsFiles: files(words('userknownhostsfile'), ['~/.ssh/known_hosts', '~/.ssh/known_hosts2']),
    globalKnownHostsFiles: files(words('globalknownhostsfile'), ['/etc/ssh/ssh_known_hosts']),
  };
}

/** ssh prints paths below the home of the password database; `~` is left in some. */
function inHome(path: string, home: string): string {
  if (path === '~' || path.startsWith('~/')) return join(home, path.slice(1));
  const ssh = `${userInfo().homedir}/.ssh/`;
  return path.startsWith(ssh) ? join(home, '.ssh', path.slice(ssh.length)) : path;
}
