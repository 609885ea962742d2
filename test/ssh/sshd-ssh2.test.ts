import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { HAS_BOTH, useSshd, works } from './support/fixture.js';
import { failureOf, hostAt } from './support/host.js';

describe.runIf(HAS_BOTH)(
  'the built-in transport against the real sshd (only where openssh-server is and we are root)',
  () => {
    const { workspace, sshd, know, connector, to, start } = useSshd();

    it('gets 60 connections at once through MaxStartups 10:30:100', { timeout: 60_000 }, async () => {
      const server = await start('startups', ['MaxStartups 10:30:100']);
      know(server);
      const { connect } = connector();
      const connections = await Promise.all(
        Array.from({ length: 60 }, () => connect(hostAt(server.port, { connectTimeout: 30 }))()),
      );
      expect(connections.length).toBe(60);
      await Promise.all(connections.map((connection) => connection.close()));
    });

    it('explains a server that counts the keys of a full agent', async () => {
      const socket = workspace().path('agent');
      const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
      onTestFinished(() => void agent.kill());
      while (!existsSync(socket)) await wait(10);
      for (let index = 0; index < 8; index++) {
        const key = workspace().keyPair(`many${index}`);
        execFileSync('ssh-add', ['-q', key], {
          env: { ...process.env, SSH_AUTH_SOCK: socket },
          stdio: 'ignore',
        });
      }
      const error = await failureOf(to(sshd().port, {}, { agent: socket }));
      expect(error.code).toBe('SSH_AUTH');
      expect(error.message).toContain('agent key many0');
      expect(error.hint).toContain('IdentitiesOnly');
      await works(
        await to(sshd().port, { identityFile: `${workspace().home}/.ssh/id_ed25519` }, { agent: socket }),
      );
    });

    it('costs one round trip for a program: no delayed acknowledgement is waited for', async () => {
      const connection = await to(sshd().port);
      const times: number[] = [];
      for (let index = 0; index < 8; index++) {
        const begin = performance.now();
        await connection.execRoot('true');
        times.push(performance.now() - begin);
      }
      await connection.close();
      expect(Math.min(...times.slice(1))).toBeLessThan(35);
    });

    it('costs the first program no more: nothing waits for a delayed acknowledgement after the login either', async () => {
      const times: number[] = [];
      for (let index = 0; index < 6; index++) {
        const connection = await to(sshd().port);
        const begin = performance.now();
        await connection.execRoot('true');
        times.push(performance.now() - begin);
        await connection.close();
      }
      expect(Math.min(...times.slice(1))).toBeLessThan(35);
    });
  },
);
