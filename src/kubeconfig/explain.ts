import { quote } from '../shell/quote.js';
import { exceptionFor } from './proxy.js';
import type { Failure } from './try-server.js';

/** What is known of a server that does not answer. */
export interface Situation {
  readonly host: string;
  readonly server: string;
  /** Private address of the control plane, and its port: what a tunnel leads to. */
  readonly inside: string;
  /** Words for the system's ssh that lead to the control plane. */
  readonly ssh: readonly string[];
  readonly jumps: boolean;
  /** The kubeconfig that was written. */
  readonly file: string;
  /** The proxy that kubectl would ask. */
  readonly proxy: string | undefined;
}

/** Sentences for a server that could not be asked from this machine. */
export function explainFailure(failure: Failure, detail: string, situation: Situation): readonly string[] {
  const { server, proxy } = situation;
  return [
    `The API server does not answer this machine at ${server}: ${detail || 'no reason was given'}.`,
    ...reasons(failure, situation),
    ...(proxy === undefined ? [] : proxyLines(server, proxy)),
  ];
}

function reasons(failure: Failure, situation: Situation): readonly string[] {
  const { host, server } = situation;
  switch (failure) {
    case 'unreachable':
    case 'unknown-name':
    case 'handshake':
      return [
        situation.jumps
          ? `${host} is reached through another host, so this machine has no way to its API server of its own.`
          : 'Is port 6443 open for this machine, in the firewall of the host and in the security group of the cloud?',
        ...tunnel(situation),
      ];
    case 'not-in-certificate':
      return [
        `The certificate of the API server is not valid for ${exceptionFor(server)}. Add it to kubernetes.certificateNames of the inventory, and have the certificate made anew on each control plane: rm /etc/kubernetes/pki/apiserver.crt /etc/kubernetes/pki/apiserver.key; kubeadm init phase certs apiserver --config /etc/kubernetes/provision/kubeadm.yaml; then start the pod kube-apiserver anew.`,
      ];
    case 'stranger':
      return [
        'What answers there was not certified by this cluster: another cluster, a proxy, or something that listens in between.',
      ];
    case 'not-valid-now':
      return [
        'By the clock of this machine the certificate is not valid now. Is the clock right? Otherwise, on the control planes: kubeadm certs check-expiration',
      ];
    case 'refused':
      return [
        `The credentials of /etc/kubernetes/admin.conf on ${host} are not taken. They may be of an earlier cluster; make them anew there: kubeadm init phase kubeconfig admin`,
      ];
    default:
      return [
        `Look at the API server on ${host}: kubectl --kubeconfig=/etc/kubernetes/admin.conf get --raw=/healthz`,
      ];
  }
}

/** The certificate is not valid for this machine's own end of a tunnel, so kubectl is told the name to expect. */
function tunnel({ inside, ssh, file }: Situation): readonly string[] {
  const name = exceptionFor(`https://${inside}`);
  return [
    'A tunnel leads there, as long as it is open:',
    `  ssh -N -L 6443:${inside} ${ssh.map(quote).join(' ')}`,
    `  kubectl --kubeconfig=${quote(file)} --server=https://127.0.0.1:6443 --tls-server-name=${name} get nodes`,
  ];
}

/** For a proxy that kubectl would ask; the test here asks none. Pitfall kubectl-tls-timeout. */
export function proxyLines(server: string, proxy: string): readonly string[] {
  const name = exceptionFor(server);
  return [
    `The proxy ${withoutPassword(proxy)} of this machine stands in the way: kubectl would ask it for ${name} and end with "TLS handshake timeout" or alike (provision explain kubectl-tls-timeout).`,
    `  export NO_PROXY=${name}\${NO_PROXY:+,$NO_PROXY} no_proxy=${name}\${no_proxy:+,$no_proxy}`,
  ];
}

function withoutPassword(proxy: string): string {
  return proxy.replace(/\/\/[^@/]*@/, '//');
}
