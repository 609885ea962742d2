import { isIP, isIPv6 } from 'node:net';
import { dataDirectory } from './formats-text.js';
import type { Complaint, Format } from './kinds.js';
import { nearestWord } from './nearest.js';

const VERSION = /^1\.(0|[1-9]\d?)(\.(0|[1-9]\d{0,2}))?$/;

/** A release of Kubernetes. */
export const kubernetesVersion: Format = {
  name: 'a version of Kubernetes',
  allowed:
    'a minor version or a whole one, without the v: 1.34, 1.20.2; a minor version takes its newest patch',
  pattern: '^1\\.[0-9]{1,2}(\\.[0-9]{1,3})?$',
  examples: ['1.34', '1.20.2'],
  check: (text) => {
    if (VERSION.test(text)) return undefined;
    const [numbers] = /1\.\d{1,2}(\.\d{1,3})?/.exec(text) ?? [];
    return { nearest: numbers ?? (/^\d{1,2}$/.test(text) ? `1.${text}` : undefined) };
  },
};

/** Where the hosts have packages and images. */
export const packageFolder: Format = {
  ...dataDirectory,
  name: 'a folder of the hosts',
  examples: ['/srv/kubernetes'],
};

/** A release of a network plugin. */
export const pluginVersion: Format = {
  name: 'a version',
  allowed: 'the whole version of the plugin, without the v: 0.28.9',
  pattern: '^[0-9]+\\.[0-9]+(\\.[0-9]+)?$',
  examples: ['0.28.9'],
  check: (text) => {
    if (/^\d+\.\d+(\.\d+)?$/.test(text)) return undefined;
    return { nearest: text.replace(/^v/i, '') };
  },
};

const SUBDOMAIN = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;

/** How any of the control planes is reached. */
export const endpoint: Format = {
  name: 'an endpoint',
  allowed:
    'HOST or HOST:PORT, a name in lower case or an address (IPv6 in brackets); without a port it is 6443',
  pattern: '^[^\\s/@]+$',
  examples: ['k8s.example.com:6443', '10.0.0.100'],
  check: checkEndpoint,
};

function checkEndpoint(text: string): Complaint | undefined {
  const bare = text.replace(/^https?:\/\//i, '').replace(/\/+$/, '');
  if (bare !== text) return { because: 'it has a scheme or a path', nearest: bare };
  if (isIPv6(text)) return { because: 'an IPv6 address stands in brackets', nearest: `[${text}]` };
  const [, six, name = '', port = '6443'] = /^(?:\[([^\]]*)\]|([^[\]:]*))(?::(\d+))?$/.exec(text) ?? [];
  if (Number(port) < 1 || Number(port) > 65_535)
    return { because: `the port ${port} is not between 1 and 65535` };
  if (six !== undefined) return isIPv6(six) ? undefined : { because: `"${six}" is not an IPv6 address` };
  if (isIP(name) !== 0 || isDomain(name)) return undefined;
  return { nearest: text.toLowerCase() };
}

/** A name of DNS. 10.0.0.300 is an address with a slip, and no name. */
function isDomain(text: string): boolean {
  return SUBDOMAIN.test(text) && !/^[\d.]+$/.test(text);
}

/** The domain of the cluster's own names. */
export const dnsDomain: Format = {
  name: 'a domain',
  allowed: 'a domain in lower case, without a dot at its ends: cluster.local',
  pattern: '^[a-z0-9.-]+$',
  examples: ['cluster.local'],
  check: (text) =>
    isDomain(text) ? undefined : { nearest: text.toLowerCase().replaceAll(/^\.+|\.+$/g, '') },
};

/** A name or address besides the hosts' own by which the API server is called. */
export const certificateName: Format = {
  name: 'a name for the certificate',
  allowed: 'a name in lower case, which may begin with "*.", or an address; without a port',
  pattern: '^[*a-zA-Z0-9.:-]+$',
  examples: ['k8s.example.com', '203.0.113.7'],
  check: (text) => {
    if (isIP(text) !== 0 || isDomain(text.replace(/^\*\./, ''))) return undefined;
    const bare = text
      .toLowerCase()
      .replace(/^https?:\/\//, '')
      .replace(/:\d+$/, '');
    return { nearest: bare };
  },
};

const REGISTRY = '[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]{1,5})?';
const REPOSITORY_PART = '[a-z0-9]+([._-]+[a-z0-9]+)*';
const REPOSITORY = new RegExp(`^${REGISTRY}(/${REPOSITORY_PART})*$`);
const IMAGE = new RegExp(
  `^(${REGISTRY}/)?(${REPOSITORY_PART}/)*${REPOSITORY_PART}(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?$`,
);

/** Where images come from. */
export const imageRepository: Format = {
  name: 'an image repository',
  allowed:
    'a registry and perhaps a path, without https:// and without a tag: registry.example.com/google_containers',
  pattern: `^${REGISTRY}(/${REPOSITORY_PART})*$`,
  examples: ['registry.k8s.io', 'registry.example.com:5000/kubernetes'],
  check: (text) => {
    if (REPOSITORY.test(text)) return undefined;
    return { nearest: text.replace(/^https?:\/\//i, '').replace(/\/+$/, '') };
  },
};

/** One image with its tag or digest. */
export const imageName: Format = {
  name: 'an image',
  allowed: 'the name of an image with its tag or digest: busybox:1.35, registry.example.com/busybox:1.35',
  pattern: '^[a-zA-Z0-9][a-zA-Z0-9._:/@-]*$',
  examples: ['busybox:1.35', 'registry.example.com/busybox:1.35'],
  check: (text) => {
    if (!IMAGE.test(text)) return { nearest: text.toLowerCase().replace(/^https?:\/\//, '') };
    const last = text.slice(text.lastIndexOf('/') + 1);
    return /[:@]/.test(last) ? undefined : { because: 'it has no tag, and would be another image tomorrow' };
  },
};

const THRESHOLD_WHY =
  'Below it the node says DiskPressure or MemoryPressure and kubelet ends pods (pitfall kubelet-eviction-nodefs).';
const PERCENTAGE = /^(\d|[1-9]\d)(\.\d{1,2})?%$/;

/** Bytes or a share that must stay free. */
export const evictionSize: Format = {
  name: 'a threshold',
  allowed: 'a percentage such as 5%, or a size such as 500Mi or 1Gi',
  pattern: '^[0-9]+(\\.[0-9]+)?(%|[KMGT]i?)$',
  examples: ['5%', '500Mi'],
  check: (text) => checkThreshold(text, /^\d+(\.\d+)?[KMGT]i$|^\d+(\.\d+)?[kMGT]$/),
};

/** Inodes or a share of them that must stay free. */
export const evictionInodes: Format = {
  name: 'a threshold',
  allowed: 'a percentage such as 5%, or a number of inodes such as 10000 or 10k',
  pattern: '^[0-9]+(\\.[0-9]+)?(%|k|M)?$',
  examples: ['5%', '10000'],
  check: (text) => checkThreshold(text, /^\d+[kM]?$/),
};

function checkThreshold(text: string, amount: RegExp): Complaint | undefined {
  if (PERCENTAGE.test(text) || amount.test(text)) return undefined;
  const bare = text.replace(/^.*[<>=]\s*/, '');
  const because = bare === text ? undefined : 'it is the value alone, without the signal and the "<"';
  const fixed = bare.replace(
    /^(\d+(?:\.\d+)?) ?([kmgt])i?b?$/i,
    (_, digits: string, unit: string) => `${digits}${unit.toUpperCase()}i`,
  );
  const share = /^\d{1,2}$/.test(bare) && !amount.test(bare) ? `${bare}%` : fixed;
  return { because, nearest: share.replace(/ %$/, '%'), why: THRESHOLD_WHY };
}

const NAME_63 = /^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;
const KEY_ALLOWED =
  'NAME or PREFIX/NAME: a name of at most 63 letters, digits, "-", "_" and ".", a letter or digit at both ends; the prefix is a domain in lower case';

/** Labels that have one meaning for Kubernetes, and who gives them. */
const LABELS_OF_OTHERS: Readonly<Record<string, string>> = {
  'kubernetes.io/hostname': 'kubelet gives it',
  'kubernetes.io/os': 'kubelet gives it',
  'kubernetes.io/arch': 'kubelet gives it',
  'beta.kubernetes.io/os': 'kubelet gives it',
  'beta.kubernetes.io/arch': 'kubelet gives it',
  'node-role.kubernetes.io/control-plane': 'it follows from the role control-plane',
  'node-role.kubernetes.io/master': 'it follows from the role control-plane',
};

function checkQualified(text: string): Complaint | undefined {
  const [prefix, name, ...rest] = text.includes('/') ? text.split('/') : [undefined, text];
  if (rest.length > 0) return { because: 'it has more than one "/"' };
  if (prefix !== undefined && !SUBDOMAIN.test(prefix))
    return {
      because: `"${prefix}" is not a domain in lower case`,
      nearest: `${prefix.toLowerCase()}/${name ?? ''}`,
    };
  if ((name ?? '').length > 63) return { because: `its name has ${(name ?? '').length} characters` };
  if (NAME_63.test(name ?? '')) return undefined;
  return { nearest: text.trim().replaceAll(/[^A-Za-z0-9_./-]+/g, '-') };
}

/** The key of a label of a node. */
export const labelKey: Format = {
  name: 'a label',
  allowed: KEY_ALLOWED,
  pattern: '^[A-Za-z0-9][A-Za-z0-9_./-]*$',
  examples: ['disk', 'example.com/rack'],
  check: (text) => {
    const owner = LABELS_OF_OTHERS[text];
    if (owner !== undefined) return { because: owner };
    const [, key, value] = /^([^=]+)=(.*)$/.exec(text) ?? [];
    if (key !== undefined && checkQualified(key) === undefined)
      return { because: `the value stands after the colon: \`${key}: ${value}\`` };
    return checkQualified(text);
  },
};

/** The value of a label of a node. */
export const labelValue: Format = {
  name: 'a value of a label',
  allowed:
    'at most 63 letters, digits, "-", "_" and ".", a letter or digit at both ends; "" for an empty one',
  pattern: '^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$',
  examples: ['ssd'],
  mayBeEmpty: true,
  check: checkLabelValue,
};

function checkLabelValue(text: string): Complaint | undefined {
  if (NAME_63.test(text)) return undefined;
  if (text.length > 63) return { because: `it has ${text.length} characters` };
  const fixed = text.replaceAll(/[^A-Za-z0-9_.-]+/g, '-').replaceAll(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '');
  return { nearest: fixed === '' ? undefined : fixed };
}

export const TAINT_EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] as const;

/** Taints that Kubernetes or this program gives. */
const TAINTS_OF_OTHERS: readonly (readonly [RegExp, string])[] = [
  [
    /^node-role\.kubernetes\.io\/(control-plane|master)$/,
    'it follows from the role control-plane, unless kubernetes.schedulableControlPlane is true',
  ],
  [/^node\.(cloudprovider\.)?kubernetes\.io\//, 'Kubernetes gives and takes it itself'],
];

/** Keeps pods away from a node. */
export const taint: Format = {
  name: 'a taint',
  allowed: `KEY=VALUE:EFFECT or KEY:EFFECT, where the effect is ${TAINT_EFFECTS.join(', ')}`,
  pattern: `^[A-Za-z0-9][A-Za-z0-9_./-]*(=[A-Za-z0-9_.-]*)?:(${TAINT_EFFECTS.join('|')})$`,
  examples: ['dedicated=storage:NoSchedule', 'example.com/broken:NoExecute'],
  check: checkTaint,
  normalize: (text) => text.replace('=:', ':'),
};

function checkTaint(text: string): Complaint | undefined {
  const [, key = '', value = '', effect] = /^([^=:]*)(?:=([^:]*))?(?::(.*))?$/.exec(text) ?? [];
  const start = text.replace(/:.*$/, '');
  const complaint = checkQualified(key);
  if (complaint !== undefined) return { because: `"${key}" is not a key`, why: `A key is ${KEY_ALLOWED}.` };
  const [, owner] = TAINTS_OF_OTHERS.find(([keys]) => keys.test(key)) ?? [];
  if (owner !== undefined) return { because: owner };
  if (value !== '' && checkLabelValue(value) !== undefined)
    return { because: `"${value}" is not a value: ${labelValue.allowed}` };
  if (effect === undefined) return { because: 'it has no effect', nearest: `${start}:NoSchedule` };
  if (TAINT_EFFECTS.some((known) => known === effect)) return undefined;
  const meant = nearestWord(effect, TAINT_EFFECTS);
  return {
    because: `"${effect}" is not an effect`,
    nearest: meant === undefined ? undefined : `${start}:${meant}`,
  };
}

/** What a taint is known by: two of one key and effect are one, whatever their values. */
export function taintIdentity(text: string): string {
  return text.replace(/=[^:]*/, '');
}

type Elsewhere = Readonly<Record<string, string>>;

/** The name of an argument of a component. @param elsewhere arguments that other keys of the inventory give */
export function argumentName(elsewhere: Elsewhere): Format {
  return {
    name: 'an argument',
    allowed:
      'the name of an argument without its leading hyphens, as Kubernetes documents it: audit-log-path',
    pattern: '^[a-z][a-z0-9-]*$',
    examples: ['v'],
    check: (text) => {
      const bare = text.replace(/^-+/, '').replace(/=.*$/, '');
      if (elsewhere[bare] !== undefined) return { because: elsewhere[bare] };
      if (/^[a-z][a-z0-9-]*$/.test(text)) return undefined;
      if (text.includes('=')) return { because: 'the value stands after the colon', nearest: bare };
      return { nearest: bare.toLowerCase().replaceAll('_', '-') };
    },
  };
}

/** What an argument of a component of the control plane is set to. */
export const argumentValue: Format = {
  name: 'a value',
  allowed: 'one line of text',
  examples: ['2'],
  mayBeEmpty: true,
  check: () => undefined,
};

/** kubelet's arguments stand in one variable of a unit of systemd. */
export const kubeletArgumentValue: Format = {
  name: 'a value',
  allowed: 'text without blanks, quotes and backslashes',
  pattern: '^[^\\s"\'\\\\]*$',
  examples: ['2'],
  mayBeEmpty: true,
  check: (text) => (/^[^\s"'\\]*$/.test(text) ? undefined : {}),
};

/** A setting of a configuration object. @param elsewhere settings that other keys of the inventory give */
export function configurationKey(elsewhere: Elsewhere): Format {
  return {
    name: 'a setting',
    allowed: 'the name of a setting as Kubernetes documents it; a dot leads into an object: conntrack.min',
    pattern: '^[a-z][A-Za-z0-9]*(\\.[A-Za-z0-9][A-Za-z0-9_/-]*)*$',
    examples: ['maxPods'],
    check: (text) => {
      const [top = ''] = text.split('.');
      if (elsewhere[top] !== undefined) return { because: elsewhere[top] };
      if (/^[a-z][A-Za-z0-9]*(\.[A-Za-z0-9][A-Za-z0-9_/-]*)*$/.test(text)) return undefined;
      const known = text.replace(/^[A-Z]/, (letter) => letter.toLowerCase());
      return { nearest: known.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()) };
    },
  };
}

/** What a setting of a configuration object is set to; it is written as YAML reads it. */
export const configurationValue: Format = {
  name: 'a value',
  allowed: 'a number, true, false, a text, or a list or an object in YAML of one line: 110, 10m, [a, b]',
  examples: ['110'],
  check: () => undefined,
};

/** What kubeadm can patch, and since which minor version [kubeadm docs, control-plane-flags: patches]. */
export const PATCH_TARGETS = {
  etcd: 19,
  'kube-apiserver': 19,
  'kube-controller-manager': 19,
  'kube-scheduler': 19,
  kubeletconfiguration: 25,
  corednsdeployment: 32,
} as const;
const PATCH_TARGET = Object.keys(PATCH_TARGETS).join('|');
const PATCH_FILE = new RegExp(`^(${PATCH_TARGET})([a-z0-9-]*)(\\+(strategic|merge|json))?\\.(json|yaml)$`);

/** The name of a file with a patch, by which kubeadm knows what it is for. */
export const patchFile: Format = {
  name: 'a file name of a patch',
  allowed: `TARGET[SUFFIX][+TYPE].yaml (or .json), where the target is ${Object.keys(PATCH_TARGETS).join(', ')}, and the type strategic, merge or json`,
  pattern: PATCH_FILE.source,
  examples: ['kube-apiserver+merge.yaml', 'etcd0.json'],
  check: (text) => {
    if (PATCH_FILE.test(text)) return undefined;
    if (text.includes('/'))
      return { because: 'it is a path', nearest: text.slice(text.lastIndexOf('/') + 1) };
    if (text.endsWith('.yml')) return { nearest: text.replace(/yml$/, 'yaml') };
    const target = nearestWord(text.replace(/[+.].*$/, ''), Object.keys(PATCH_TARGETS));
    return {
      because: /\.(json|yaml)$/.test(text) ? undefined : 'it ends neither with .yaml nor with .json',
      nearest: target === undefined ? undefined : text.replace(/^[^+.]*/, target),
    };
  },
};

/** The text of a patch. */
export const patch: Format = {
  name: 'a patch',
  allowed: 'YAML or JSON, in several lines after "|", or ${file:PATH}',
  examples: ['${file:patches/kube-apiserver+merge.yaml}'],
  severalLines: true,
  check: (text) => (text.trim() === '' ? { because: 'it is empty' } : undefined),
};
