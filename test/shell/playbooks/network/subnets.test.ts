import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rawScript, sh } from '../../../../src/shell/script.js';
import { SHELLS, testHost } from '../../run-task.js';
import { callFunctions } from '../source.js';

/** Answers of the cluster, one after the other; the last one stays. A stand-in for kubectl.sh's function. */
async function check(shell: (typeof SHELLS)[number], mode: 'look' | 'apply', ...answers: readonly string[]) {
  const host = await testHost();
  const call = sh`ASKED=${join(host.root, 'asked')}
kube() {
  echo x >>"$ASKED"
  case $(wc -l <"$ASKED" | tr -d ' ') in
    1) printf '%s\n' ${answers[0] ?? ''} ;;
    *) printf '%s\n' ${answers[1] ?? answers[0] ?? ''} ;;
  esac
}
check_subnets node1 node2
code=$?
echo "$(wc -l <"$ASKED" | tr -d ' ') questions"
exit "$code"`;
  const functions = rawScript('sleep() { :; }');
  const { code, stdout } = await callFunctions(
    'network/subnets.sh',
    shell,
    host,
    sh`${functions}
${call}`,
    { mode },
  );
  return { code, told: stdout };
}

const BOTH = 'node1 10.244.0.0/24 a\nnode2 10.244.1.0/24 b';

describe.each(SHELLS)("$name: the nodes' parts of the network", (shell) => {
  it('are there', async () => {
    expect(await check(shell, 'look', BOTH)).toEqual({ code: 0, told: '1 questions\n' });
    expect(await check(shell, 'apply', BOTH)).toEqual({ code: 0, told: '1 questions\n' });
  });

  it.each(['look', 'apply'] as const)(
    'are waited for when a node has just joined, in %s too: later plays are made of them',
    async (mode) => {
      const first = 'node1 10.244.0.0/24 a\nnode2 - b';
      expect(await check(shell, mode, first, BOTH)).toEqual({ code: 0, told: '2 questions\n' });
    },
  );

  it('of a node that has yet to join are not waited for in a look', async () => {
    expect(await check(shell, 'look', 'node1 10.244.0.0/24 a')).toEqual({ code: 0, told: '1 questions\n' });
  });
});
