import { readFileSync } from 'node:fs';
import type { Task } from '../../../src/engine/task.js';
import { type Script, sh } from '../../../src/shell/script.js';
import { command } from '../../../src/tasks/command.js';
import { download } from '../../../src/tasks/download.js';
import { manifest, type Rollout } from '../../../src/tasks/manifest.js';
import type { NetworkContext } from '../context.js';
import { OVERHEAD, podMtu } from '../interfaces.js';
import { type FetchedPlugin, type FetchedRelease, SOURCE } from './releases.js';

const FOLDER = '/etc/kubernetes/provision/network';
/** Secret: the proxy by which a manifest is fetched. It may hold a password. */
export const PROXY = 'network-proxy';
const FILE = 'network-manifest-file';
const SETTINGS = 'network-manifest-settings';
/** Seconds: each node fetches some hundred MiB of images. */
const ROLLOUT = 900;

const AWK: Readonly<Record<FetchedPlugin, string>> = {
  calico: awkProgram('calico'),
  weave: awkProgram('weave'),
  cilium: awkProgram('cilium'),
};

function awkProgram(name: string): string {
  return readFileSync(new URL(`./${name}.awk`, import.meta.url), 'utf8');
}

const TITLES: Readonly<Record<FetchedPlugin, string>> = {
  calico: 'Calico',
  weave: 'Weave Net',
  cilium: 'Cilium',
};

const ROLLOUTS: Readonly<Record<FetchedPlugin, readonly Rollout[]>> = {
  calico: [daemonset('calico-node'), deployment('calico-kube-controllers')],
  weave: [daemonset('weave-net')],
  cilium: [daemonset('cilium'), deployment('cilium-operator')],
};

function daemonset(name: string): Rollout {
  return { kind: 'daemonset', namespace: 'kube-system', name };
}

function deployment(name: string): Rollout {
  return { kind: 'deployment', namespace: 'kube-system', name };
}

/** Where each of them writes what kubelet is to call. */
export const CNI_FILES: Readonly<Record<FetchedPlugin, string>> = {
  calico: '10-calico.conflist',
  weave: '10-weave.conflist',
  cilium: '05-cilium.conf',
};

/** The manifest of the plugin's own project: fetched, checked, given our settings, applied. */
export function fetchedTasks(
  id: string,
  plugin: FetchedPlugin,
  release: FetchedRelease,
  context: NetworkContext,
): readonly Task[] {
  const { settings, inventory } = context;
  const fetched = `${FOLDER}/${plugin}-${release.version}.yaml`;
  const applied = `${FOLDER}/${plugin}.yaml`;
  const base = settings.manifestMirror ?? SOURCE;
  const file = download({
    id: FILE,
    path: fetched,
    url: `${base.replace(/\/+$/, '')}/${release.path}`,
    sha256: release.sha256,
    mode: '0644',
  });
  return [
    inventory.proxy === undefined ? file : throughProxy(file),
    ourSettings(plugin, filter(plugin, release, context), fetched, applied),
    manifest({
      id,
      name: TITLES[plugin],
      after: [FILE, SETTINGS],
      prevents: ['cni-not-configured', ...(plugin === 'calico' ? ['calico-ipip-blocked'] : [])],
      content: { path: applied },
      rollouts: ROLLOUTS[plugin],
      timeout: ROLLOUT,
    }),
  ];
}

function throughProxy(file: Task): Task {
  const secret = sh`"$SECRETS"/${PROXY}`;
  return {
    ...file,
    secrets: [...(file.secrets ?? []), PROXY],
    apply: sh`http_proxy=$(cat ${secret}) && https_proxy=$http_proxy && export http_proxy https_proxy || exit 2
${file.apply ?? sh`:`}`,
  };
}

function ourSettings(plugin: FetchedPlugin, words: Script, fetched: string, applied: string): Task {
  return command({
    id: SETTINGS,
    title: `${applied} is ${TITLES[plugin]}'s manifest with the settings of the inventory`,
    after: [FILE],
    check: sh`[ -r ${fetched} ] || { differs ${`${fetched} is not there yet`}; exit 1; }
with_settings() { ${words} ${fetched}; }
made=$(with_settings 2>&1) || cannot "$made"
printf '%s\n' "$made" | cmp -s - ${applied} && exit 0
if [ -e ${applied} ]; then printf '%s\n' "$made" | show_diff ${applied}; else echo ${`${applied} is missing`}; fi
exit 1`,
    apply: sh`made=$(${words} ${fetched}) || exit 2
printf '%s\n' "$made" | replace_file ${applied} 644 '' ''`,
  });
}

/** awk with the settings; a file name is to follow. */
function filter(plugin: FetchedPlugin, release: FetchedRelease, context: NetworkContext): Script {
  const { settings, inventory, members, encapsulation } = context;
  const variables: Readonly<Record<string, string | number>> = {
    pool: inventory.kubernetes.podSubnet,
    repository: settings.imageRepository ?? '',
    version: release.version,
    mode: encapsulation,
    mtu: mtuFor(plugin, context, podMtu(members.first, context)),
  };
  const words = Object.entries(variables).flatMap(([name, value]) => ['-v', `${name}=${value}`]);
  return sh`awk ${words} ${AWK[plugin]}`;
}

/**
 * calico and cilium measure each node's interface themselves unless they are told; cilium wants to be told of that interface.
 * Weave Net measures nothing.
 */
function mtuFor(plugin: FetchedPlugin, { settings }: NetworkContext, known: number | undefined): number {
  if (plugin === 'weave') return known ?? WEAVE_DEFAULT;
  if (settings.mtu === undefined) return 0;
  return plugin === 'cilium' ? settings.mtu + OVERHEAD.vxlan : settings.mtu;
}

const WEAVE_DEFAULT = 1376;
