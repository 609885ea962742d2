import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { operatorProxyProbe } from '../../../playbooks/kubernetes/operator-proxy.js';
import type { Inventory } from '../../../src/inventory/inventory.js';
import { leadsTo } from '../../../src/kubeconfig/ask-proxy.js';

const SERVER = 'https://10.0.0.1:6443';

/** A proxy that leads to some servers, for those who know its password. */
async function proxy(servers: readonly string[], login = ''): Promise<string> {
  const server = createServer();
  server.on('connect', ({ url = '', headers }, socket) => {
    const wanted = login === '' ? undefined : `Basic ${Buffer.from(login).toString('base64')}`;
    const leads = servers.includes(url) && headers['proxy-authorization'] === wanted;
    socket.end(`HTTP/1.1 ${leads ? '200 Connection established' : '403 Forbidden'}\r\n\r\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('a proxy', () => {
  it('leads to a server, or does not', async () => {
    const address = await proxy(['10.0.0.1:6443']);
    expect(await leadsTo(`http://${address}`, SERVER)).toBe(true);
    expect(await leadsTo(`http://${address}/`, 'https://10.0.0.2:6443')).toBe(false);
    // Go takes an address without a scheme.
    expect(await leadsTo(address, SERVER)).toBe(true);
    expect(await leadsTo('http://', SERVER)).toBe(false);
  });

  it('is told the password that is in its address', async () => {
    const address = await proxy(['10.0.0.1:6443'], 'me:p@ss');
    expect(await leadsTo(`http://me:p%40ss@${address}`, SERVER)).toBe(true);
    expect(await leadsTo(`http://${address}`, SERVER)).toBe(false);
  });

  it('that is not there, or says nothing, leads nowhere', async () => {
    const silent = createTcpServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void silent.close());
    const { port } = silent.address() as AddressInfo;
    expect(await leadsTo(`http://127.0.0.1:${port}`, SERVER, 200)).toBe(false);
    expect(await leadsTo('http://127.0.0.1:1', SERVER)).toBe(false);
  });
});

describe("the proxy of the operator's machine", () => {
  const inventory = (roles: readonly string[]): Inventory =>
    ({
      kubernetes: {},
      hosts: [{ name: 'node1', address: '10.0.0.1', roles, ssh: { host: '10.0.0.1', proxyJump: [] } }],
    }) as unknown as Inventory;
  const ask = (env: Readonly<Record<string, string>>, roles = ['control-plane']) =>
    operatorProxyProbe(inventory(roles), env);

  it('is found where kubectl would ask it in vain', async () => {
    const [said = ''] = await ask({ HTTPS_PROXY: 'http://me:secret@127.0.0.1:1' });
    expect(said).toContain(
      'The proxy http://127.0.0.1:1 of this machine stands in the way: kubectl would ask it for 10.0.0.1',
    );
  });

  it('is no matter where it leads there, is not asked, or there is no cluster', async () => {
    expect(await ask({ HTTPS_PROXY: `http://${await proxy(['10.0.0.1:6443'])}` })).toEqual([]);
    expect(await ask({ HTTPS_PROXY: 'http://127.0.0.1:1', NO_PROXY: '10.0.0.0/8' })).toEqual([]);
    expect(await ask({})).toEqual([]);
    expect(await ask({ HTTPS_PROXY: 'http://127.0.0.1:1' }, ['mon'])).toEqual([]);
  });
});
