import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lines, type Script, sh } from '../../../../src/shell/script.js';
import { SHELLS } from '../../run-task.js';
import { fakeCluster } from './cluster.js';

/** The files of the proof lie in the folder of the test. */
const inRoot = (call: Script) => lines(sh`PROOF_FOLDER=$ROOT/proof`, call);

/** A cluster that keeps one object; `change` is done when it is read. */
const objects = (change: string) => `
  'rados -p kube put'*) cp "\${words##* }" $ROOT/object ;;
  'rados -p kube get'*) cp $ROOT/object "\${words##* }"; ${change} ;;`;

describe.each(SHELLS)('$name: what is written', (shell) => {
  it('is read again, and removed', async () => {
    const cluster = await fakeCluster(objects(':'));
    const done = await cluster.run(shell, 'write-read.sh', inRoot(sh`begin_proof && prove_rados kube`));
    expect(done).toMatchObject({ code: 0, stdout: 'writing and reading an object in the pool kube\n' });
    expect((await cluster.calls()).map((call) => call.split(' ').slice(0, 5).join(' '))).toEqual([
      'rados -p kube put provision-proof',
      'rados -p kube get provision-proof',
      'rados -p kube rm provision-proof',
    ]);
    expect(existsSync(join(cluster.host.root, 'proof'))).toBe(false);
  });

  it('must come back as it was', async () => {
    const cluster = await fakeCluster(objects('echo x >>$ROOT/proof/read'));
    const done = await cluster.run(shell, 'write-read.sh', inRoot(sh`begin_proof && prove_rados kube`));
    expect(done.code).toBe(1);
    expect(done.stdout).toContain('the pool kube did not give back the bytes that were written');
  });

  it('says what could not be done', async () => {
    const cluster = await fakeCluster(
      `'rados -p kube put'*) echo 'error putting kube/x: (28) No space' >&2; exit 1 ;;`,
    );
    const done = await cluster.run(shell, 'write-read.sh', inRoot(sh`begin_proof && prove_rados kube`));
    expect([done.code, done.stdout]).toEqual([
      1,
      'writing and reading an object in the pool kube\nno object can be written to the pool kube\n',
    ]);
    expect(done.stderr).toContain('(28) No space');
  });

  it('is an image too, after one that a killed run left is gone', async () => {
    const cluster = await fakeCluster('');
    expect((await cluster.run(shell, 'write-read.sh', inRoot(sh`prove_rbd kube`))).code).toBe(0);
    expect(await cluster.calls()).toEqual([
      'rbd info kube/provision-proof',
      'rbd rm --no-progress kube/provision-proof',
      'rbd create kube/provision-proof --size 8 --image-feature layering',
      'rbd info kube/provision-proof',
      'rbd rm --no-progress kube/provision-proof',
    ]);
  });

  it('leaves no folder when the run is ended, and takes away what a killed one left', async () => {
    const cluster = await fakeCluster('');
    const folder = join(cluster.host.root, 'proof');
    await mkdir(folder);
    await writeFile(join(folder, 'old'), '');
    const ended = await cluster.run(
      shell,
      'write-read.sh',
      inRoot(sh`begin_proof && [ ! -e "$ROOT"/proof/old ] && [ -s "$ROOT"/proof/written ] && kill -TERM $$
sleep 5`),
    );
    expect(ended.code).toBe(143);
    expect(existsSync(folder)).toBe(false);
  });
});
