import type { Host } from '../../../src/inventory/inventory.js';
import { endpoint } from '../cluster/endpoint.js';
import type { KubernetesContext } from '../context.js';
import type { Joining } from '../nodes/joining.js';
import type { ConfigApi } from '../releases.js';
import { apiEndpoint, FIRST_ENDPOINT, kind, patches } from './init-config.js';
import { API_PORT, nodeRegistration } from './node.js';
import { type Values, yamlDocuments } from './yaml.js';

/** Where kubeadm 1.5 tells what a cluster is, in plain HTTP. */
const OLD_DISCOVERY_PORT = 9898;

/** What kubeadm is told on a host that joins; secret, since the token is in it. Control planes join from v1beta2 on. */
export function joinConfig(host: Host, context: KubernetesContext, joining: Joining): string {
  const { members, release } = context;
  const isControlPlane = members.controlPlanes.includes(host);
  return yamlDocuments([document(release.configApi)]);

  function document(api: ConfigApi | undefined): Values {
    switch (api) {
      case undefined:
        return oldNode(context, joining);
      case 'v1alpha1':
        return { ...kind(api, 'NodeConfiguration'), nodeName: host.name, ...flatDiscovery(context, joining) };
      case 'v1alpha2':
        return {
          ...kind(api, 'NodeConfiguration'),
          nodeRegistration: nodeRegistration(host, context, api),
          ...flatDiscovery(context, joining),
        };
      case 'v1alpha3':
        return {
          ...kind(api, 'JoinConfiguration'),
          nodeRegistration: nodeRegistration(host, context, api),
          ...flatDiscovery(context, joining),
        };
      default:
        return {
          ...kind(api, 'JoinConfiguration'),
          nodeRegistration: nodeRegistration(host, context, api),
          discovery: discovery(context, joining),
          controlPlane: isControlPlane
            ? { localAPIEndpoint: apiEndpoint(host), certificateKey: joining.certificateKey }
            : undefined,
          patches: patches(context),
        };
    }
  }
}

/** kubeadm 1.5 reads the first form of its configuration; its flag for the token would show it in the list of processes. */
function oldNode({ members }: KubernetesContext, { token }: Joining): Values {
  return {
    ...kind('v1alpha1', 'NodeConfiguration'),
    masterAddresses: [members.first.address],
    secrets: { givenToken: token },
    apiPort: API_PORT,
    discoveryPort: OLD_DISCOVERY_PORT,
  };
}

function flatDiscovery(context: KubernetesContext, { token, caCertHash }: Joining): Values {
  return {
    discoveryTokenAPIServers: [apiServer(context)],
    discoveryToken: token,
    tlsBootstrapToken: token,
    token,
    discoveryTokenCACertHashes: caCertHash === undefined ? undefined : [caCertHash],
    discoveryTokenUnsafeSkipCAVerification: caCertHash === undefined ? true : undefined,
  };
}

function discovery(context: KubernetesContext, { token, caCertHash }: Joining): Values {
  return {
    bootstrapToken: {
      apiServerEndpoint: apiServer(context),
      token,
      caCertHashes: caCertHash === undefined ? undefined : [caCertHash],
      unsafeSkipCAVerification: caCertHash === undefined ? true : undefined,
    },
    tlsBootstrapToken: token,
  };
}

function apiServer(context: KubernetesContext): string {
  const { members, release } = context;
  return release.minor < FIRST_ENDPOINT ? `${members.first.address}:${API_PORT}` : endpoint(context);
}
