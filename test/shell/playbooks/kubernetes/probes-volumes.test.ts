import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sh } from '../../../../src/shell/script.js';
import { SHELLS, testHost } from '../../run-task.js';
import { callFunctions } from '../source.js';

const FILE = 'kubernetes/probes-volumes.sh';

describe.each(SHELLS)('$name: nfs-volumes', (shell) => {
  it('shares that are open to everybody, or to the root of others', async () => {
    const host = await testHost();
    const exports = join(host.root, "the operator's exports");
    const told = async (text: string) => {
      writeFileSync(exports, text);
      return await callFunctions(FILE, shell, host, sh`probe_exports ${[exports, `${host.root}/none`]}`);
    };
    expect(await told('/data 192.168.1.0/24(insecure,rw,async,no_root_squash)\n')).toMatchObject({
      code: 1,
      stdout: '/data is exported to the root of its clients\n',
    });
    expect(await told('/a 10.0.0.0/8(rw,insecure)\n')).toMatchObject({
      code: 1,
      stdout: '/a is exported to any program of its clients\n',
    });
    for (const open of ['/b *(ro)\n', '/b (ro)\n', '/b\n', '/b 0.0.0.0/0(ro)\n']) {
      expect(await told(open)).toMatchObject({ code: 1, stdout: '/b is exported to every host\n' });
    }
    const good = [
      '# /data *(rw,no_root_squash)',
      '',
      '/data 10.47.0.0/16(rw,sync,no_subtree_check) node1.example.com(ro)',
      '/more -sync,root_squash 10.47.0.0/16 # (insecure)',
    ];
    expect(await told(`${good.join('\n')}\n`)).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });

  it('a pod with a share, on a host that cannot mount it', async () => {
    const host = await testHost();
    const mount = join(host.base, 'bin');
    mkdirSync(mount);
    const run = () =>
      callFunctions(FILE, shell, host, sh`probe_nfs_client ${host.root}`, {
        env: { PATH: `${mount}:/usr/bin:/bin` },
      });
    expect(await run()).toMatchObject({ code: 0, stdout: '' });
    mkdirSync(join(host.root, 'ee57885a-c04d/volumes/kubernetes.io~nfs'), { recursive: true });
    expect(await run()).toMatchObject({
      code: 1,
      stdout:
        'a volume of the pod with the uid ee57885a-c04d is a share of NFS, and mount.nfs is not installed on this host\n',
    });
    writeFileSync(join(mount, 'mount.nfs'), '#!/bin/sh\n', { mode: 0o755 });
    expect(await run()).toMatchObject({ code: 0, stdout: '' });
  });
});
