import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processesIn } from '../../src/lab/cgroups.js';
import { changedFiles } from '../../src/lab/changes.js';
import { createLab } from '../../src/lab/create.js';
import { destroyLab, labNames } from '../../src/lab/destroy.js';
import { labExec } from '../../src/lab/exec.js';
import { inventoryText } from '../../src/lab/inventory-file.js';
import { leaderOf } from '../../src/lab/leader.js';
import { listLabs } from '../../src/lab/list.js';
import { identityFile, type Lab, labGroup, labHost } from '../../src/lab/model.js';
import { cutNetwork, healNetwork, networksOf } from '../../src/lab/network.js';
import { labFolder } from '../../src/lab/paths.js';
import { powerOff, powerOn } from '../../src/lab/power.js';
import { restoreLab, snapshotLab } from '../../src/lab/snapshot.js';

const MAIN = fileURLToPath(new URL('../../dist/bin/provision.js', import.meta.url));
const ONE = 'e2e-lab-one';
const TWO = 'e2e-lab-two';
const BROKEN = 'e2e-lab-broken';

const silent = (): void => undefined;

async function clear(): Promise<void> {
  const names = await labNames();
  for (const name of [ONE, TWO, BROKEN]) if (names.includes(name)) await destroyLab(name);
}

/** Runs a command over ssh, trusting only the key that the inventory pins. */
function ssh(lab: Lab, name: string, user: string, command: string): { code: number | null; stdout: string } {
  const host = labHost(lab, name);
  const scanned = spawnSync('ssh-keyscan', ['-t', 'ed25519', host.address], { encoding: 'utf8' }).stdout;
  const shown = spawnSync('ssh-keygen', ['-l', '-f', '-'], { input: scanned, encoding: 'utf8' }).stdout;
  expect(shown).toContain(host.hostKey);
  const words = [
    '-o',
    'BatchMode=yes',
    '-o',
    'StrictHostKeyChecking=no',
    '-o',
    'UserKnownHostsFile=/dev/null',
  ];
  const to = [
    ...words,
    '-o',
    'ConnectTimeout=5',
    '-i',
    identityFile(lab),
    `${user}@${host.address}`,
    command,
  ];
  const result = spawnSync('ssh', to, { encoding: 'utf8' });
  return { code: result.status, stdout: result.stdout.trim() };
}

function mode(path: string): string {
  return spawnSync('stat', ['-c', '%a', path], { encoding: 'utf8' }).stdout.trim();
}

async function inside(lab: Lab, host: string, script: string): Promise<string> {
  const result = await labExec(lab, host, ['sh', '-c', script]);
  return `${result.stdout}${result.stderr}`.trim();
}

describe('a lab', () => {
  let lab: Lab;

  beforeAll(async () => {
    await clear();
    lab = await createLab({ name: ONE, hosts: 2, suite: 'bookworm', report: silent });
  });

  afterAll(clear);

  it('has hosts that look like freshly installed machines', async () => {
    expect(await inside(lab, 'node1', 'systemctl is-system-running; hostname; date +%Z; id -un')).toBe(
      'running\ndebian\nUTC\nroot',
    );
    const ids = await Promise.all(lab.hosts.map((host) => inside(lab, host.name, 'cat /etc/machine-id')));
    expect(new Set(ids).size).toBe(2);
    expect(lab.hosts[0]?.hostKey).not.toBe(lab.hosts[1]?.hostKey);
  });

  it('lets root, ops and locked in with its key, and asks only locked for a password', () => {
    expect(ssh(lab, 'node1', 'root', 'id -un')).toEqual({ code: 0, stdout: 'root' });
    expect(ssh(lab, 'node2', 'ops', 'sudo -n id -un')).toEqual({ code: 0, stdout: 'root' });
    expect(ssh(lab, 'node1', 'locked', 'sudo -n true').code).toBe(1);
    const withPassword = `echo ${lab.lockedPassword} | sudo -S -p '' id -un`;
    expect(ssh(lab, 'node1', 'locked', withPassword)).toEqual({ code: 0, stdout: 'root' });
  });

  it('keeps its state from other users', () => {
    expect([mode(labFolder(ONE)), mode(identityFile(lab))]).toEqual(['700', '600']);
  });

  it('has hosts that reach each other, the package archives and the time server', async () => {
    const [, second] = lab.hosts;
    expect(await inside(lab, 'node1', `ping -c 1 -W 2 ${second?.address} >/dev/null && echo there`)).toBe(
      'there',
    );
    expect((await labExec(lab, 'node1', ['apt-get', 'update'])).code).toBe(0);
    const install = 'DEBIAN_FRONTEND=noninteractive apt-get install -y chrony >/dev/null 2>&1';
    const configure = `echo 'server ${lab.network.gateway} iburst' >/etc/chrony/chrony.conf; systemctl restart chrony`;
    expect(
      await inside(
        lab,
        'node1',
        `${install}; ${configure}; chronyc waitsync 20 0 0 1 >/dev/null && echo synced`,
      ),
    ).toBe('synced');
  });

  it('has hosts that cannot set the clock of the machine', async () => {
    expect(await inside(lab, 'node1', 'date -s "@$(date +%s.%N)" 2>&1 >/dev/null')).toContain(
      'Operation not permitted',
    );
  });

  it('tells what changed since a snapshot, and goes back to it', async () => {
    await inside(
      lab,
      'node2',
      'echo one >/etc/app.conf; echo data >/var/local/osd; echo keep >/etc/keep; sync',
    );
    await snapshotLab(lab, 'before');
    expect(await changedFiles(lab, 'node2')).toEqual([]);
    await inside(
      lab,
      'node2',
      `touch -r /etc/app.conf /tmp/one; touch -r /etc/debian_version /tmp/two
       echo two >/etc/app.conf; touch -r /tmp/one /etc/app.conf
       tr 1 2 </etc/debian_version >/tmp/version; cat /tmp/version >/etc/debian_version
       touch -r /tmp/two /etc/debian_version; rm /tmp/one /tmp/two /tmp/version
       rm /etc/motd; chmod 600 /etc/issue; echo x >/data/new; touch /etc/keep; rm /var/local/osd
       rm -r /etc/cron.weekly; mkdir /etc/cron.weekly; echo leaf >'/srv/odd
name'`,
    );
    expect(await changedFiles(lab, 'node2')).toEqual([
      { path: '/data/new', kind: 'added', aspects: [] },
      { path: '/etc/app.conf', kind: 'changed', aspects: ['content'] },
      { path: '/etc/cron.weekly/.placeholder', kind: 'removed', aspects: [] },
      { path: '/etc/debian_version', kind: 'changed', aspects: ['content'] },
      { path: '/etc/issue', kind: 'changed', aspects: ['mode'] },
      { path: '/etc/keep', kind: 'changed', aspects: ['time'] },
      { path: '/etc/motd', kind: 'removed', aspects: [] },
      { path: '/srv/odd\nname', kind: 'added', aspects: [] },
      { path: '/var/local/osd', kind: 'removed', aspects: [] },
    ]);
    await restoreLab(lab, 'before');
    expect(await changedFiles(lab, 'node2', { since: 'before' })).toEqual([]);
    expect(await inside(lab, 'node2', 'cat /etc/app.conf /var/local/osd')).toBe('one\ndata');
  });

  it('sees no change where somebody only logs in and looks', async () => {
    await snapshotLab(lab, 'quiet');
    expect(
      ssh(lab, 'node1', 'root', 'systemctl status; cat /etc/passwd >/dev/null; ls -R /etc >/dev/null').code,
    ).toBe(0);
    expect(ssh(lab, 'node1', 'ops', 'sudo -n true').code).toBe(0);
    expect(await changedFiles(lab, 'node1', { since: 'quiet' })).toEqual([]);
  });

  it('cuts the power of one host and starts it again', async () => {
    await inside(lab, 'node2', 'echo stays >/etc/stays; systemctl is-active ssh');
    await powerOff(lab, 'node2');
    expect(await leaderOf(ONE, 'node2')).toBeUndefined();
    expect((await listLabs()).find(({ name }) => name === ONE)?.running).toEqual(['node1']);
    await expect(labExec(lab, 'node2', ['true'])).rejects.toMatchObject({ code: 'LAB_HOST_OFF' });
    await powerOn(lab, 'node2');
    expect(ssh(lab, 'node2', 'root', 'cat /etc/stays')).toEqual({ code: 0, stdout: 'stays' });
  });

  it('starts a host again that reboots', async () => {
    const before = await leaderOf(ONE, 'node2');
    await labExec(lab, 'node2', ['systemctl', 'reboot']);
    for (let tries = 0; tries < 100; tries += 1) {
      const now = await leaderOf(ONE, 'node2');
      if (now !== undefined && now !== before && greets(lab, 'node2')) break;
      await sleep(100);
    }
    expect(ssh(lab, 'node2', 'root', 'hostname').code).toBe(0);
  });

  it('freezes connections while the network is cut, and loses none', async () => {
    const host = labHost(lab, 'node1');
    const command = 'for i in 1 2 3 4 5 6 7 8 9 10; do echo $i; sleep 0.2; done';
    const options = [
      '-o',
      'BatchMode=yes',
      '-o',
      'StrictHostKeyChecking=no',
      '-o',
      'UserKnownHostsFile=/dev/null',
    ];
    const child = spawn('ssh', [...options, '-i', identityFile(lab), `root@${host.address}`, command]);
    const closed = once(child, 'close');
    let lines = '';
    child.stdout.on('data', (chunk: Buffer) => (lines += chunk.toString()));
    while (!lines.includes('2')) await sleep(20);
    await cutNetwork(host);
    const seen = lines;
    await sleep(3000);
    expect(lines.length - seen.length).toBeLessThanOrEqual(2);
    await healNetwork(host);
    await closed;
    expect(lines.trim().split('\n')).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10']);
  });

  it('lies beside another lab', async () => {
    const two = await createLab({ name: TWO, hosts: 1, suite: 'bookworm', report: silent });
    expect(two.network.number).not.toBe(lab.network.number);
    expect(ssh(two, 'node1', 'root', 'hostname').stdout).toBe('debian');
    expect(inventoryText(two)).toContain(`address: ${two.hosts[0]?.address}`);
    await expect(createLab({ name: TWO, hosts: 1, suite: 'bookworm', report: silent })).rejects.toMatchObject(
      {
        code: 'LAB_EXISTS',
      },
    );
    await destroyLab(TWO);
    expect(await labNames()).not.toContain(TWO);
    expect(ssh(lab, 'node1', 'root', 'hostname').stdout).toBe('debian');
  });

  it('is removed without a trace, also when its creation was killed halfway', async () => {
    for (const moment of [50, 400, 900, 1500, 2500]) {
      const inventory = `/tmp/${BROKEN}.yaml`;
      const child = spawn(
        process.execPath,
        [MAIN, 'lab', 'create', '--name', BROKEN, '--hosts', '2', '-o', inventory],
        {
          stdio: 'ignore',
        },
      );
      const closed = once(child, 'close');
      while (!existsSync(labFolder(BROKEN)) && child.exitCode === null) await sleep(5);
      await sleep(moment);
      child.kill('SIGKILL');
      await closed;
      const networks = await networksOf(BROKEN);
      await destroyLab(BROKEN);
      expect(await tracesOf(BROKEN, networks)).toEqual([]);
    }
  });
});

/** True when the host greets on its ssh port. */
function greets(lab: Lab, name: string): boolean {
  const address = labHost(lab, name).address;
  return spawnSync('ssh-keyscan', ['-T', '1', '-t', 'ed25519', address], { encoding: 'utf8' }).stdout !== '';
}

/** Everything on this machine that still belongs to a lab. */
async function tracesOf(name: string, networks: readonly number[]): Promise<string[]> {
  const links = spawnSync('ip', ['-o', 'link'], { encoding: 'utf8' }).stdout;
  const rules = spawnSync('nft', ['list', 'tables'], { encoding: 'utf8' }).stdout;
  const mounts = readFileSync('/proc/mounts', 'utf8');
  const groups = readdirSync('/sys/fs/cgroup').filter((each) =>
    existsSync(`/sys/fs/cgroup/${each}/${labGroup(name)}`),
  );
  return [
    ...(await processesIn(labGroup(name))).map((pid) => `process ${pid}`),
    ...networks.filter((number) => links.includes(`plab${number}:`)).map((number) => `bridge ${number}`),
    ...networks.filter((number) => links.includes(`vb-plab${number}-`)).map((number) => `cable ${number}`),
    ...networks
      .filter((number) => rules.includes(`provision_lab_${number}\n`))
      .map((number) => `rules ${number}`),
    ...(mounts.includes(`/${name}/`) ? ['mount'] : []),
    ...groups.map((group) => `group ${group}`),
    ...(existsSync(labFolder(name)) ? ['folder'] : []),
    ...(await networksOf(name)).map((number) => `network ${number}`),
  ];
}
