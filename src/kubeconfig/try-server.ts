import { Agent, request } from 'node:https';
import type { Credentials } from './admin-conf.js';

/** What the API server said, or why it could not. */
export type Trial =
  | { readonly ok: true; readonly version: string; readonly nodes: number }
  | { readonly ok: false; readonly failure: Failure; readonly detail: string };

export type Failure =
  /** No connection: no route, a firewall, nobody listens. */
  | 'unreachable'
  | 'unknown-name'
  /** Connected, and the handshake came to no end: something between the two. */
  | 'handshake'
  /** Valid for other names than this. */
  | 'not-in-certificate'
  /** Not signed by the cluster: someone else answers. */
  | 'stranger'
  | 'not-valid-now'
  /** The API server answers, and does not take the credentials. */
  | 'refused'
  | 'answer';

/** Milliseconds for each of the two requests. */
const PATIENCE = 8_000;

/** Asks the API server for its version and for the nodes, which takes the administrator's credentials. */
export async function tryServer(
  server: string,
  credentials: Credentials,
  patience = PATIENCE,
): Promise<Trial> {
  const pem = (data: string): string => Buffer.from(data, 'base64').toString('utf8');
  const agent = new Agent({
    ca: pem(credentials.authority),
    cert: pem(credentials.certificate),
    key: pem(credentials.key),
    keepAlive: true,
    maxSockets: 1,
  });
  try {
    const version = await get(`${server}/version`, agent, patience);
    const nodes = await get(`${server}/api/v1/nodes`, agent, patience);
    if (nodes.status === 401 || nodes.status === 403) {
      return { ok: false, failure: 'refused', detail: `HTTP ${nodes.status}` };
    }
    const told = JSON.parse(version.body) as { gitVersion?: string };
    const list = JSON.parse(nodes.body) as { items?: readonly unknown[] };
    if (told.gitVersion === undefined || list.items === undefined) {
      return { ok: false, failure: 'answer', detail: `HTTP ${nodes.status}` };
    }
    return { ok: true, version: told.gitVersion, nodes: list.items.length };
  } catch (error) {
    return { ok: false, ...whyNot(error) };
  } finally {
    agent.destroy();
  }
}

class Timeout extends Error {
  readonly connected: boolean;
  constructor(connected: boolean) {
    super(connected ? 'the TLS handshake or the answer did not come in time' : 'no connection in time');
    this.connected = connected;
  }
}

function get(url: string, agent: Agent, patience: number): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    let connected = false;
    const asked = request(url, { agent, headers: { accept: 'application/json' } }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (body += part));
      response.on('end', () => {
        clearTimeout(timer);
        resolve({ status: response.statusCode ?? 0, body });
      });
      response.on('error', reject);
    });
    const timer = setTimeout(() => asked.destroy(new Timeout(connected)), patience);
    asked.on('socket', (socket) => socket.once('connect', () => (connected = true)));
    asked.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    asked.end();
  });
}

const STRANGER = [
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_SIGNATURE_FAILURE',
  'EPROTO',
];

function whyNot(error: unknown): { failure: Failure; detail: string } {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const detail = message;
  if (error instanceof Timeout) return { failure: error.connected ? 'handshake' : 'unreachable', detail };
  if (error instanceof SyntaxError) return { failure: 'answer', detail: 'the answer is not JSON' };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return { failure: 'unknown-name', detail };
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return { failure: 'not-in-certificate', detail };
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return { failure: 'not-valid-now', detail };
  if (STRANGER.includes(code)) return { failure: 'stranger', detail };
  if (code === 'ECONNRESET') return { failure: 'handshake', detail };
  return { failure: 'unreachable', detail };
}
