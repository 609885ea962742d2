import type { Host } from '../../../src/inventory/inventory.js';
import { JOINING } from '../constants.js';
import type { KubernetesContext } from '../context.js';
import { membership } from '../member/state.js';

/** By what a host joins; secret. */
export interface Joining {
  readonly token: string;
  /** `sha256:…` of the public key of the cluster's CA; undefined before 1.9, whose kubeadm does not tell it. */
  readonly caCertHash: string | undefined;
  /** Decrypts the certificates of the control plane; undefined when no control plane joins. */
  readonly certificateKey: string | undefined;
}

/** undefined until the first control plane has told it. */
export function joining({ members, outputs }: KubernetesContext): Joining | undefined {
  const [token, hash, key] = outputs.get(members.first.name)?.get(JOINING)?.trim().split(' ') ?? [];
  if (token === undefined || token === '-') return undefined;
  return { token, caCertHash: given(hash), certificateKey: given(key) };
}

function given(word: string | undefined): string | undefined {
  return word === '-' ? undefined : word;
}

/** The hosts that have yet to join, as far as is known. */
export function joiners(context: KubernetesContext): readonly Host[] {
  const { members } = context;
  return members.all.filter(
    (host) =>
      host !== members.first && context.facts.has(host.name) && membership(host, context)?.state !== 'member',
  );
}
