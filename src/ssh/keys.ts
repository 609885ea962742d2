import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import type { BaseAgent, KnownPublicKeys, ParsedKey } from 'ssh2';
import { orAborted } from './deadline.js';
import { loadSsh2 } from './library.js';

/** A private key that can be used, or why it cannot, as part of a sentence. */
type LoadedKey = { readonly key: ParsedKey } | { readonly unusable: string };

/** The keys of a run. Each file is read and decrypted once and shared: decrypting blocks the program for 300 ms. */
export interface KeyStore {
  /** @param passphrase from the inventory; without one the operator is asked, where there is a terminal. */
  load(file: string, passphrase: string | undefined): Promise<LoadedKey>;
  /** Keys that the agent holds; none when it does not answer. */
  agentKeys(socket: string): Promise<readonly ParsedKey[]>;
  /** Offers one key of an agent to ssh2. */
  agentFor(socket: string, key: ParsedKey): Promise<BaseAgent>;
}

/** Asks the operator for the passphrase of a key file; undefined when there is nobody to ask. */
export type AskPassphrase = (file: string) => Promise<string | undefined>;

const AGENT_TIMEOUT = 3000;

/** Makes the store of a run. */
export function createKeyStore(askPassphrase?: AskPassphrase): KeyStore {
  const keys = new Map<string, Promise<LoadedKey>>();
  const agents = new Map<string, Promise<readonly ParsedKey[]>>();
  return {
    load(file, passphrase) {
      const name = `${file}\n${passphrase ?? ''}`;
      const loaded = keys.get(name) ?? loadKey(file, passphrase, askPassphrase);
      keys.set(name, loaded);
      return loaded;
    },
    agentKeys(socket) {
      const listed = agents.get(socket) ?? listAgent(socket);
      agents.set(socket, listed);
      return listed;
    },
    agentFor: offerOne,
  };
}

async function loadKey(file: string, passphrase?: string, ask?: AskPassphrase): Promise<LoadedKey> {
  const { utils } = await loadSsh2();
  let text: Buffer;
  try {
    text = await readFile(file);
  } catch (error) {
    return {
      unusable:
        error instanceof Error && 'code' in error && error.code === 'ENOENT'
          ? 'no such file'
          : 'not readable',
    };
  }
  const first = parse(utils, text, passphrase);
  if (!('encrypted' in first)) return first;
  const answer = passphrase === undefined ? await ask?.(file) : undefined;
  if (answer === undefined)
    return { unusable: passphrase === undefined ? 'encrypted, no passphrase given' : 'wrong passphrase' };
  const second = parse(utils, text, answer);
  return 'encrypted' in second ? { unusable: 'wrong passphrase' } : second;
}

function parse(
  utils: typeof import('ssh2')['utils'],
  text: Buffer,
  passphrase?: string,
): LoadedKey | { encrypted: true } {
  const key = utils.parseKey(text, passphrase);
  if (!(key instanceof Error))
    return key.isPrivateKey() ? { key } : { unusable: 'a public key, not a private one' };
  if (/passphrase|decrypt|integrity|encrypted|bad decrypt/i.test(key.message)) return { encrypted: true };
  return { unusable: isSecurityKey(text) ? 'a security key' : `not understood (${key.message})` };
}

function isSecurityKey(text: Buffer): boolean {
  return publicPart(text)?.toString('latin1', 4, 8).startsWith('sk-') ?? false;
}

/** The public key that belongs to a private key file, without its passphrase; undefined when it cannot be told. */
export function publicKeyOf(file: string): Buffer | undefined {
  try {
    const encoded = existsSync(`${file}.pub`)
      ? readFileSync(`${file}.pub`, 'utf8').split(/\s+/)[1]
      : undefined;
    return encoded === undefined ? publicPart(readFileSync(file)) : Buffer.from(encoded, 'base64');
  } catch {
    return undefined;
  }
}

/** OpenSSH's own format has the public key in the clear before the encrypted part (PROTOCOL.key). */
function publicPart(text: Buffer): Buffer | undefined {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([^-]+)-----END/.exec(text.toString('latin1'))?.[1];
  if (body === undefined) return undefined;
  const data = Buffer.from(body, 'base64');
  let offset = 'openssh-key-v1\0'.length;
  const next = (): Buffer => {
    const length = data.readUInt32BE(offset);
    offset += 4 + length;
    return data.subarray(offset - length, offset);
  };
  try {
    next();
    next();
    next();
    offset += 4;
    return Buffer.from(next());
  } catch {
    return undefined;
  }
}

/** An agent that hangs must not hold up the run. */
async function listAgent(socket: string): Promise<readonly ParsedKey[]> {
  const { OpenSSHAgent } = await loadSsh2();
  const listed = new Promise<readonly ParsedKey[]>((resolve) => {
    new OpenSSHAgent(socket).getIdentities((error, keys) => resolve(error ? [] : keyList(keys ?? [])));
  });
  return orAborted(listed, AbortSignal.timeout(AGENT_TIMEOUT)).catch(() => []);
}

function keyList(keys: KnownPublicKeys<ParsedKey>): ParsedKey[] {
  return keys.flatMap((key) => ('getPublicSSH' in key ? [key] : []));
}

/**
 * When an agent declines to sign, ssh2 reports an error that looks like the end of the connection and goes on with the
 * next key; `openClient` knows it by its level `agent` and goes on too.
 */
async function offerOne(socket: string, key: ParsedKey): Promise<BaseAgent> {
  const { OpenSSHAgent } = await loadSsh2();
  const agent = new OpenSSHAgent(socket);
  agent.getIdentities = (callback) => callback(null, [key]);
  return agent;
}

/** `~/.ssh/id_rsa` instead of the whole path, for messages. */
export function shortPath(file: string): string {
  const home = homedir();
  return file.startsWith(`${home}/`) ? `~${file.slice(home.length)}` : file;
}
