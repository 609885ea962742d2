import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { REACH } from '../../../playbooks/reach.js';
import { lines, sh } from '../../../src/shell/script.js';
import { SHELLS, testHost } from '../run-task.js';
import { hasProgram } from '../../support/programs.js';
import { runWith } from './stand-ins.js';

const hasPerl = hasProgram('perl', '-e', '1');

/** A port that listens, and one that did: connections to it are refused. */
async function ports(): Promise<readonly [open: number, closed: number]> {
  const listen = async () => {
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { server, port: (server.address() as AddressInfo).port };
  };
  const [open, closed] = [await listen(), await listen()];
  onTestFinished(() => void open.server.close());
  await new Promise((resolve) => closed.server.close(resolve));
  return [open.port, closed.port];
}

describe.each(SHELLS)('$name: whom a host can reach', (shell) => {
  const ask = async (targets: readonly string[], programs = {}) => {
    const script = lines(
      REACH,
      sh`ask_all ${targets}
for target in ${targets}; do
  if is_silent "$target"; then echo "$target"; fi
done`,
    );
    const { stdout, stderr } = await runWith(shell, await testHost(), programs, script);
    expect(stderr).toBe('');
    return stdout.split('\n').slice(0, -1);
  };

  it.skipIf(!hasPerl)('are those that take a connection or refuse it', async () => {
    const [open, closed] = await ports();
    const well = [`tcp/127.0.0.1/${open}`, `tcp/127.0.0.1/${closed}/mine`];
    expect(await ask([...well, 'tcp/nowhere/1', 'icmp/nowhere/9'])).toEqual([
      'tcp/nowhere/1',
      'icmp/nowhere/9',
    ]);
  });

  it.skipIf(!hasPerl || process.getuid?.() !== 0)('are those that echo a packet of this size', async () => {
    const tooLarge = 'icmp/127.0.0.1/65600';
    expect(await ask(['icmp/127.0.0.1/1422/a', 'icmp/127.0.0.1/9', tooLarge])).toEqual([tooLarge]);
  });

  it('is nobody where there is no perl, or it fails', async () => {
    expect(await ask(['tcp/127.0.0.1/1'], { perl: 'exit 127' })).toEqual(['tcp/127.0.0.1/1']);
    expect(await ask([], { perl: 'exit 127' })).toEqual([]);
  });
});
