import { ExitCode, ProvisionError } from '../errors.js';
import { unreachable, type Where } from './failures.js';

const CONSOLE =
  "Compare the key with the host's own before you accept it (ssh to it once by hand, or --accept-new-host-keys).";

type Explanation = readonly [pattern: RegExp, code: string, hint: string];

/** What ssh says with LC_ALL=C. The first that fits counts. */
const EXPLANATIONS: readonly Explanation[] = [
  [/REVOKED HOST KEY|marked as revoked/, 'SSH_HOST_KEY_REVOKED', 'Give the host a new key.'],
  [
    /IDENTIFICATION HAS CHANGED|Host key for .* has changed/,
    'SSH_HOST_KEY_CHANGED',
    'If you know that the host was reinstalled, remove the old key with: ssh-keygen -R NAME',
  ],
  [/Host key verification failed|No .* host key is known/, 'SSH_HOST_KEY_UNKNOWN', CONSOLE],
  [/Could not resolve hostname/, 'SSH_NAME', 'Check the name for typing mistakes, or give an address.'],
  [/Connection refused/, 'SSH_REFUSED', 'Check address and port in the inventory, and that sshd runs there.'],
  [
    /timed out/,
    'SSH_TIMEOUT',
    'Check address and port in the inventory; a slow host needs a longer ssh.connectTimeout.',
  ],
  [
    /No route to host|Network is unreachable/,
    'SSH_UNREACHABLE',
    'Check the network, and that the machine is on.',
  ],
  [
    /Permission denied|Too many authentication failures|no more authentication methods/i,
    'SSH_AUTH',
    'The same must work by hand with: ssh -o BatchMode=yes',
  ],
  [
    /Bad configuration option|terminating, .* bad configuration|Bad owner or permissions/,
    'SSH_CONFIG',
    'Correct the ssh configuration.',
  ],
  [
    /no matching|Unable to negotiate/i,
    'SSH_UNSUPPORTED',
    "The system's ssh and the host have no algorithm in common.",
  ],
];

/** Explains why the system's ssh did not connect, from what it wrote on its standard error. */
export function opensshFailure(where: Where, said: string, pinned: boolean): ProvisionError {
  const lines = said
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('@'));
  const [pattern, found, hint] = EXPLANATIONS.find(([each]) => each.test(said)) ?? [
    /(?!)/,
    'SSH_LOST',
    'Try it by hand with: ssh -v',
  ];
  const line = lines.find((each) => pattern.test(each)) ?? lines.at(-1) ?? 'ssh ended without a word';
  const code = pinned && found === 'SSH_HOST_KEY_UNKNOWN' ? 'SSH_HOST_KEY_CHANGED' : found;
  const what =
    pinned && code !== found ? 'its host key is not the hostKey of the inventory' : `ssh says "${line}"`;
  if (!code.startsWith('SSH_HOST_KEY')) return unreachable(where, code, what, hint);
  return new ProvisionError(code, `Will not connect to ${where.label}: ${what}.`, {
    hint: pinned ? `Compare hostKey of ${where.host} with the key on the host's console.` : hint,
    host: where.host,
    exitCode: ExitCode.hostKey,
  });
}
