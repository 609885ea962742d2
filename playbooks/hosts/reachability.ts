import { readFileSync } from 'node:fs';
import type { HostFacts } from '../../src/engine/facts.js';
import type { Task } from '../../src/engine/task.js';
import type { Host, Inventory } from '../../src/inventory/inventory.js';
import { lines, rawScript, sh } from '../../src/shell/script.js';
import { cephRelease, cephRepository } from '../ceph/releases.js';
import { dockerRelease } from '../docker/releases.js';
import { keyOf } from '../key-of.js';
import { provenOnce } from '../proven-once.js';
import { kubernetesRelease, kubernetesRepository } from '../kubernetes/releases.js';
import { CEPH, CONTAINERS, hasRole, KUBERNETES } from '../roles.js';
import { mirrorSources } from './mirror.js';

const FUNCTIONS = rawScript(readFileSync(new URL('./reach.sh', import.meta.url), 'utf8'));
/** Seconds for all addresses of a host together; each may take 40. */
const TIMEOUT = 400;
const ADVICE =
  'Nothing has been changed. Open the way, or set packages.mirror, docker.repository, kubernetes.repository, ceph.repository, docker.registryMirrors or proxy in the inventory, then run again: provision up';

/** Package sources and registry mirrors answer this host, through the mirror or proxy of the inventory; proven before any change. */
export function reachability(
  host: Host,
  inventory: Inventory,
  facts: HostFacts | undefined,
): readonly Task[] {
  const { packages, docker, proxy } = inventory;
  const containers = hasRole(host, CONTAINERS);
  const secrets = proxy === undefined ? [] : ['apt-proxy'];
  const declared = [
    ...mirrorSources(packages.mirror, facts?.os),
    ...(facts === undefined ? [] : repositories(host, inventory, facts)),
  ];
  const mirrors = containers ? docker.registryMirrors : [];
  return [
    provenOnce({
      id: 'package-sources',
      title: 'the package sources can be reached',
      prevents: ['hosts-registry-blocked'],
      key: keyOf([packages.mirror, proxy?.http, proxy?.https, declared]),
      due: 'the package sources have not been tried from this host',
      timeout: TIMEOUT,
      secrets,
      prove: lines(
        FUNCTIONS,
        sh`begin_reaching
status=0`,
        packages.mirror === undefined
          ? sh`for source in $(host_sources); do reach 'package source' "$source" || status=1; done`
          : sh`:`,
        ...declared.map((url) => sh`reach 'package source' ${url} || status=1`),
        sh`[ "$status" = 0 ] || printf '%s\n' ${ADVICE}
exit "$status"`,
      ),
    }),
    ...(mirrors.length === 0 ? [] : [registriesReached(mirrors, inventory, secrets)]),
  ];
}

/** The lists of the package repositories that the stages will add. */
function repositories(
  host: Host,
  { docker, kubernetes, ceph }: Inventory,
  facts: HostFacts,
): readonly string[] {
  const wanted = [
    hasRole(host, CONTAINERS) ? dockerRelease(docker, facts).repository : undefined,
    hasRole(host, KUBERNETES)
      ? kubernetesRepository(kubernetes, kubernetesRelease(kubernetes, facts))
      : undefined,
    hasRole(host, CEPH) ? cephRepository(ceph, cephRelease(ceph, facts), facts) : undefined,
  ];
  return wanted.flatMap((each) => (each === undefined || each.uri.startsWith('file:') ? [] : [listOf(each)]));
}

/** A suite that ends with a slash is a folder without `dists` (sources.list(5)). */
function listOf({ uri, suite }: { readonly uri: string; readonly suite: string }): string {
  const base = uri.replace(/\/+$/, '');
  return suite.endsWith('/')
    ? `${base}/${suite.replace(/^(\.?\/)+/, '')}InRelease`
    : `${base}/dists/${suite}/InRelease`;
}

function registriesReached(
  mirrors: readonly string[],
  { proxy }: Inventory,
  secrets: readonly string[],
): Task {
  return provenOnce({
    id: 'image-registries',
    title: 'the registry mirrors can be reached',
    prevents: ['hosts-registry-blocked'],
    key: keyOf([mirrors, proxy?.http, proxy?.https]),
    due: 'the registry mirrors have not been tried from this host',
    timeout: TIMEOUT,
    secrets,
    prove: lines(
      FUNCTIONS,
      sh`begin_reaching
status=0`,
      ...mirrors.map((mirror) => sh`reach registry ${`${mirror.replace(/\/+$/, '')}/v2/`} || status=1`),
      sh`[ "$status" = 0 ] || printf '%s\n' ${ADVICE}
exit "$status"`,
    ),
  });
}
