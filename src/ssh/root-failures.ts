import { ProvisionError } from '../errors.js';
import type { RootSettings } from './root-settings.js';

type Explanation = readonly [
  pattern: RegExp,
  code: string,
  what: string,
  hint: (settings: RootSettings) => string,
];

const ALLOW = ({ user }: RootSettings): string =>
  `As root on the host: echo '${user} ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/${user} && chmod 0440 /etc/sudoers.d/${user}`;
const GIVE_PASSWORD = ({ host }: RootSettings): string => `Set ssh.sudoPassword of ${host} in the inventory.`;

/** What sudo says with LC_ALL=C, sudo-rs included. The first that fits counts. */
const EXPLANATIONS: readonly Explanation[] = [
  [
    /sudo: (command )?not found/,
    'SUDO_DENIED',
    'sudo is not installed',
    () => 'Install sudo on the host, or connect as root.',
  ],
  [
    /must have a tty/,
    'SUDO_DENIED',
    'sudo wants a terminal',
    ({ user }) => `Remove "requiretty" on the host, or add to its sudoers: Defaults:${user} !requiretty`,
  ],
  [
    /not in the sudoers|may not run sudo|is not allowed to|I'm afraid I can't do that|not permitted/i,
    'SUDO_DENIED',
    'sudo does not allow it',
    ALLOW,
  ],
  [/no new privileges/, 'SUDO_DENIED', 'the session may not gain privileges', () => 'Connect as root.'],
  [
    /^sudo:.*account/im,
    'SUDO_DENIED',
    'the account is locked or expired',
    () => 'Unlock the account (chage, passwd -u).',
  ],
  [
    /incorrect password|try again|authentication failed/i,
    'SUDO_PASSWORD',
    'sudo did not accept the password',
    GIVE_PASSWORD,
  ],
  [/password|authentication/i, 'SUDO_PASSWORD', 'sudo asks for a password', GIVE_PASSWORD],
];

/**
 * Explains why no root shell came about: SUDO_PASSWORD, SUDO_DENIED, or SSH_SHELL when it was not sudo that failed.
 * @param code the exit code; undefined when sudo neither let us in nor refused.
 */
export function rootFailure(settings: RootSettings, said: string, code: number | undefined): ProvisionError {
  const text = said.replaceAll(/@@provision-[^@]*@@\??/g, '').trim();
  const last = text.split('\n').at(-1)?.trim() ?? '';
  const quoted = last === '' ? '' : ` ("${last}")`;
  const found = EXPLANATIONS.find(([pattern]) => pattern.test(text));
  if (found === undefined && settings.user !== 'root' && (code === undefined || /^sudo:/m.test(text))) {
    const what = code === undefined ? 'sudo gave no answer' : 'sudo failed';
    return failure(settings, 'SUDO_DENIED', `${what}${quoted}`, 'Try "sudo -v" in a session on the host.');
  }
  if (found === undefined) {
    const what = `the login shell ended with code ${code} instead of running /bin/sh${quoted}`;
    return failure(
      settings,
      'SSH_SHELL',
      what,
      `Give ${settings.user} a login shell that runs commands (chsh -s /bin/sh).`,
    );
  }
  const [, errorCode, what, hint] = found;
  return failure(settings, errorCode, `${what}${quoted}`, hint(settings));
}

/** The password of the inventory is not the user's. */
export function wrongPassword(settings: RootSettings): ProvisionError {
  return failure(
    settings,
    'SUDO_PASSWORD',
    'sudo did not accept the password',
    `Correct ssh.sudoPassword of ${settings.host} in the inventory.`,
  );
}

function failure({ host, user }: RootSettings, code: string, what: string, hint: string): ProvisionError {
  return new ProvisionError(code, `Cannot become root on ${host} as ${user}: ${what}.`, { hint, host });
}
