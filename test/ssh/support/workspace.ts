import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A temporary home with its own ~/.ssh: no test reads the one of the machine. */
export interface Workspace {
  readonly home: string;
  readonly path: (name: string) => string;
  /** Makes a key pair in ~/.ssh and returns the private file. */
  readonly keyPair: (name: string, ...options: string[]) => string;
  readonly publicKey: (name: string) => string;
  /** Writes the given lines to ~/.ssh/known_hosts; a key is named by its file. */
  readonly knowHost: (name: string, publicKeyFile: string, marker?: string) => void;
  readonly knownHosts: () => string;
  readonly remove: () => void;
}

export function createWorkspace(): Workspace {
  const home = mkdtempSync(join(tmpdir(), 'provision-ssh-'));
  const ssh = join(home, '.ssh');
  mkdirSync(ssh, { mode: 0o700 });
  const path = (name: string): string => join(home, name);
  const publicKey = (name: string): string => readFileSync(join(ssh, `${name}.pub`), 'utf8').trim();
  return {
    home,
    path,
    publicKey,
    keyPair(name, ...options) {
      const file = join(ssh, name);
      const type = options.includes('-t') ? [] : ['-t', 'ed25519'];
      const passphrase = options.includes('-N') ? [] : ['-N', ''];
      execFileSync('ssh-keygen', ['-q', ...type, ...passphrase, '-C', name, ...options, '-f', file]);
      return file;
    },
    knowHost(name, publicKeyFile, marker) {
      const key = readFileSync(publicKeyFile, 'utf8').trim().split(' ').slice(0, 2).join(' ');
      const line = [...(marker === undefined ? [] : [marker]), name, key].join(' ');
      appendFileSync(join(ssh, 'known_hosts'), `${line}\n`, { mode: 0o600 });
    },
    knownHosts() {
      const file = join(ssh, 'known_hosts');
      return existsSync(file) ? readFileSync(file, 'utf8') : '';
    },
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}

/** Writes ~/.ssh/config. */
export function writeConfig(workspace: Workspace, text: string): void {
  writeFileSync(join(workspace.home, '.ssh', 'config'), text, { mode: 0o600 });
}
