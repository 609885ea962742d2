import { isIP, isIPv4, isIPv6 } from 'node:net';
import type { Complaint, Format } from './kinds.js';

const HOST_NAME =
  /^(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})?(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})?)*\.?$/;

function isHost(text: string): boolean {
  return isIP(text) !== 0 || HOST_NAME.test(text);
}

/** A name or address to reach something by; never starts with a hyphen, so that no program takes it for an option. */
export const host: Format = {
  name: 'a host name or address',
  allowed: 'a host name, an IPv4 address or an IPv6 address without brackets; a port is a key of its own',
  examples: ['bastion.example.com', '203.0.113.7'],
  check: checkHost,
};

/** The same, or a range of them for a range of hosts. */
export const hostOrRange: Format = {
  ...host,
  allowed: `${host.allowed}; for a range of hosts a range such as 203.0.113.[11:30]`,
  examples: ['203.0.113.7', 'node1.example.com'],
  check: (text) => checkHost(text.replace(/\[\d+:\d+\]/, '1')),
};

function checkHost(text: string): Complaint | undefined {
  if (isHost(text)) return undefined;
  const withPort = /^(.+):\d+$/.exec(text);
  if (withPort?.[1] !== undefined && isHost(withPort[1]))
    return { because: 'the port is a key of its own', nearest: withPort[1] };
  const withUser = /^[^@]+@(.+)$/.exec(text);
  if (withUser?.[1] !== undefined && isHost(withUser[1]))
    return { because: 'the user is a key of its own', nearest: withUser[1] };
  return {};
}

/** One hop of a ProxyJump. */
export const jump: Format = {
  name: 'a jump host',
  allowed: '[USER@]HOST[:PORT], with an IPv6 address in brackets',
  pattern: '^([^\\s,@]+@)?[^\\s,@]+$',
  examples: ['ops@bastion.example.com:2222'],
  check: checkJump,
};

function checkJump(text: string): Complaint | undefined {
  if (text === 'none') return { because: 'a host without a jump has an empty list', nearest: '[]' };
  if (text.startsWith('ssh://'))
    return { because: 'it is not an address with ssh://', nearest: text.slice(6) };
  const parts = /^(?:([^\s,@-][^\s,@]*)@)?(?:\[([^\]]+)\]|([^[\]:]+))(?::(\d+))?$/.exec(text);
  if (parts === null) {
    if (isIPv6(text)) return { because: 'an IPv6 address stands in brackets', nearest: `[${text}]` };
    return {};
  }
  const [, , six, name, port] = parts;
  if (six !== undefined && !isIPv6(six)) return { because: `"${six}" is not an IPv6 address` };
  if (name !== undefined && !isHost(name)) return { because: `"${name}" is not a host name` };
  if (port !== undefined && !isPort(port)) return { because: `the port ${port} is not between 1 and 65535` };
  return undefined;
}

function isPort(digits: string): boolean {
  return Number(digits) >= 1 && Number(digits) <= 65535;
}

/** The fingerprint of a host key as `ssh-keygen -l` prints it. */
export const fingerprint: Format = {
  name: 'a host key fingerprint',
  allowed:
    'SHA256: and 43 base64 characters, as printed by `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` on the host',
  pattern: '^SHA256:[A-Za-z0-9+/]{43}$',
  examples: ['SHA256:uNiVztksCsDhcc0u9e8BrrajwKTB0hFLMbGRHK6KNWs'],
  check: checkFingerprint,
};

function checkFingerprint(text: string): Complaint | undefined {
  if (/^SHA256:[A-Za-z0-9+/]{43}$/.test(text)) return undefined;
  if (/^(MD5:)?([0-9a-f]{2}:){15}[0-9a-f]{2}$/i.test(text))
    return { because: 'MD5 fingerprints are not accepted' };
  if (/^(ssh|ecdsa)-\S+ /.test(text)) return { because: 'it is the key itself, not its fingerprint' };
  const fixed = `SHA256:${text.replace(/^sha256:/i, '').replace(/=+$/, '')}`;
  return { nearest: fixed !== text && checkFingerprint(fixed) === undefined ? fixed : undefined };
}

/** The base address of something that is fetched over HTTP. */
export const webAddress: Format = {
  name: 'a web address',
  allowed: 'an address that begins with http:// or https://, without a query',
  pattern: '^https?://[^\\s?#/][^\\s?#]*$',
  examples: ['https://mirror.example.com/debian'],
  check: (text) => checkWebAddress(text),
  normalize: (text) => text.replace(/\/+$/, ''),
};

/** A registry mirror as dockerd accepts it. */
export const registryMirror: Format = {
  name: 'a registry mirror',
  allowed: 'http:// or https://, a host and perhaps a port; dockerd refuses a path, a user and a query',
  pattern: '^https?://[^\\s?#/@]+/?$',
  examples: ['https://mirror.example.com'],
  check: (text) => {
    const complaint = checkWebAddress(text);
    if (complaint !== undefined) return complaint;
    const isBare = /^https?:\/\/[^\s?#/@]+\/?$/.test(text);
    return isBare ? undefined : { because: 'it has a path or a user', nearest: new URL(text).origin };
  },
  normalize: (text) => text.replace(/\/+$/, ''),
};

/** A proxy as http_proxy names it. */
export const proxy: Format = {
  name: 'a proxy address',
  allowed: 'http:// or https://, perhaps USER:PASSWORD@, a host and perhaps a port',
  pattern: '^https?://[^\\s?#/][^\\s?#]*$',
  examples: ['http://proxy.example.com:3128'],
  check: (text) => checkWebAddress(text),
  normalize: (text) => text.replace(/\/+$/, ''),
};

function checkWebAddress(text: string): Complaint | undefined {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    const fixed = `http://${text}`;
    return {
      because: 'it does not begin with http:// or https://',
      nearest: isWebAddress(fixed) ? fixed : undefined,
    };
  }
  return isWebAddress(text) ? undefined : {};
}

function isWebAddress(text: string): boolean {
  if (!/^https?:\/\/[^\s?#/\\][^\s?#\\]*$/.test(text) || !URL.canParse(text)) return false;
  return isHost(new URL(text).hostname.replaceAll(/^\[|\]$/g, ''));
}

/** A registry that may be spoken to without TLS: HOST:PORT or a network. */
export const insecureRegistry: Format = {
  name: 'a registry',
  allowed: 'HOST, HOST:PORT or a network such as 10.0.0.0/8, without http://',
  pattern: '^[^\\s/]+(/[0-9]+)?$',
  examples: ['registry.example.com:5000', '10.0.0.0/8'],
  check: (text) => {
    if (isNetwork(text) || isHostWithPort(text)) return undefined;
    const bare = text.replace(/^https?:\/\//i, '').replace(/\/+$/, '');
    return bare !== text && isHostWithPort(bare)
      ? { because: 'it has a scheme or a path', nearest: bare }
      : {};
  },
};

/** An exception of a proxy. */
export const noProxyEntry: Format = {
  name: 'a proxy exception',
  allowed: 'a host name, a domain such as .example.com, an address, a network such as 10.0.0.0/8, or *',
  pattern: '^[^\\s,]+$',
  examples: ['.example.com', '10.0.0.0/8'],
  check: (text) => {
    const bare = text.replace(/^\*?\./, '');
    return text === '*' || isNetwork(text) || isHostWithPort(bare) || isIP(text) !== 0 ? undefined : {};
  },
};

function isHostWithPort(text: string): boolean {
  const parts = /^(?:\[([^\]]+)\]|([^[\]:]+))(?::(\d+))?$/.exec(text);
  if (parts === null) return false;
  const [, six, name, port] = parts;
  const hostIsValid = six === undefined ? isHost(name ?? '') : isIPv6(six);
  return hostIsValid && (port === undefined || isPort(port));
}

/** One network of the hosts. */
export const networkAddress: Format = {
  name: 'a network',
  allowed: 'the address of a network and the length of its prefix: 10.0.0.0/24, fd00::/64',
  pattern: '^[0-9a-fA-F:.]+/[0-9]{1,3}$',
  examples: ['10.0.0.0/24', 'fd00::/64'],
  check: checkNetwork,
  normalize: (text) => networkOf(text) ?? text,
};

function checkNetwork(text: string): Complaint | undefined {
  if (/[,;\s]/.test(text)) return { because: 'it holds more than one' };
  if (isIP(text) !== 0) return { because: 'it has no prefix length' };
  const network = networkOf(text);
  if (network === undefined) return {};
  const [address = ''] = text.split('/');
  return bitsOf(address) === bitsOf(network.split('/')[0] ?? '')
    ? undefined
    : { because: 'it is an address in a network, not the network', nearest: network };
}

/** The network that an address with a prefix length is in; undefined for anything else. */
function networkOf(text: string): string | undefined {
  if (!isNetwork(text) || text.includes('%')) return undefined;
  const [address = '', length = ''] = text.split('/');
  const width = isIPv4(address) ? 32 : 128;
  const free = BigInt(width - Number(length));
  const bits = (bitsOf(address) >> free) << free;
  return `${addressOf(bits, width)}/${Number(length)}`;
}

/** Is the address in the network? Both are valid. */
export function isInNetwork(address: string, network: string): boolean {
  const [base = '', length = ''] = network.split('/');
  if (isIPv4(address) !== isIPv4(base)) return false;
  const free = BigInt((isIPv4(base) ? 32 : 128) - Number(length));
  return bitsOf(address) >> free === bitsOf(base) >> free;
}

/** Is an address in both networks? Both are valid. */
export function overlap(one: string, other: string): boolean {
  const [first = '', second = ''] = [one, other].map((network) => network.split('/')[0]);
  return isInNetwork(first, other) || isInNetwork(second, one);
}

function bitsOf(address: string): bigint {
  if (isIPv4(address))
    return address.split('.').reduce((bits, part) => (bits << 8n) + BigInt(Number(part)), 0n);
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const missing = 8 - groups(head).length - groups(tail ?? '').length;
  const all = [...groups(head), ...Array.from({ length: missing }, () => '0'), ...groups(tail ?? '')];
  return all.reduce((bits, group) => (bits << 16n) + BigInt(`0x${group}`), 0n);
}

function addressOf(bits: bigint, width: 32 | 128): string {
  const step = width === 32 ? 8 : 16;
  const parts = Array.from({ length: width / step }, (_, index) =>
    Number((bits >> BigInt(width - step * (index + 1))) & ((1n << BigInt(step)) - 1n)),
  );
  if (width === 32) return parts.join('.');
  return new URL(`http://[${parts.map((part) => part.toString(16)).join(':')}]`).hostname.slice(1, -1);
}

function isNetwork(text: string): boolean {
  const [address = '', length = '', ...rest] = text.split('/');
  if (rest.length > 0 || !/^\d{1,3}$/.test(length)) return false;
  const longest = isIPv4(address) ? 32 : 128;
  return isIP(address) !== 0 && Number(length) <= longest;
}
