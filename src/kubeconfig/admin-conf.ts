import { parse } from 'yaml';
import { ProvisionError } from '../errors.js';

/** What gives access to a cluster; the key is secret. All in base64 of PEM, as a kubeconfig has it. */
export interface Credentials {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

interface RawConfig {
  readonly 'current-context'?: string;
  readonly clusters?: readonly { name: string; cluster?: Record<string, string> }[];
  readonly users?: readonly { name: string; user?: Record<string, string> }[];
  readonly contexts?: readonly { name: string; context?: Record<string, string> }[];
}

/**
 * Reads what kubeadm has written for the administrator.
 * @throws ProvisionError KUBECONFIG_UNREADABLE; the text is in no message.
 */
export function readAdminConf(text: string, host: string): Credentials {
  const config = parsed(text);
  const context = config?.contexts?.find(({ name }) => name === config['current-context'])?.context;
  const cluster = config?.clusters?.find(({ name }) => name === context?.['cluster'])?.cluster;
  const user = config?.users?.find(({ name }) => name === context?.['user'])?.user;
  const authority = cluster?.['certificate-authority-data'];
  const certificate = user?.['client-certificate-data'];
  const key = user?.['client-key-data'];
  if (authority === undefined || certificate === undefined || key === undefined) {
    throw new ProvisionError(
      'KUBECONFIG_UNREADABLE',
      `/etc/kubernetes/admin.conf on ${host} has not the form in which kubeadm writes it: a cluster, a user with a certificate, and a context of the two.`,
      { host, hint: 'Make it anew there, for example with: kubeadm init phase kubeconfig admin' },
    );
  }
  return { authority, certificate, key };
}

function parsed(text: string): RawConfig | undefined {
  try {
    const value: unknown = parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
