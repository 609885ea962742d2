import type { StageStatus } from '../../src/engine/play.js';
import { sh } from '../../src/shell/script.js';
import { CERTIFICATES } from './certificates.js';
import { KUBECTL } from './kubectl.js';
import { kubernetesMembers } from './members.js';
import { statusLines, TEMPLATE } from './status-lines.js';

/** What a host is to the cluster, by its files; what the cluster says of itself, asked on the first control plane that answers. */
export const status: StageStatus = {
  column: {
    title: 'KUBERNETES',
    script: sh`[ -s /etc/kubernetes/kubelet.conf ] || exit 0
role=node
[ ! -e /etc/kubernetes/manifests/kube-apiserver.yaml ] || role='control plane'
state=$(systemctl is-active kubelet 2>/dev/null || :)
[ "$state" = active ] || role="$role, kubelet $state"
printf '%s\n' "$role"`,
    cell: (printed) => printed.trim() || '-',
  },
  cluster: {
    title: 'Kubernetes',
    hosts: (inventory) => kubernetesMembers(inventory)?.controlPlanes ?? [],
    script: sh`export LC_ALL=C
${KUBECTL}
${CERTIFICATES}
[ -r "$ADMIN_CONF" ] && command -v kubectl >/dev/null 2>&1 || exit 1
objects=$(kube get nodes,pods --all-namespaces -o go-template=${TEMPLATE} 2>/dev/null </dev/null) || exit 1
printf 'T\t%s\n' "$(date +%s)"
kube version 2>/dev/null </dev/null | sed -n 's/^Server Version:.*\(v1\.[0-9][0-9.]*\).*/V\t\1/p'
printf '%s\n' "$objects"
print_certificates ''`,
    lines: statusLines,
    silence:
      'no API server answered: either there is no cluster yet (provision up), or its control planes do not run (on their hosts: systemctl status kubelet, and kubeadm certs check-expiration)',
  },
};
