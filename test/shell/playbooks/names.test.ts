import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sh } from '../../../src/shell/script.js';
import { SHELLS, testHost } from '../run-task.js';
import { callFunctions } from './source.js';

const OURS = ['node1=10.0.0.11', 'node2=10.0.0.12', 'node3=2001:db8::3'];
const BLOCK = `# BEGIN provision hosts
10.0.0.11\tnode1
10.0.0.12\tnode2
# END provision hosts
`;

describe.each(SHELLS)('$name: names in /etc/hosts', (shell) => {
  async function both(text: string) {
    const host = await testHost();
    const file = join(host.root, 'hosts');
    await writeFile(file, text);
    const found = await callFunctions(
      'hosts/names.sh',
      shell,
      host,
      sh`find_conflicts ${[file, ...OURS]}
printf %s "$CONFLICTS"`,
    );
    const cured = await callFunctions(
      'hosts/names.sh',
      shell,
      host,
      sh`without_conflicts ${[file, ...OURS]}`,
    );
    expect([found.stderr, cured.stderr, found.code, cured.code]).toEqual(['', '', 0, 0]);
    return { conflicts: found.stdout, cured: cured.stdout };
  }

  it('leave what says the same, comments, our block, and names that only look alike', async () => {
    const text = `127.0.0.1\tlocalhost
# 127.0.1.1 node1
10.0.0.11 node1 web # node2
192.0.2.7 node11 anode1 node1.example.com *

2001:db8::3 node3
${BLOCK}`;
    expect(await both(text)).toEqual({ conflicts: '', cured: text });
  });

  it('take the own name from 127.0.1.1, keeping what else the line says', async () => {
    const text = `127.0.1.1\tnode1.example.com node1 alias\n${BLOCK}`;
    expect(await both(text)).toEqual({
      conflicts: '127.0.1.1 node1.example.com node1 alias\n',
      cured: `127.0.1.1 node1.example.com alias\n${BLOCK}`,
    });
  });

  it('make a comment of a line that says nothing else', async () => {
    const text = `127.0.1.1 node2\n${BLOCK}192.0.2.1 node1 node2`;
    const { conflicts, cured } = await both(text);
    expect(conflicts.split('\n')).toHaveLength(4);
    expect(cured).toBe(`# by provision: 127.0.1.1 node2\n${BLOCK}# by provision: 192.0.2.1 node1 node2\n`);
  });

  it('agree about what is a conflict, and find none in what was cured', async () => {
    const { cured } = await both('127.0.0.1 localhost node1\n::1 node3 ip6-localhost\n');
    expect(cured).toBe('127.0.0.1 localhost\n::1 ip6-localhost\n');
    expect((await both(cured)).conflicts).toBe('');
  });

  it('are judged by the resolver', async () => {
    const host = await testHost();
    const good = await callFunctions('hosts/names.sh', shell, host, sh`resolves_to v4 localhost=127.0.0.1`);
    expect(good).toMatchObject({ code: 0, stdout: '' });
    const bad = await callFunctions('hosts/names.sh', shell, host, sh`resolves_to v4 localhost=10.0.0.9`);
    expect(bad.code).toBe(1);
    expect(bad.stdout).toBe(
      'localhost resolves to 127.0.0.1, which is no address of the inventory\nlocalhost does not resolve to 10.0.0.9\n',
    );
  });
});
