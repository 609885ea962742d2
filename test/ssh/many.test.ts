import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createConnector } from '../../src/ssh/connector.js';
import { hostAt } from './support/host.js';
import { startServer, type TestServer } from './support/server.js';
import { createWorkspace, type Workspace } from './support/workspace.js';

const HOSTS = 500;

describe('many hosts', () => {
  let workspace: Workspace;
  let server: TestServer;

  beforeAll(async () => {
    workspace = createWorkspace();
    workspace.keyPair('id_ed25519');
    const hostKey = workspace.keyPair('host');
    server = await startServer({
      hostKeys: [hostKey],
      onExec(_command, channel) {
        channel.write('here\n');
        channel.exit(0);
        channel.end();
      },
    });
    workspace.knowHost(`[127.0.0.1]:${server.port}`, `${hostKey}.pub`);
  });
  afterAll(async () => {
    await server.close();
    workspace.remove();
  });

  it(`connects to ${HOSTS} at once, and the program stays responsive`, { timeout: 120_000 }, async () => {
    const { connect } = createConnector({ home: workspace.home, agent: undefined });
    const delay = monitorEventLoopDelay({ resolution: 10 });
    delay.enable();
    const hosts = Array.from({ length: HOSTS }, (_, index) => ({
      ...hostAt(server.port),
      name: `node${index}`,
    }));
    const connections = await Promise.all(hosts.map((host) => connect(host)()));
    expect(server.connections()).toBe(HOSTS);
    const results = await Promise.all(connections.map((connection) => connection.exec('here')));
    expect(results.every((result) => result.stdout.toString() === 'here\n')).toBe(true);
    delay.disable();
    expect(delay.max / 1e9).toBeLessThan(5);
    await Promise.all(connections.map((connection) => connection.close()));
  });
});
