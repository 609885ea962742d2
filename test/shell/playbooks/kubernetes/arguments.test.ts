import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rawScript, sh } from '../../../../src/shell/script.js';
import { SHELLS, testHost } from '../../run-task.js';
import { callFunctions } from '../source.js';

/** No component of Kubernetes: what is looked for is the first word of a command line. */
const COMPONENT = `component-of-${process.pid}`;

describe.each(SHELLS)('$name: arguments of the control plane', (shell) => {
  /** A manifest that says one thing, and a process that was started with another. */
  const check = async (inManifest: string, inProcess: string, wanted: string) => {
    const host = await testHost();
    const [programs, manifests] = [join(host.root, 'bin'), join(host.root, 'manifests')];
    await mkdir(programs);
    await mkdir(manifests);
    await symlink('/usr/bin/sleep', join(programs, COMPONENT));
    await writeFile(
      join(manifests, `${COMPONENT}.yaml`),
      `  - command:\n    - ${COMPONENT}\n    - ${inManifest}\n`,
    );
    const call = sh`PATH=${programs}:$PATH
${rawScript(COMPONENT)} 20 ${inProcess} >/dev/null 2>&1 &
process=$!
trap 'kill "$process"' EXIT
until pgrep -f ${`^${COMPONENT} `} >/dev/null; do sleep 0.05; done
check_arguments ${[manifests, COMPONENT, wanted]}`;
    const { code, stdout } = await callFunctions('kubernetes/cluster/arguments.sh', shell, host, call, {
      mode: 'look',
    });
    return { code, told: stdout };
  };

  it('are as desired where both the manifest and the process have them', async () => {
    expect(await check('10', '10', '10')).toEqual({ code: 0, told: '' });
  });

  it.each([
    ['the manifest lacks', '11', '10'],
    ['the process was started without', '10', '11'],
  ])('differ where %s one', async (_, inManifest, inProcess) => {
    const { code, told } = await check(inManifest, inProcess, '10');
    expect(code).toBe(1);
    expect(told).toBe(`${COMPONENT} does not run with 10\n`);
  });
});
