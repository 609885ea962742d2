import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Task } from '../../../src/engine/task.js';
import { rawScript, sh } from '../../../src/shell/script.js';
import { waitFor } from '../../../src/tasks/wait-for.js';
import { runApply, runScript, SHELLS, testHost } from '../run-task.js';
import { expectApply, expectCheck, ODD_LINE, ODD_NAME } from './lifecycle.js';
import { startServer } from './server.js';

const wait = { id: 'w', deadline: 20, description: ODD_LINE };

/** The port of a server that answers 404 below /no. */
const answering = () =>
  startServer((request, response) => {
    response.writeHead(request.url?.startsWith('/no') === true ? 404 : 200).end();
  });

/** The check on a host that has neither bash nor curl. */
const bare = (task: Task) => rawScript(`have() { false; }\n${task.check.source}`);

describe.each(SHELLS)('waitFor in $name', (shell) => {
  it('a port', async () => {
    const host = await testHost();
    const port = await answering();
    await expectCheck(shell, host, waitFor({ ...wait, port }), 0);
    await expectApply(shell, host, waitFor({ ...wait, port, host: 'localhost' }));
    const { stdout } = await expectCheck(shell, host, waitFor({ ...wait, port: 1 }), 1);
    expect(stdout).toBe(`not yet: ${ODD_LINE}. \n`);
    await expectCheck(shell, host, waitFor({ ...wait, port, host: '-x $(id)' }), 1);
  });

  it.skipIf(!existsSync('/usr/bin/nc'))('a port, on a host without bash', async () => {
    const host = await testHost();
    const port = await answering();
    expect((await runScript(shell, host, bare(waitFor({ ...wait, port })))).code).toBe(0);
    expect((await runScript(shell, host, bare(waitFor({ ...wait, port: 1 })))).code).toBe(1);
  });

  it('a URL, with curl and with wget', async () => {
    const host = await testHost();
    const url = `http://127.0.0.1:${await answering()}`;
    await expectCheck(shell, host, waitFor({ ...wait, http: `${url}/a?b=c&d=$e'` }), 0);
    await expectCheck(shell, host, waitFor({ ...wait, http: `${url}/no` }), 1);
    expect((await runScript(shell, host, bare(waitFor({ ...wait, http: `${url}/a?b=c&d=$e` })))).code).toBe(
      0,
    );
    expect((await runScript(shell, host, bare(waitFor({ ...wait, http: `${url}/no` })))).code).toBe(1);
  });

  it('a command that comes true while we wait, and says so every 5 s', async () => {
    const host = await testHost();
    const path = join(host.root, ODD_NAME);
    const task = waitFor({ ...wait, command: sh`[ -e ${path} ] || { echo 'not there'; exit 7; }` });
    expect(task.timeout.apply).toBe(50);
    const { stdout } = await expectCheck(shell, host, task, 1);
    expect(stdout).toBe(`not yet: ${ODD_LINE}. not there\n`);
    setTimeout(() => void writeFile(path, ''), 6500);
    expect((await expectApply(shell, host, task)).stdout).toBe(`waiting for ${ODD_LINE} (5 of 20 s)\n`);
    await expectApply(shell, host, task);
    await expectCheck(shell, host, task, 0);
  });

  it('gives up at the deadline, with the last words', async () => {
    const host = await testHost();
    const task = waitFor({ ...wait, deadline: 1, command: sh`printf '%s\n' ${ODD_LINE}; false` });
    const { code, stdout } = await runApply(shell, host, task);
    expect([code, stdout]).toEqual([1, `waited 1 s for ${ODD_LINE} in vain\n${ODD_LINE}\n`]);
  });
});
