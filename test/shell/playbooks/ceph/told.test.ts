import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CEPH_TELLS } from '../../../../playbooks/ceph/told.js';
import { lines, rawScript, type Script, sh } from '../../../../src/shell/script.js';
import { runScript, SHELLS, testHost } from '../../run-task.js';

/** A cluster that knows one thing, for the Python that `ceph` runs with. */
const FAKE_MODULE = `
import json, os
class Error(Exception): pass
class TimedOut(Error): pass
class Rados:
    def __init__(self, conffile, name, conf):
        if os.environ["CLUSTER"] == "none": raise Error("no such file")
        self.conf = conf
    def connect(self):
        assert self.conf == {"client_mount_timeout": "15"}
        if os.environ["CLUSTER"] == "silent": raise TimedOut("[errno 110] RADOS timed out (error connecting to the cluster)")
        if os.environ["CLUSTER"] == "forbids": raise Error("permission denied")
    def mon_command(self, words, data):
        words = json.loads(words)
        if words["prefix"] == "fs dump": return -22, b"", "no such command"
        return 0, b"\\n" + json.dumps(words, sort_keys=True).encode() + b"\\n", ""
    def shutdown(self): pass
`;

describe.each(SHELLS)('$name: what the cluster tells', (shell) => {
  /** @param ceph the program; what it is called with is kept */
  async function host(ceph: string) {
    const { root, ...rest } = await testHost();
    const calls = join(root, 'calls');
    await writeFile(join(root, 'rados.py'), FAKE_MODULE);
    await writeFile(join(root, 'ceph'), ceph);
    await chmod(join(root, 'ceph'), 0o755);
    const run = (script: Script, cluster = 'well') =>
      runScript(shell, { root, ...rest }, lines(CEPH_TELLS, script), {
        env: {
          PATH: `${root}:/usr/local/bin:/usr/bin:/bin`,
          PYTHONPATH: root,
          PYTHONDONTWRITEBYTECODE: '1',
          CLUSTER: cluster,
          CALLS: calls,
        },
      });
    return { run, calls: () => readFile(calls, 'utf8').catch(() => '') };
  }
  const PYTHON = `#!/usr/bin/env python3
import os, sys
open(os.environ["CALLS"], "a").write(" ".join(sys.argv[1:]) + "\\n")
print('{"asked": "%s"}' % sys.stdin.read().replace("\\n", ","))
`;
  const PROGRAM =
    '#!/bin/sh\necho "$*" >>"$CALLS"; cat >/dev/null; echo "2026 a warning" >&2; echo; echo "{}"; echo "[errno 5] odd"\n';

  it('is asked by the library that the program runs with, without the program', async () => {
    const { run, calls } = await host(PYTHON);
    expect(await run(sh`tell 'osd dump' 'fs dump' 'health detail'`)).toEqual({
      code: 0,
      stdout:
        '{"format": "json", "prefix": "osd dump"}\n{"detail": "detail", "format": "json", "prefix": "health"}\n',
      stderr: '',
    });
    expect(await calls()).toBe('');
  });

  it('is not asked again when no monitor answered in time', async () => {
    const { run, calls } = await host(PYTHON);
    const script = sh`TOLD=$(tell 'osd dump'); is_silence "$TOLD" && ! is_answer "$TOLD" && printf '%s\n' "$WHY"`;
    expect(await run(script, 'silent')).toEqual({
      code: 0,
      stdout: '[errno 110] RADOS timed out (error connecting to the cluster)\n',
      stderr: '',
    });
    expect(await calls()).toBe('');
  });

  it.each(['none', 'forbids'])(
    'is asked by the program, which says why, when the library: %s',
    async (cluster) => {
      const { run, calls } = await host(PYTHON);
      expect(await run(sh`tell 'osd dump' 'osd tree'`, cluster)).toEqual({
        code: 0,
        stdout: '{"asked": "osd dump,osd tree,"}\n',
        stderr: '',
      });
      expect(await calls()).toBe('--connect-timeout 15 -f json\n');
    },
  );

  it('is asked by the program where that is no Python, and where there is none', async () => {
    const { run } = await host(PROGRAM);
    expect((await run(sh`tell 'osd dump'`)).stdout).toBe('{}\n');
    const none = await run(rawScript(`PATH=/usr/bin:/bin; tell 'osd dump'`));
    expect(none.stdout).toMatch(/^no answer \(127\): .*ceph.*\n$/);
  });
});
