import { ROLES } from './inventory.js';
import type { Role } from './inventory.js';
import type { Kind } from './kinds.js';
import { isNode } from './nodes.js';
import { ROLE_MEANINGS, inventorySchema } from './schema.js';
import { escapeSubstitution } from './substitute.js';

/** What `provision init` asks for. */
export interface InitAnswers {
  readonly cluster: string;
  readonly timezone: string;
  readonly user: string;
  /** Undefined leaves it to the agent and the default key files. */
  readonly identityFile: string | undefined;
  readonly hosts: readonly InitHost[];
}

export interface InitHost {
  /** Both may be ranges. */
  readonly name: string;
  readonly address: string;
  readonly roles: readonly Role[];
  /** Where a host with the role osd stores data, when it is not the default. */
  readonly osds?: readonly string[] | undefined;
}

/** The text of an inventory file that says what was answered. @param path of the file, for the commands in its comments */
export function renderInventory(answers: InitAnswers, path: string): string {
  const { cluster, timezone, user, identityFile, hosts } = answers;
  const key =
    identityFile === undefined
      ? '# identityFile: ~/.ssh/id_ed25519'
      : `identityFile: ${scalar(identityFile)}`;
  return `# The hosts of the platform and what they do. All keys are described in docs/inventory.md.
# Check this file:           provision validate ${oneLine(path)}
# See what would be done:    provision plan ${oneLine(path)}
# Do it:                     provision up ${oneLine(path)}

# Name of the platform.
cluster: ${scalar(cluster)}

# Time zone of all hosts.
timezone: ${scalar(timezone)}

# How to reach the hosts; a host can have its own \`ssh\` with other values.
ssh:
  user: ${scalar(user)}
  ${key}
  # Passwords come from outside, so that they are not in this file:
  # sudoPassword: \${env:SUDO_PASSWORD}
  # Hosts behind another host:
  # proxyJump: ops@bastion.example.com:22

# Each host has one private address by which the others know it. When you connect to another address, say so:
#   ssh: {host: 203.0.113.7}
# Roles say what a host does:
${roleComments().join('\n')}
hosts:
${hosts.map(renderHost).join('\n')}
${podNetwork(hosts)}
# Further settings, with what they are when this file does not say:
${furtherSettings().join('\n')}
`;
}

/** The one setting without which such hosts could not be had. */
function podNetwork(hosts: readonly InitHost[]): string {
  const nodes = hosts.filter(({ roles }) => isNode(roles));
  if (!nodes.some(({ address }) => address.includes(':') && !/^\d+\./.test(address))) return '';
  return `
# Pod networks are set up with IPv4. Where nodes have IPv6 addresses, install a network of your own when the stage
# kubernetes is done.
network:
  plugin: none
`;
}

function roleComments(): string[] {
  const width = Math.max(...ROLES.map((role) => role.length));
  return ROLES.map((role) => `#   ${role.padEnd(width)}  ${ROLE_MEANINGS[role]}`);
}

function renderHost({ name, address, roles, osds }: InitHost): string {
  const places = osds === undefined ? '' : `\n    osds: [${osds.map((osd) => scalar(osd)).join(', ')}]`;
  return `  ${scalar(name)}:\n    address: ${scalar(address)}\n    roles: [${roles.join(', ')}]${places}`;
}

/** The settings of the stages with their defaults, commented out. */
function furtherSettings(): string[] {
  return Object.entries(inventorySchema.fields).flatMap(([name, field]) => {
    const lines = field.filled ? defaultsOf(field.of) : [];
    return lines.length === 0 ? [] : [`# ${name}:`, ...lines];
  });
}

function defaultsOf(kind: Kind): string[] {
  if (kind.kind !== 'object') return [];
  return Object.entries(kind.fields)
    .filter(([, field]) => field.fallback !== undefined && field.filled)
    .map(
      ([name, field]) =>
        `#   ${name}: ${typeof field.fallback === 'string' ? field.fallback : JSON.stringify(field.fallback)}`,
    );
}

const PLAIN =
  /^[A-Za-z~/][A-Za-z0-9~/._@+-]*$|^\d+(\.\d+){3}$|^[a-z0-9.:]*\[\d+:\d+\]$|^[a-z][a-z0-9-]*\[\d+:\d+\][a-z0-9-]*$/;
const WORD_WITH_MEANING = /^(~|true|false|null|yes|no|on|off|y|n)$/i;

/** A text as YAML, in quotes where any reader of YAML could take it for something else. */
function scalar(text: string): string {
  const escaped = escapeSubstitution(text);
  return PLAIN.test(escaped) && !WORD_WITH_MEANING.test(escaped) ? escaped : JSON.stringify(escaped);
}

/** A path in a comment must not end the comment. */
function oneLine(path: string): string {
  return path.replaceAll(/[\r\n\u0085\u2028\u2029]/g, ' ');
}
