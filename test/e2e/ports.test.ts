import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lines, rawScript, type Script, sh } from '../../src/shell/script.js';
import { LIBRARY } from '../../src/tasks/library.js';
import { type E2eLab, provisionedLab } from './lab.js';

const FUNCTIONS = lines(
  rawScript(LIBRARY),
  rawScript(readFileSync(new URL('../../playbooks/hosts/ports.sh', import.meta.url), 'utf8')),
);
const PORT = 18_472;

describe('listeners on ports that nobody serves yet', () => {
  let lab: E2eLab;

  beforeAll(async () => {
    lab = await provisionedLab('ports', 2);
    await on('node2', sh`start_listeners ${[300, lab.address('node2'), `udp/${PORT}`]}`);
  });

  afterAll(async () => {
    await lab.destroy();
  });

  const on = (host: string, script: Script) => lab.exec(host, ['sh', '-c', lines(FUNCTIONS, script).source]);
  /** What the try says: nothing when there was an answer. */
  const tried = async () => {
    const words = ['/run/said', 'udp', 'node2', lab.address('node2'), PORT, 'a test'];
    const { stdout } = await on(
      'node1',
      sh`rm -f /run/said; HOST=node1; try_way ${words}; cat /run/said 2>/dev/null`,
    );
    return stdout;
  };

  it('answer, also where socat waits for ever for the signal of its child', async () => {
    expect(await tried()).toBe('');
    const { code } = await on('node2', sh`pkill -STOP -x socat`);
    expect(code).toBe(0);
    expect(await tried()).toBe('');
  });

  it('do not answer once they are stopped', async () => {
    await on('node2', sh`stop_listeners`);
    expect(await tried()).toBe(
      `node1 cannot reach node2 (${lab.address('node2')}) on ${PORT}/udp, a test: the connection is refused\n`,
    );
  });
});
