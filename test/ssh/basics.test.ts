import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createConnector } from '../../src/ssh/connector.js';
import type { Connection } from '../../src/ssh/connection.js';
import { hostAt } from './support/host.js';
import { startServer, type TestServer } from './support/server.js';
import { createWorkspace, type Workspace } from './support/workspace.js';

describe('programs over the built-in transport', () => {
  let workspace: Workspace;
  let server: TestServer;
  let connection: Connection;

  beforeAll(async () => {
    workspace = createWorkspace();
    workspace.keyPair('id_ed25519');
    const hostKey = workspace.keyPair('host');
    server = await startServer({ hostKeys: [hostKey] });
    workspace.knowHost(`[127.0.0.1]:${server.port}`, `${hostKey}.pub`);
    connection = await createConnector({ home: workspace.home, agent: undefined }).connect(hostAt(server.port))();
  });
  afterAll(async () => {
    await connection.close();
    await server.close();
    workspace.remove();
  });

  it('gives exit code, both outputs and input as bytes', async () => {
    const result = await connection.exec('cat; echo problem >&2; exit 7', { input: 'in\n' });
    expect(result.code).toBe(7);
    expect(result.stdout.toString()).toBe('in\n');
    expect(result.stderr.toString()).toBe('problem\n');
  });

  it('runs a script as root', async () => {
    const result = await connection.execRoot('id -u; echo two >&2; exit 3');
    expect([result.code, result.stdout.toString(), result.stderr.toString()]).toEqual([3, '0\n', 'two\n']);
  });
});
