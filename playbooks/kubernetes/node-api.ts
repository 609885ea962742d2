import { readFileSync } from 'node:fs';
import type { Host } from '../../src/inventory/inventory.js';
import { rawScript, type Script, sh, sharing } from '../../src/shell/script.js';

export const KUBELET_CONF = '/etc/kubernetes/kubelet.conf';
export const CA = '/etc/kubernetes/pki/ca.crt';
export const POD_FOLDERS = '/var/lib/kubelet/pods';

/** Shell functions that ask the API server as a node: see node-api.sh. */
export const NODE_API = rawScript(readFileSync(new URL('./node-api.sh', import.meta.url), 'utf8'));

/** What they need to know: where the node finds the API server, its name, and where its pods have what they were given. */
export function nodeWords(node: string): readonly string[] {
  return [KUBELET_CONF, CA, node, POD_FOLDERS];
}

/** The functions, for what this node asks. */
export function nodeApi({ name }: Host): Script {
  const script = sh`${NODE_API}
node_told ${nodeWords(name)}`;
  return sharing(NODE_API, { variable: 'NODE_TOLD', script });
}
