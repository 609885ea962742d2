import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { factsScript, parseFacts } from '../../src/engine/gather-facts.js';
import type { Task } from '../../src/engine/task.js';
import { changedFiles } from '../../src/lab/changes.js';
import { createLab } from '../../src/lab/create.js';
import { destroyLab, labNames } from '../../src/lab/destroy.js';
import { labExec } from '../../src/lab/exec.js';
import type { Lab } from '../../src/lab/model.js';
import { snapshotLab } from '../../src/lab/snapshot.js';
import { sh } from '../../src/shell/script.js';
import { file } from '../../src/tasks/file.js';
import { LIBRARY } from '../../src/tasks/library.js';
import { packages } from '../../src/tasks/packages.js';
import { restartService } from '../../src/tasks/restart-service.js';
import { service } from '../../src/tasks/service.js';

const NAME = 'e2e-tasks';
const HOST = 'node1';
let lab: Lab;

beforeAll(async () => {
  if ((await labNames()).includes(NAME)) await destroyLab(NAME);
  lab = await createLab({ name: NAME, hosts: 1, suite: 'bookworm', report: () => undefined });
});
afterAll(() => destroyLab(NAME));

/** Runs a script on the host as the engine runs a task's. */
async function run(source: string, mode: 'look' | 'apply' = 'apply', pending = '') {
  const script = `STATE=/var/lib/provision SECRETS=/nonexistent RUN_ID=e2e MODE=${mode} PENDING='${pending}'
LC_ALL=C
export LC_ALL
${LIBRARY}
cd /
set -u
${source}`;
  // As an argument, so that nothing of it is on the host's disk.
  const { code, stdout, stderr } = await labExec(lab, HOST, ['sh', '-c', script, 'sh']);
  return { code, said: stdout + stderr };
}

async function on(source: string): Promise<string> {
  return (await run(source)).said;
}

async function check(
  task: Task,
  code: number,
  mode: 'look' | 'apply' = 'look',
  pending = '',
): Promise<string> {
  const result = await run(task.check.source, mode, pending);
  expect(result.code, result.said).toBe(code);
  if (code === 0) expect(result.said).toBe('');
  return result.said;
}

async function apply(task: Task, code = 0): Promise<string> {
  const result = await run(task.apply?.source ?? 'exit 9');
  expect(result.code, result.said).toBe(code);
  return result.said;
}

/** Differs, applied, as desired, applied twice. */
async function cycle(task: Task): Promise<string> {
  const said = await check(task, 1);
  await apply(task);
  await check(task, 0);
  await apply(task);
  await check(task, 0);
  return said;
}

const states = (units: readonly string[]) =>
  on(
    sh`for unit in ${units}; do echo "$unit $(systemctl is-enabled "$unit") $(systemctl is-active "$unit")"; done`
      .source,
  );

describe('facts', () => {
  it('are those of the host', async () => {
    const sentAt = Date.now() / 1000;
    const { stdout } = await labExec(lab, HOST, ['sh', '-c', factsScript(['sudo', 'docker.io'])]);
    const facts = parseFacts(stdout, { sentAt, receivedAt: Date.now() / 1000 });
    const [host] = lab.hosts;
    expect(facts).toMatchObject({
      hostname: 'debian',
      os: { id: 'debian', version: '12', codename: 'bookworm' },
      init: 'systemd',
      virtualization: 'systemd-nspawn',
      packageManager: 'apt',
      packages: { sudo: expect.stringMatching(/^1\./) },
      defaultRoute: { interface: 'host0', gateway: lab.network.gateway },
      runtimes: { docker: undefined, containerd: undefined, crio: undefined },
    });
    expect(facts.interfaces.find(({ name }) => name === 'host0')?.addresses).toContain(`${host?.address}/24`);
    expect(facts.fileSystems.map(({ mountPoint }) => mountPoint)).toEqual(
      expect.arrayContaining(['/', '/data']),
    );
    expect(Math.abs(facts.clockSkew ?? 9)).toBeLessThan(0.5);
    expect(Object.keys(facts.packages)).not.toContain('docker.io');
  });
});

describe('packages', () => {
  const units = ['docker.service', 'docker.socket', 'containerd.service', 'chrony.service'];

  it('leaves the named services enabled and stopped, as their packages and our later tasks want them', async () => {
    const install = ['chrony', 'docker.io'];
    const said = await cycle(packages({ id: 'p', install, lockTimeout: 60, hold: true, maskUnits: units }));
    expect(said).toBe('chrony is not installed\ndocker.io is not installed\n');
    expect(await states(units)).toBe(units.map((unit) => `${unit} enabled inactive\n`).join(''));
    expect(
      await on('ls /usr/sbin/policy-rc.d /run/systemd/system/*.service 2>/dev/null; apt-mark showhold'),
    ).toBe('chrony\ndocker.io\n');
  });

  it('waits for the lock of dpkg and says who holds it', async () => {
    await on(
      `perl -e 'open(F, ">>/var/lib/dpkg/lock-frontend"); $l = pack("ssx4qqlx4", 1, 0, 0, 0, 0); fcntl(F, 6, $l) or die; sleep 7' >/dev/null 2>&1 </dev/null &`,
    );
    const task = packages({ id: 'p', install: ['tree'], lockTimeout: 60 });
    await check(task, 1);
    expect((await apply(task)).match(/waiting for perl \(process \d+\), which holds the lock/g)).toHaveLength(
      2,
    );
    await check(task, 0);
  });
});

const docker = (enabled: boolean, running: boolean) =>
  service({ id: 's', unit: 'docker.service', enabled, running });

describe('service', () => {
  it('starts, stops, enables, disables and unmasks', async () => {
    expect(await cycle(docker(true, true))).toBe('docker.service is inactive (dead)\n');
    expect(await states(['docker.service'])).toBe('docker.service enabled active\n');
    expect(await cycle(docker(false, true))).toBe('docker.service starts with the host\n');
    expect(await cycle(docker(false, false))).toBe('docker.service is active (running)\n');
    await cycle(service({ id: 's', unit: 'docker.socket', enabled: false, running: false }));
    await on('systemctl mask docker.service; systemctl mask --runtime chrony.service');
    expect(await check(docker(true, true), 1)).toContain(
      'docker.service does not start with the host (it is masked)',
    );
    await cycle(docker(true, true));
    await cycle(service({ id: 's', unit: 'chrony.service', enabled: true, running: true }));
    expect(await states(['docker.service', 'chrony.service'])).toBe(
      'docker.service enabled active\nchrony.service enabled active\n',
    );
  });

  it('takes a unit as it is that can be neither enabled nor disabled', async () => {
    await check(service({ id: 's', unit: 'systemd-journald.service', enabled: true, running: true }), 0);
    await check(service({ id: 's', unit: 'no-such.service', enabled: false, running: false }), 0);
    expect(await check(service({ id: 's', unit: 'no-such.service', enabled: true, running: true }), 1)).toBe(
      'no-such.service: this host has no such service\n',
    );
  });

  it('reads a unit file that is new, and shows why a service does not stay', async () => {
    const dying =
      '[Service]\nExecStart=/bin/sh -c "echo the reason is here; sleep 0.3; exit 3"\n[Install]\nWantedBy=multi-user.target\n';
    await apply(file({ id: 'f', path: '/etc/systemd/system/dying.service', content: dying }));
    const task = service({ id: 's', unit: 'dying.service', enabled: true, running: true });
    await check(task, 1);
    const said = await apply(task, 2);
    expect(said).toContain('the reason is here');
    expect(said).toContain('status=3');
    expect(await check(task, 1)).toBe('dying.service is failed (failed)\n');
    await apply(service({ id: 's', unit: 'dying.service', enabled: false, running: false }));
  });
});

const pid = () => on('systemctl show -p MainPID --value odd.service');

describe('restartService', () => {
  const path = '/etc/odd.conf';
  const dropIn = '/etc/systemd/system/odd.service.d/10-x.conf';
  const restart = restartService({
    id: 'r',
    unit: 'odd.service',
    reads: [path, dropIn],
    tasks: ['odd-conf'],
  });
  const odd = service({ id: 's', unit: 'odd.service', enabled: false, running: true });
  const write = (content: string) => apply(file({ id: 'f', path, content }));

  it('owes nothing for a service that does not run', async () => {
    const unit = `[Unit]\nStartLimitIntervalSec=0\n[Service]\nType=notify\nNotifyAccess=all\nExecStart=/bin/sh -c 'grep -q good ${path} && systemd-notify --ready && exec sleep infinity'\nExecReload=/bin/true\n`;
    await apply(file({ id: 'u', path: '/etc/systemd/system/odd.service', content: unit }));
    await on('systemctl daemon-reload');
    await check(restart, 0);
    await check(restart, 0, 'look', 'odd-conf');
  });

  it('knows a service that was started after its files were written, however shortly', async () => {
    for (let time = 0; time < 8; time += 1) {
      await write(`good ${time}`);
      await on('systemctl restart odd.service');
      await check(restart, 0);
    }
    for (let time = 0; time < 8; time += 1) {
      await on('systemctl restart odd.service');
      await write(`good, newer ${time}`);
      expect(await check(restart, 1)).toBe(
        `odd.service was started before these files were written: ${path}\n`,
      );
    }
  });

  it('is told of tasks that would write the files', async () => {
    await on('systemctl restart odd.service');
    await check(restart, 0, 'look', 'other');
    expect(await check(restart, 1, 'look', 'other odd-conf')).toBe(
      'odd.service must be restarted after odd-conf\n',
    );
  });

  it('restarts once, and again for what was written since, whatever it is', async () => {
    await write('good 1');
    const before = await pid();
    await apply(restart);
    expect(await pid()).not.toBe(before);
    await check(restart, 0);
    await on(`touch ${path}`);
    expect(await check(restart, 1)).toBe(
      `odd.service was started before these files were written: ${path}\n`,
    );
    await apply(restart);
    await check(restart, 0);
    await write('good 2');
    expect(await check(restart, 1)).toBe('odd.service runs with an older content of its files\n');
    await apply(restart);
    await on(`rm ${path}`);
    await check(restart, 1);
    await write('good 2');
    await check(restart, 1);
    await write('good 3');
    await on('systemctl restart odd.service');
    await check(restart, 0);
  });

  it('reads drop-ins, the first one and the last one gone', async () => {
    await apply(file({ id: 'd', path: dropIn, content: '[Service]\nEnvironment=A=1\n' }));
    expect(await check(restart, 1)).toContain(dropIn);
    await apply(restart);
    expect(await on('systemctl show -p Environment odd.service')).toBe('Environment=A=1\n');
    await check(restart, 0);
    await on(`echo '[Service]' >${dropIn}; echo 'Environment=A=2' >>${dropIn}`);
    expect(await check(restart, 1)).toBe(
      'the unit file of odd.service, or a drop-in, has changed since systemd read it\n',
    );
    await apply(restart);
    await check(restart, 0);
    await on(`rm ${dropIn}; systemctl daemon-reload`);
    expect(await check(restart, 1)).toBe('odd.service runs with an older content of its files\n');
    await apply(restart);
    await check(restart, 0);
  });

  it('reloads what can be reloaded', async () => {
    const reload = restartService({ id: 'r', unit: 'odd.service', reads: [path], tasks: [], reload: true });
    await apply(reload);
    await write('good 4');
    const before = await pid();
    await cycle(reload);
    expect(await pid()).toBe(before);
  });

  it('does not forget a restart that failed', async () => {
    await write('bad');
    await check(restart, 1);
    expect(await apply(restart, 2)).toContain('odd.service');
    expect(await check(restart, 1, 'apply')).toBe('odd.service did not come back after its restart\n');
    await check(restart, 0);
    await write('good again');
    await apply(odd);
    await check(restart, 0, 'apply');
  });

  it('can do without D-Bus, to the second', async () => {
    const hide = 'busctl() { return 1; }\n';
    await on('systemctl restart odd.service; sleep 1.1');
    await write('good 5');
    expect((await run(hide + restart.check.source)).code).toBe(1);
    await on('sleep 1.1; systemctl restart odd.service');
    expect(await run(hide + restart.check.source)).toEqual({ code: 0, said: '' });
  });
});

it('no check leaves a trace', async () => {
  await snapshotLab(lab, 'checks');
  for (const mode of ['look', 'apply'] as const) {
    await run(packages({ id: 'p', install: ['docker.io', 'no-such'], lockTimeout: 1 }).check.source, mode);
    await run(service({ id: 's', unit: 'docker.service', enabled: false, running: true }).check.source, mode);
    const reads = ['/etc/docker/daemon.json', '/etc/hosts'];
    await run(restartService({ id: 'r', unit: 'docker.service', reads, tasks: [] }).check.source, mode);
  }
  await labExec(lab, HOST, ['sh', '-c', factsScript(['docker.io'])]);
  expect(await changedFiles(lab, HOST)).toEqual([]);
});
