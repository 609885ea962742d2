import { request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';

/** Milliseconds. */
const PATIENCE = 5_000;

/** Does the proxy lead to this server, as kubectl would ask it to? What is no address of a proxy leads nowhere. */
export function leadsTo(proxy: string, server: string, patience = PATIENCE): Promise<boolean> {
  const address = URL.canParse(proxy) ? proxy : `http://${proxy}`;
  if (!URL.canParse(address)) return Promise.resolve(false);
  const { protocol, username, password } = new URL(address);
  const { hostname, port } = new URL(server);
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const headers =
    username === '' ? {} : { 'Proxy-Authorization': `Basic ${Buffer.from(login).toString('base64')}` };
  return new Promise((resolve) => {
    const ask = protocol === 'https:' ? overHttps : overHttp;
    const asked = ask(new URL(address), {
      method: 'CONNECT',
      path: `${hostname}:${port === '' ? '443' : port}`,
      headers,
      agent: false,
      signal: AbortSignal.timeout(patience),
    });
    asked.on('connect', ({ statusCode }, socket) => {
      socket.destroy();
      resolve(statusCode === 200);
    });
    asked.on('response', (answer) => {
      answer.destroy();
      resolve(false);
    });
    asked.on('error', () => resolve(false));
    asked.end();
  });
}
