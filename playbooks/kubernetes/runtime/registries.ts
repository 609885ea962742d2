import type { DockerSettings } from '../../../src/inventory/inventory.js';

const DOCKER_HUB = 'docker.io';

/** The hosts.toml of each registry about which the inventory says something, by the registry's name (docs/hosts.md of containerd). */
export function registryHosts({
  registryMirrors,
  insecureRegistries,
}: DockerSettings): ReadonlyMap<string, string> {
  const hosts = new Map(insecureRegistries.filter(isOneHost).map((name) => [name, insecure(name)]));
  if (registryMirrors.length > 0) hosts.set(DOCKER_HUB, mirrored(registryMirrors, insecureRegistries));
  return hosts;
}

/** Docker also takes networks here. */
function isOneHost(name: string): boolean {
  return !name.includes('/');
}

/** As Docker does it: first with a certificate that nobody checks, then in plain HTTP. */
function insecure(name: string): string {
  return hostsToml(`http://${name}`, [host(`https://${name}`, true)]);
}

/** Docker Hub's mirrors in their order, and Docker Hub itself when none has the image. */
function mirrored(mirrors: readonly string[], insecureRegistries: readonly string[]): string {
  return hostsToml(
    'https://registry-1.docker.io',
    mirrors.map((url) => host(url, insecureRegistries.includes(new URL(url).host))),
  );
}

function hostsToml(server: string, hosts: readonly string[]): string {
  return `# Managed by provision.\nserver = ${JSON.stringify(server)}\n${hosts.join('')}`;
}

function host(url: string, skipVerify: boolean): string {
  const verify = skipVerify ? '  skip_verify = true\n' : '';
  return `\n[host.${JSON.stringify(url)}]\n  capabilities = ["pull", "resolve"]\n${verify}`;
}
