import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sh } from '../../../../../src/shell/script.js';
import { SHELLS } from '../../../run-task.js';
import { toolHost } from './tools.js';

const FILES = ['cli.sh', 'packages-installer/monitor.sh'];

/** Makes a store as ceph-mon does; $BROKEN stops it half way, as a power cut would. */
const CEPH_MON = `while [ "$1" != --mon-data ]; do shift; done
mkdir "$2/store.db" && : >"$2/store.db/000003.log" && echo rocksdb >"$2/kv_backend" || exit 1
[ "\${BROKEN-}" != yes ] || kill -9 $PPID
echo '[mon.]' >"$2/keyring" && echo record >"$2/store.db/000003.log"`;

function lay(path: string, text = ''): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

const monHost = (tools: Readonly<Record<string, string>> = {}) =>
  toolHost({ 'ceph-mon': CEPH_MON, systemctl: 'exit 3', ...tools }, FILES);

describe.each(SHELLS)('$name: the data of a monitor', (shell) => {
  it('is whole when it has its key and a record', async () => {
    const { host, run } = await monHost();
    const folder = join(host.root, 'ceph-node1');
    const isWhole = async () => (await run(shell, sh`has_store ${folder}`)).code === 0;
    expect(await isWhole()).toBe(false);
    lay(join(folder, 'store.db', '000003.log'));
    lay(join(folder, 'store.db', 'CURRENT'), 'MANIFEST-000001\n');
    lay(join(folder, 'keyring'), '[mon.]\n');
    expect(await isWhole()).toBe(false);
    lay(join(folder, 'store.db', '000003.log'), 'record');
    expect(await isWhole()).toBe(true);
    lay(join(folder, 'keyring'));
    expect(await isWhole()).toBe(false);
  });

  it('is made beside its place', async () => {
    const { host, run, calls } = await monHost();
    const mon = join(host.root, 'mon');
    const folder = join(mon, 'ceph-node1');
    const make = sh`make_store ${[folder, 'node1', '/monmap', '/keyring']}`;
    const cut = await run(shell, make, { env: { BROKEN: 'yes' } });
    expect(cut.code).not.toBe(0);
    expect(existsSync(folder)).toBe(false);
    expect(await run(shell, make)).toMatchObject({ code: 0, stderr: '' });
    expect(readdirSync(mon)).toEqual(['ceph-node1']);
    expect((await run(shell, sh`has_store ${folder}`)).code).toBe(0);
    expect((await calls()).filter((call) => call.startsWith('ceph-mon '))[1]).toBe(
      `ceph-mon --cluster ceph --mkfs -i node1 --mon-data ${mon}/.ceph-node1.new --monmap /monmap --keyring /keyring --log-file /dev/null`,
    );
  });

  it('takes the place of what was made by half, which is kept', async () => {
    const { host, run } = await monHost();
    const folder = join(host.root, 'mon', 'ceph-node1');
    lay(join(folder, 'store.db', '000003.log'));
    const { code, stdout } = await run(shell, sh`make_store ${[folder, 'node1', '/monmap', '/keyring']}`);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^the data of mon\.node1 was made by half and has never run; it was moved to .*mon-removed\/ceph-node1-/,
    );
    expect(readdirSync(join(host.root, 'mon-removed'))).toHaveLength(1);
    expect((await run(shell, sh`has_store ${folder}`)).code).toBe(0);
  });

  it('takes the place of an empty folder, and not of one whose monitor runs', async () => {
    const { host, run } = await monHost({ systemctl: 'exit 0' });
    const folder = join(host.root, 'mon', 'ceph-node1');
    mkdirSync(folder, { recursive: true });
    const make = sh`make_store ${[folder, 'node1', '/monmap', '/keyring']}`;
    expect(await run(shell, make)).toMatchObject({ code: 0, stdout: '' });
    writeFileSync(join(folder, 'keyring'), '');
    const { code, stdout } = await run(shell, make);
    expect(code).toBe(2);
    expect(stdout).toContain('systemctl stop ceph-mon@node1');
    expect(existsSync(join(folder, 'keyring'))).toBe(true);
  });

  it('is not begun anew where daemons show that there were monitors', async () => {
    const { host, run } = await monHost();
    const begin = sh`beginning ${host.root} && echo begun`;
    expect(await run(shell, begin)).toMatchObject({ code: 0, stdout: 'begun\n' });
    lay(join(host.root, 'osd', 'ceph-3', 'keyring'), 'key');
    const { code, stdout } = await run(shell, begin);
    expect(code).toBe(2);
    expect(stdout).toContain(`${host.root}/osd/ceph-3/keyring shows that this cluster has been in use`);
    expect(stdout).toContain('provision reset --stage ceph');
  });
});

const MAPTOOL = `case $1 in
  --print) cat "$2" ;;
  *) for map; do :; done
    printf '%s\\n' "$*" >>"$map" ;;
esac`;

describe.each(SHELLS)('$name: the map of monitors', (shell) => {
  const tools = {
    monmaptool: MAPTOOL,
    ceph: `while [ "$1" != -o ]; do shift; done; echo '0: 10.0.0.1:6789/0 mon.node1' >"$2"`,
  };

  it('begins with all of them, by both protocols where the release has both', async () => {
    const { host, run } = await toolHost(tools, FILES);
    const map = join(host.root, 'map');
    const mons = ['node1', '10.0.0.1', 'node2', 'fd00::2'];
    await run(shell, sh`first_map ${[map, 'FSID', 'yes', ...mons]}`);
    expect(readFileSync(map, 'utf8')).toBe(`--create --fsid FSID ${map}
--addv node1 [v2:10.0.0.1:3300,v1:10.0.0.1:6789] ${map}
--addv node2 [v2:[fd00::2]:3300,v1:[fd00::2]:6789] ${map}
`);
    writeFileSync(map, '');
    await run(shell, sh`first_map ${[map, 'FSID', 'no', ...mons]}`);
    expect(readFileSync(map, 'utf8')).toBe(`--create --fsid FSID ${map}
--add node1 10.0.0.1:6789 ${map}
--add node2 [fd00::2]:6789 ${map}
`);
  });

  it('of a living cluster gets a monitor once', async () => {
    const { host, run } = await toolHost(tools, FILES);
    const map = join(host.root, 'map');
    await run(shell, sh`joined_map ${[map, 'yes', 'node2', '10.0.0.2']}`);
    expect(readFileSync(map, 'utf8')).toBe(`0: 10.0.0.1:6789/0 mon.node1
--addv node2 [v2:10.0.0.2:3300,v1:10.0.0.2:6789] ${map}
`);
    await run(shell, sh`joined_map ${[map, 'yes', 'node1', '10.0.0.1']}`);
    expect(readFileSync(map, 'utf8')).toBe('0: 10.0.0.1:6789/0 mon.node1\n');
  });
});

describe.each(SHELLS)('$name: a monitor', (shell) => {
  /** Each question gets the next answer, "STATE EPOCH", and the last one for ever. */
  const answering = async (...answers: readonly string[]) => {
    const told = answers.map((answer) => {
      const [state, epoch] = answer.split(' ');
      return `{"state": "${state}", "monmap": {"epoch": ${epoch}}}`;
    });
    const tools = await toolHost(
      {
        ceph: `[ -s "$ROOT/answers" ] || exit 22
sed 1q "$ROOT/answers"
[ "$(wc -l <"$ROOT/answers")" -eq 1 ] || sed -i 1d "$ROOT/answers"`,
      },
      FILES,
    );
    writeFileSync(join(tools.host.root, 'answers'), told.map((line) => `${line}\n`).join(''));
    return tools;
  };
  const wait = (judge: string) => sh`wait_for_mon ${['node1', 60, judge]}`;

  it('is waited for until it is in the quorum', async () => {
    const { run } = await answering('probing 1', 'electing 1', 'synchronizing 2', 'peon 2');
    const { code, stdout } = await run(shell, wait('in_quorum'));
    expect([code, stdout]).toEqual([0, 'waiting for mon.node1 to be in the quorum (60 s left)\n']);
  });

  it('is judged at once while we only look', async () => {
    const { run, calls } = await answering('electing 1', 'leader 1');
    const { code, stdout } = await run(shell, wait('in_quorum'), { mode: 'look' });
    expect([code, stdout]).toEqual([1, 'mon.node1 is not in the quorum; its state: electing\n']);
    expect((await calls()).filter((call) => call.startsWith('ceph '))).toHaveLength(1);
  });

  it('of a cluster that never had a quorum need not have one', async () => {
    const fresh = await answering('probing 0');
    expect((await fresh.run(shell, wait('in_quorum_or_new'))).code).toBe(0);
    const old = await answering('probing 3');
    expect((await old.run(shell, wait('in_quorum_or_new'))).code).toBe(1);
  });

  it('that does not answer is down', async () => {
    const { run } = await answering();
    const { code, stdout } = await run(shell, wait('in_quorum_or_new'));
    expect([code, stdout.split('\n').at(-2)]).toEqual([1, 'mon.node1 is not in the quorum; its state: down']);
  });
});
