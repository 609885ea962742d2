import { describe, expect, it } from 'vitest';
import type { Task } from '../../../src/engine/task.js';
import { rawScript } from '../../../src/shell/script.js';
import { restartService } from '../../../src/tasks/restart-service.js';
import { service } from '../../../src/tasks/service.js';
import { runApply, runCheck, runScript, type Shell, SHELLS, testHost } from '../run-task.js';
import { CAN_COPY_ROOT, copiedRoot } from './copied-root.js';

/** A script of /etc/init.d whose service is a file. */
const INIT_SCRIPT = `#!/bin/sh
### BEGIN INIT INFO
# Provides:          odd-service
# Required-Start:
# Required-Stop:
# Default-Start:     2 3 4 5
# Default-Stop:      0 1 6
### END INIT INFO
case $1 in
  start) : >/run/odd-service ;;
  stop) rm -f /run/odd-service ;;
  status) [ -e /run/odd-service ] ;;
esac`;

/** What upstart's \`service\` says. */
const UPSTART = `#!/bin/sh
case $2 in
  start) : >/run/odd-service ;;
  stop) rm -f /run/odd-service ;;
esac
[ -e /run/odd-service ] && echo "$1 start/running, process 7" || echo "$1 stop/waiting"`;

/** A copy of this machine that systemd does not run: there is nothing in its /run. */
async function start(shell: Shell) {
  const host = await testHost();
  const { settings, changes } = await copiedRoot(host);
  const check = async (task: Task, code: number) => {
    const before = changes();
    const result = await runCheck(shell, host, task, settings);
    expect(result).toMatchObject({ code, stderr: '' });
    expect(changes()).toBe(before);
    return result.stdout;
  };
  return {
    run: async (script: string) => (await runScript(shell, host, rawScript(script), settings)).stdout,
    check,
    cycle: async (task: Task) => {
      const said = await check(task, 1);
      expect(await runApply(shell, host, task, settings)).toMatchObject({ code: 0 });
      expect(await check(task, 0)).toBe('');
      expect(await runApply(shell, host, task, settings)).toMatchObject({ code: 0 });
      expect(await check(task, 0)).toBe('');
      return said;
    },
  };
}

const odd = (enabled: boolean, running: boolean) =>
  service({ id: 's', unit: 'odd-service.service', enabled, running });

describe.skipIf(!CAN_COPY_ROOT).each(SHELLS)('without systemd, in $name', (shell) => {
  it('service enables, starts, stops and disables a script of /etc/init.d', async () => {
    const { run, check, cycle } = await start(shell);
    expect(await check(odd(true, true), 1)).toBe('odd-service.service: this host has no such service\n');
    expect(await check(odd(false, false), 0)).toBe('');
    await run(
      `cat >/etc/init.d/odd-service <<'END'\n${INIT_SCRIPT}\nEND\nchmod 0755 /etc/init.d/odd-service`,
    );
    expect(await cycle(odd(true, true))).toBe(
      'odd-service.service does not start with the host\nodd-service.service is stopped\n',
    );
    expect(await run('ls /run/odd-service /etc/rc2.d | grep odd')).toMatch(
      /^\/run\/odd-service\nS\d\dodd-service\n$/,
    );
    expect(await cycle(odd(true, false))).toBe('odd-service.service is running\n');
    expect(await cycle(odd(false, false))).toBe('odd-service.service starts with the host\n');
  });

  it('service does the same with a job of upstart, and keeps its overrides', async () => {
    const { run, cycle } = await start(shell);
    await run(`mkdir -p /etc/init; echo 'start on runlevel [2345]' >/etc/init/odd-service.conf
echo 'limit nofile 9 9' >/etc/init/odd-service.override
cat >/usr/local/sbin/service <<'END'\n${UPSTART}\nEND\nchmod 0755 /usr/local/sbin/service`);
    expect(await cycle(odd(true, true))).toBe('odd-service.service is stopped\n');
    expect(await cycle(odd(false, true))).toBe('odd-service.service starts with the host\n');
    expect(await run('cat /etc/init/odd-service.override')).toBe('limit nofile 9 9\nmanual\n');
    expect(await cycle(odd(true, false))).toBe(
      'odd-service.service does not start with the host\nodd-service.service is running\n',
    );
    expect(await run('cat /etc/init/odd-service.override')).toBe('limit nofile 9 9\n');
  });

  it('restartService says that it cannot tell', async () => {
    const { check } = await start(shell);
    const task = restartService({ id: 'r', unit: 'odd.service', reads: ['/etc/hosts'], tasks: [] });
    expect(await check(task, 2)).toContain('can only be told on hosts with systemd');
  });
});

describe('service and restartService', () => {
  it('refuse names that are no unit', () => {
    for (const unit of [
      'docker',
      '',
      '-h.service',
      '../x.service',
      'a b.service',
      '*.service',
      '$(id).service',
    ]) {
      expect(() => service({ id: 's', unit, enabled: true, running: true })).toThrow(RangeError);
      expect(() => restartService({ id: 'r', unit, reads: ['/a'], tasks: [] })).toThrow(RangeError);
    }
    expect(() => restartService({ id: 'r', unit: 'a.socket', reads: ['/a'], tasks: [] })).toThrow(RangeError);
    expect(() => restartService({ id: 'r', unit: 'a.service', reads: [], tasks: [] })).toThrow(RangeError);
    expect(() => restartService({ id: 'r', unit: 'a.service', reads: ['a'], tasks: [] })).toThrow(RangeError);
  });
});
