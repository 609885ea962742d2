import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { HAS_BOTH, useSshd, works } from './support/fixture.js';
import { failureOf } from './support/host.js';
import { authorize } from './support/sshd.js';
import { writeConfig } from './support/workspace.js';

describe.runIf(HAS_BOTH)(
  'the openssh transport does what ssh2 cannot (only where openssh-server is and we are root)',
  () => {
    const { workspace, sshd, know, to, start } = useSshd();

    it('host certificates', async () => {
      const ca = workspace().keyPair('host_ca');
      const server = await start('host-cert');
      execFileSync('ssh-keygen', [
        '-q',
        '-s',
        ca,
        '-I',
        'host',
        '-h',
        '-n',
        '127.0.0.1',
        `${server.hostKey}.pub`,
      ]);
      const certified = await start('host-certified', [
        `HostKey ${server.hostKey}`,
        `HostCertificate ${server.hostKey}-cert.pub`,
      ]);
      know(certified, `${ca}.pub`, '@cert-authority');
      const error = await failureOf(to(certified.port, { transport: 'ssh2' }));
      expect(error.code).toBe('SSH_HOST_KEY_UNKNOWN');
      expect(error.hint).toContain('transport: openssh');
      await works(await to(certified.port, { transport: 'openssh' }));
    });

    it('user certificates', async () => {
      const ca = workspace().keyPair('user_ca');
      const key = workspace().keyPair('certified');
      execFileSync('ssh-keygen', ['-q', '-s', ca, '-I', 'user', '-n', 'root', `${key}.pub`]);
      const server = await start('user-cert', [`TrustedUserCAKeys ${ca}.pub`]);
      know(server);
      authorize(workspace(), 'user-cert');
      const error = await failureOf(to(server.port, { identityFile: key }));
      expect(error.code).toBe('SSH_AUTH');
      expect(error.hint).toContain('transport: openssh');
      await works(await to(server.port, { transport: 'openssh', identityFile: key }));
    });

    it('servers with post-quantum key exchange only', async () => {
      const server = await start('post-quantum', ['KexAlgorithms sntrup761x25519-sha512@openssh.com']);
      know(server);
      const error = await failureOf(to(server.port, { transport: 'ssh2' }));
      expect(error.code).toBe('SSH_UNSUPPORTED');
      expect(error.hint).toContain('transport: openssh');
      await works(await to(server.port, { transport: 'openssh' }));
    });

    it('proxy commands', async () => {
      const command = `bash -c 'exec 3<>/dev/tcp/127.0.0.1/${sshd().port}; cat <&3 & exec cat >&3'`;
      writeConfig(
        workspace(),
        `Host odd\n  ProxyCommand ${command}\n  HostKeyAlias [127.0.0.1]:${sshd().port}\n  User root\n`,
      );
      const ssh = { host: 'odd', port: undefined, user: undefined };
      const error = await failureOf(to(22, ssh));
      expect(error.code).toBe('SSH_UNSUPPORTED');
      expect(error.hint).toContain('transport: openssh');
      await works(await to(22, { ...ssh, transport: 'openssh' }));
      writeConfig(workspace(), '');
    });

    it('refuses to hand a password to the openssh transport', async () => {
      const error = await failureOf(to(sshd().port, { transport: 'openssh', password: 'x' }));
      expect([error.code, error.exitCode]).toEqual(['SSH_UNSUPPORTED', 4]);
    });

    it('leaves no control socket and no ssh behind', async () => {
      const [before, folder] = [process.env['TMPDIR'], workspace().path('tmp')];
      mkdirSync(folder);
      process.env['TMPDIR'] = folder;
      try {
        const connection = await to(sshd().port, { transport: 'openssh' });
        expect(readdirSync(folder).length).toBe(1);
        await works(connection);
        expect(readdirSync(folder)).toEqual([]);
        // They end by themselves; a busy machine takes a moment to let them.
        await expect
          .poll(() => spawnSync('pgrep', ['-f', folder]).stdout.toString(), { timeout: 5_000 })
          .toBe('');
      } finally {
        if (before === undefined) delete process.env['TMPDIR'];
        else process.env['TMPDIR'] = before;
      }
    });
  },
);
