import { existsSync, statSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rawScript, type Script, sh } from '../../../../../src/shell/script.js';
import { type Shell, SHELLS, testHost, type TestHost } from '../../../run-task.js';
import { callFunctions } from '../../source.js';

const UUID = 'a1b2c3d4-0000-4000-8000-0123456789ab';

/** The functions of the files, one after the other, and then the call. */
function calling(files: readonly string[], shell: Shell, host: TestHost) {
  return async (script: Script) => {
    const sources = await Promise.all(
      files
        .slice(1)
        .map((file) =>
          readFile(new URL(`../../../../../playbooks/ceph/osd/${file}`, import.meta.url), 'utf8'),
        ),
    );
    return await callFunctions(
      `ceph/osd/${files[0]}`,
      shell,
      host,
      rawScript([...sources, script.source].join('\n')),
    );
  };
}

describe.each(SHELLS)('$name: making an OSD', (shell: Shell) => {
  async function host() {
    const test = await testHost();
    return {
      directory: join(test.root, 'deep', 'osd0'),
      call: calling(['directory.sh', 'make.sh'], shell, test),
    };
  }

  it('writes down which OSD it will be, once', async () => {
    const { directory, call } = await host();
    const begin = sh`begin_osd ${[directory, 'CLUSTER']} && echo "$OSD_CLUSTER $OSD_UUID $OSD_ID"`;
    const first = await call(begin);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(/^CLUSTER [0-9a-f-]{36} \n$/);
    expect(await call(begin)).toEqual(first);
    await writeFile(join(directory, '.provision-new.abcdef'), 'half');
    await writeFile(join(directory, 'fsid'), '');
    const again = await call(begin);
    expect(again.code).toBe(0);
    expect(again.stdout).not.toBe(first.stdout);
    expect((await readdir(directory)).sort()).toEqual(['ceph_fsid', 'fsid']);
  });

  it('keeps the key until the daemon has it, and lets nobody else read it', async () => {
    const { directory, call } = await host();
    const made = sh`new_key() { echo AQmade==; }; begin_osd ${[directory, 'C']}; own_key ${directory}; echo "$KEY"`;
    expect((await call(made)).stdout).toBe('AQmade==\n');
    const secret = join(directory, '.provision-secret');
    expect(statSync(secret).mode & 0o777).toBe(0o600);
    const other = sh`new_key() { echo AQother==; }; read_osd ${directory}; own_key ${directory}; echo "$KEY"`;
    expect((await call(other)).stdout).toBe('AQmade==\n');
    expect((await call(sh`OSD_ID=7 KEY=AQmade==; keep_identity ${directory}`)).code).toBe(0);
    expect(existsSync(secret)).toBe(false);
    expect(await readFile(join(directory, 'keyring'), 'utf8')).toBe('[osd.7]\n\tkey = AQmade==\n');
    expect(statSync(join(directory, 'keyring')).mode & 0o777).toBe(0o600);
    expect((await call(other)).stdout).toBe('AQmade==\n');
  });

  it.each([
    ['new', '12', 0, '12'],
    ['create', '0', 0, '0'],
    ['new', 'Error EEXIST', 2, ''],
    ['create', '', 2, ''],
  ])('registers with "osd %s"; the cluster answers "%s"', async (how, answer, code, id) => {
    const { call } = await host();
    const { stdout, code: was } = await call(sh`bootstrap_ceph() { echo ${answer}; }
OSD_ID='' KEY=AQ== OSD_UUID=${UUID}
register_osd ${how} || exit
echo "$OSD_ID"`);
    expect(was).toBe(code);
    if (code === 0) expect(stdout).toBe(`${id}\n`);
  });

  it('gives the key on standard input alone', async () => {
    const { call } = await host();
    const { stdout } = await call(sh`bootstrap_ceph() { echo "$*" >&3; cat >&3; echo 1; }
OSD_ID='' KEY=AQ== OSD_UUID=${UUID}
register_osd new 3>&1`);
    expect(stdout).toBe(`osd new ${UUID} -i -\n{"cephx_secret": "AQ=="}\n`);
  });

  it('writes nothing that is empty', async () => {
    const { directory, call } = await host();
    await mkdir(directory, { recursive: true });
    expect((await call(sh`write_durably ${[join(directory, 'f'), '0644']} </dev/null`)).code).toBe(2);
    expect(await readdir(directory)).toEqual([]);
  });

  describe('never begins anew', () => {
    const decide = (known: string) => sh`bootstrap_ceph() {
  case $* in
    'osd dump -f json') echo map ;;
    *) echo "asked: $*"; return 1 ;;
  esac
}
known_osd() { cat >/dev/null; echo ${known}; }
new_key() { echo AQ==; }
make_osd`;

    it.each([
      [
        'an OSD that was removed from the cluster',
        { ready: 'ready', whoami: '3' },
        '',
        'the cluster does not know',
      ],
      ['an OSD that has run', { whoami: '3' }, '3 0 1 17', 'osd.3 has run before'],
      ['an OSD whose key is lost', { whoami: '3' }, '3 0 0 0', 'The key of osd.3 is lost'],
    ])('%s', async (_, files, known, text) => {
      const { directory, call } = await host();
      await mkdir(directory, { recursive: true });
      const all = { ceph_fsid: 'C', fsid: UUID, ...files };
      for (const [name, content] of Object.entries(all)) await writeFile(join(directory, name), content);
      const { code, stdout } = await call(sh`${decide(known)} ${[directory, 'C', 'filestore', 1, 'new']}`);
      expect(code).toBe(2);
      expect(stdout).toContain(text);
      expect(stdout).not.toContain('asked:');
      expect((await readdir(directory)).sort()).toEqual(Object.keys(all).sort());
    });
  });
});

describe.each(SHELLS)('$name: an OSD in the cluster', (shell: Shell) => {
  const map = JSON.stringify({
    epoch: 9,
    osds: [
      { osd: 0, uuid: 'ffffffff-0000-4000-8000-000000000000', up: 1, in: 1, up_from: 4 },
      { osd: 3, uuid: UUID, up: 1, in: 0, up_from: 8 },
    ],
  });

  async function judge(told: string, uuid: string, id: string) {
    const call = calling(['make.sh', 'place.sh', 'up.sh'], shell, await testHost());
    return await call(sh`printf '%s\n' ${told} | judge_osd ${[uuid, id]}`);
  }

  it.each([
    ['ffffffff-0000-4000-8000-000000000000', '0', 0, ''],
    [
      UUID,
      '3',
      1,
      'osd.3 is up and out (if nobody took it out on purpose, on the admin host: ceph osd in 3)\n',
    ],
    [UUID, '4', 2, `the cluster calls the OSD ${UUID} osd.3, its directory says osd.4\n`],
    [
      'none',
      '5',
      2,
      expect.stringContaining('the cluster does not know the OSD none (osd.5): it was removed'),
    ],
  ])('%s (osd.%s)', async (uuid, id, code, stdout) => {
    expect(await judge(map, uuid, id)).toEqual({ code, stdout, stderr: '' });
  });

  it('is not judged by what is no map', async () => {
    expect(await judge('no route to host', UUID, '3')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('map of the OSDs cannot be read'),
    });
  });
});

describe.each(SHELLS)('$name: the place of an OSD in the crush tree', (shell: Shell) => {
  const dump = JSON.stringify({ epoch: 9, osds: [{ osd: 3, uuid: UUID, up: 1, in: 1, up_from: 8 }] });
  const tree = (host: string) =>
    JSON.stringify({
      nodes: [
        { id: -1, name: 'default', type: 'root', children: [-5] },
        { id: -5, name: 'r1', type: 'rack', children: [-3] },
        { id: -3, name: host, type: 'host', children: [3] },
        { id: 3, name: 'osd.3', type: 'osd', crush_weight: 0.0194 },
      ],
      stray: [],
    });

  /** A host node2 with osd.3, whose cluster answers with `answers`; what was asked of it as osd.3 is printed. */
  async function on(answers: readonly string[], settings: Readonly<Record<string, string>>, call: Script) {
    const host = await testHost();
    const run = calling(['directory.sh', 'make.sh', 'place.sh', 'up.sh'], shell, host);
    const conf = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
    return await run(sh`bootstrap_ceph() { cat >/dev/null; echo '2026 7f -1 a warning'; printf '\n%s\n' ${answers}; }
own_ceph() { echo "as osd.$*"; }
uname() { echo node2.example.com; }
BIN=${host.base}/bin; mkdir -p "$BIN"; PATH=$BIN:$PATH
printf '#!/bin/sh\nexit 1\n' >"$BIN/ceph"; chmod +x "$BIN/ceph"
printf '#!/bin/sh\nfor key; do :; done\nprintf "%%s\\n" "$SETTINGS" | grep "^$key=" | cut -d= -f2-\n' >"$BIN/ceph-conf"; chmod +x "$BIN/ceph-conf"
SETTINGS=${conf.join('\n')}; export SETTINGS
read_daemon() { SERVICE_ENABLED=yes SERVICE_RUNNING=yes SERVICE_STATE=running; }
start_daemon() { :; }
OSD_ID=3 OSD_UUID=${UUID} OSD_DIR=${host.root}
${call}`);
  }

  const check = sh`check_up "$OSD_DIR"`;
  const moves = [
    'osd.3 is below the host iZ25 in the crush tree, and this host is node2: the cluster takes them for two hosts (pitfall hosts-name-mismatch)',
    'as osd.3 osd crush create-or-move osd.3 0.0194 host=node2 rack=r1 root=default',
    'as osd.3 osd crush remove iZ25',
  ];

  it('is below the name of its host: nothing is to be done', async () => {
    expect(await on([dump, tree('node2')], {}, check)).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('is below an older name: it is moved, and what is above the host stays', async () => {
    expect(await on([dump, tree('iZ25')], {}, check)).toEqual({
      code: 1,
      stdout: `${moves[0]}\n`,
      stderr: '',
    });
    // What the removal of the empty bucket says does not matter.
    const { code, stdout } = await on([dump, tree('iZ25')], {}, sh`bring_up "$OSD_DIR" 5`);
    expect([code, stdout]).toEqual([0, `${moves.slice(0, 2).join('\n')}\n`]);
  });

  it.each([
    ['osd_crush_update_on_start', 'false'],
    ['crush_location', 'root=default host=iZ25'],
    ['osd_crush_location_hook', '/usr/local/bin/where'],
  ])('was chosen (%s = %s): it is noted, and left there', async (key, value) => {
    const { code, stdout } = await on([dump, tree('iZ25')], { [key]: value }, check);
    expect([code, stdout]).toEqual([
      0,
      `note: osd.3 is below the host iZ25 in the crush tree, and this host is node2: left there, as the place was chosen (${key} = ${value})\n`,
    ]);
    expect(
      (await on([dump, tree('iZ25')], { [key]: value }, sh`bring_up "$OSD_DIR" 5`)).stdout,
    ).not.toContain('as osd.3');
  });

  it.each([
    ['osd_crush_update_on_start', 'true'],
    ['osd_crush_location_hook', '/usr/bin/ceph-crush-location'],
  ])('was not chosen by what is the default (%s = %s)', async (key, value) => {
    expect((await on([dump, tree('iZ25')], { [key]: value }, check)).code).toBe(1);
  });

  it('is not asked for while what the cluster is asked with is yet to come', async () => {
    const due = sh`CLUSTER_DUE=yes; bootstrap_ceph() { echo asked; }
${check}`;
    expect(await on([], {}, due)).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('is not judged where the cluster does not tell it', async () => {
    expect(await on([dump], {}, check)).toEqual({ code: 0, stdout: '', stderr: '' });
    expect((await on([tree('node2')], {}, check)).stdout).toContain('map of the OSDs cannot be read');
    expect((await on([], {}, check)).stdout).toContain('the cluster does not tell its OSDs');
  });
});

describe.each(SHELLS)('$name: the log of an OSD', (shell: Shell) => {
  it('is told from where the start began, errors first, without the dump of a crash', async () => {
    const host = await testHost();
    const log = join(host.root, 'ceph-osd.0.log');
    const old = '2026-11-21T08:00:00.000+0000 7f  -1 an old error\n';
    const dump = Array.from({ length: 40 }, (_, index) => `  -${index}> event`).join('\n');
    const now = `2026 7f  0 starting
01 7f -1 osd.0 0 backend (filestore) is unable to support max object name[space] len
02 7f -1 \u001B[0;31m ** ERROR: osd init failed: (36) File name too long\u001B[0m
03 7f -1 osd.0 0 backend (filestore) is unable to support max object name[space] len
--- begin dump of recent events ---
${dump}
--- end dump of recent events ---
2026 7f  0 the end
`;
    await writeFile(log, old + now);
    const call = calling(['up.sh'], shell, host);
    const { stdout } = await call(sh`log_lines ${[log, old.length]}`);
    expect(stdout.split('\n')).toEqual([
      '2026 7f  0 starting',
      '2026 7f  0 the end',
      '01 7f -1 osd.0 0 backend (filestore) is unable to support max object name[space] len',
      '02 7f -1  ** ERROR: osd init failed: (36) File name too long',
      '',
    ]);
    expect((await call(sh`log_lines ${[log, 0]}`)).stdout).toContain('an old error');
  });
});

describe.each(SHELLS)('$name: the tags of a logical volume', (shell: Shell) => {
  it.each([
    [
      '  ceph.block_device=/dev/ceph-1/osd-block-2,ceph.block_uuid=u,ceph.cephx_lockbox_secret=,ceph.cluster_fsid=C,ceph.cluster_name=ceph,ceph.osd_fsid=U,ceph.osd_id=5,ceph.type=block',
      'C U 5',
    ],
    ['  ', '  '],
    ['  pv_tag,other=1', '  '],
    ['  ceph.cluster_fsid=C,ceph.osd_fsid=U,ceph.osd_id=5,ceph.type=db', '  '],
    ['\n  ceph.cluster_fsid=C,ceph.osd_fsid=U,ceph.osd_id=0,ceph.type=data\n', 'C U 0'],
  ])('%s', async (tags, expected) => {
    const call = calling(['device.sh'], shell, await testHost());
    const { stdout } = await call(sh`read_volume <<TAGS
${rawScript(tags)}
TAGS
echo "$OSD_CLUSTER $OSD_UUID $OSD_ID"`);
    expect(stdout).toBe(`${expected}\n`);
  });

  it.each([
    ['sdb disk ', '', '', ''],
    ['sdb disk /data', '', '', 'it is mounted on /data'],
    ['sdb disk \nsdb1 part ', '', 'gpt', 'it holds sdb1 (part)'],
    ['sdb disk \nsdb1 part /mnt', '', 'gpt', 'it is mounted on /mnt'],
    ['sdb disk ', 'ext4', '', 'there is a file system or volume on it (ext4)'],
    ['sdb disk ', 'LVM2_member', '', 'there is a file system or volume on it (LVM2_member)'],
    ['sdb disk ', '', 'dos', 'there is a partition table on it (dos)'],
  ])('a device with %s, %s, %s', async (listed, type, table, expected) => {
    const call = calling(['device.sh'], shell, await testHost());
    const { stdout, stderr } = await call(sh`lsblk() { printf '%s\n' ${listed}; }
blkid() { case $* in *PTTYPE*) printf %s ${table} ;; *) printf %s ${type} ;; esac; }
used_for /dev/sdb; printf %s "$USE"`);
    expect([stdout, stderr]).toEqual([expected, '']);
  });

  it('a device that is not there', async () => {
    const call = calling(['directory.sh', 'device.sh'], shell, await testHost());
    expect(await call(sh`check_device /dev/nonexistent '' volume`)).toMatchObject({
      code: 2,
      stdout: '/dev/nonexistent is not a block device of this host\n',
    });
  });
});

describe.each(SHELLS)('$name: the names of objects', (shell: Shell) => {
  it.each([
    ['ext2/ext3', 'filestore', '', 1],
    ['ext2/ext3', 'filestore', '256', 0],
    ['ext2/ext3', 'bluestore', '', 0],
    ['xfs', 'filestore', '', 0],
  ])('on %s, in %s, with the limit "%s"', async (type, store, limit, expected) => {
    const host = await testHost();
    const call = calling(['directory.sh', 'names.sh'], shell, host);
    const { code, stdout } = await call(sh`file_system() { TYPE=${type}; }
conf_value() { [ -z ${limit} ] || echo ${limit}; }
check_names ${[host.root, store, '/etc/ceph/ceph.conf']}`);
    expect(code).toBe(expected);
    if (expected === 1) {
      expect(stdout).toContain(
        'does not set "osd max object name len": the daemon would end with (36) File name too long',
      );
      expect(stdout).toContain('"osd max object namespace len"');
    }
  });

  it('go by the store that is there, not by the one that is declared', async () => {
    const host = await testHost();
    const call = calling(['directory.sh', 'names.sh'], shell, host);
    await writeFile(join(host.root, 'type'), 'bluestore\n');
    const { code } = await call(sh`file_system() { TYPE=ext2/ext3; }
conf_value() { :; }
check_names ${[host.root, 'filestore', '/etc/ceph/ceph.conf']}`);
    expect(code).toBe(0);
  });

  it('are judged by the file system where the directory will be', async () => {
    const host = await testHost();
    const call = calling(['names.sh'], shell, host);
    const told = await call(sh`file_system ${join(host.root, 'not', 'yet')}; echo "$TYPE"`);
    expect(told.stdout).toBe((await call(sh`file_system ${host.root}; echo "$TYPE"`)).stdout);
    expect((await call(sh`file_system /proc/none/yet; echo "$TYPE"`)).stdout).toBe('proc\n');
  });
});

describe.each(SHELLS)('$name: making the store', (shell: Shell) => {
  const stubs = sh`bootstrap_ceph() { :; }
chown() { :; }
OSD_ID=3 OSD_UUID=${UUID} OSD_STORE=''`;

  /** Functions cannot have a dash in their names everywhere. */
  async function withProgram(program: string) {
    const host = await testHost();
    const bin = join(host.base, 'bin');
    await mkdir(bin);
    await writeFile(join(bin, 'ceph-osd'), `#!/bin/sh\n${program}\n`, { mode: 0o755 });
    const call = calling(['directory.sh', 'make.sh'], shell, host);
    return {
      host,
      call: (script: Script) =>
        call(sh`PATH=${bin}:$PATH
${stubs}
${script}`),
    };
  }

  it('makes a block that was made half anew, and keeps one that is whole', async () => {
    const { host, call } = await withProgram('printf "%s " "$@" >"$DATA.told"');
    await writeFile(join(host.root, 'block'), 'half');
    const make = sh`DATA=${host.root}; export DATA; make_store ${[host.root, 'bluestore', 1024]}`;
    expect(await call(make)).toMatchObject({ code: 0, stdout: '' });
    expect(existsSync(join(host.root, 'block'))).toBe(false);
    const told = await readFile(`${host.root}.told`, 'utf8');
    expect(told).toContain(
      `-f --cluster ceph --mkfs -i 3 --osd-uuid ${UUID} --monmap ${host.root}/activate.monmap `,
    );
    expect(told).toContain('--osd-objectstore bluestore --setuser ceph --setgroup ceph ');
    expect(told).toContain('--bluestore-block-create=true --bluestore-block-size=1024 ');
    await writeFile(join(host.root, 'block'), 'whole');
    await writeFile(join(host.root, 'mkfs_done'), 'yes\n');
    expect((await call(make)).code).toBe(0);
    expect(existsSync(join(host.root, 'block'))).toBe(true);
  });

  it('goes on with the store that was begun, and has a journal for filestore', async () => {
    const { host, call } = await withProgram('printf "%s " "$@" >"$DATA.told"');
    await call(
      sh`OSD_STORE=filestore DATA=${host.root}; export DATA; make_store ${[host.root, 'bluestore', 1024]}`,
    );
    const told = await readFile(`${host.root}.told`, 'utf8');
    expect(told).toContain('--osd-objectstore filestore ');
    expect(told).toContain(`--osd-journal ${host.root}/journal `);
    expect(told).not.toContain('bluestore');
  });

  it('says what the program says, only when it fails', async () => {
    const failing = await withProgram('echo "mkfs: failed: (13) Permission denied" >&2; exit 1');
    expect(await failing.call(sh`make_store ${[failing.host.root, 'filestore', 0]}`)).toMatchObject({
      code: 2,
      stdout: 'mkfs: failed: (13) Permission denied\n',
    });
    const fine = await withProgram('echo "-1 no label yet" >&2');
    expect(await fine.call(sh`make_store ${[fine.host.root, 'filestore', 0]}`)).toMatchObject({
      code: 0,
      stdout: '',
    });
  });
});

describe.each(SHELLS)('$name: an OSD that ceph-deploy has made', (shell: Shell) => {
  const told = JSON.stringify([
    { id: 0, hostname: 'node2', devices: 'sdb,sdc' },
    { id: 1, hostname: 'node2', bluestore_bdev_dev_node: 'sdd' },
    { id: 2, hostname: 'node3' },
  ]);

  it.each([
    ['node2', 'sdc', 0],
    ['node2', 'sdd', 0],
    ['node2', 'sd', 1],
    ['node3', 'sdb', 1],
  ])('on %s, %s', async (name, disk, code) => {
    const call = calling(['deploy.sh'], shell, await testHost());
    expect(await call(sh`printf %s ${told} | on_disk ${[name, disk]}`)).toEqual({
      code,
      stdout: '',
      stderr: '',
    });
  });

  it.each([
    [' sdb', 'sdb'],
    ['sdb sdb1', 'sdb'],
    ['nvme0n1 dm-0', 'nvme0n1'],
  ])('is on the disk of "%s"', async (listed, disk) => {
    const call = calling(['deploy.sh'], shell, await testHost());
    expect(
      (
        await call(sh`lsblk() { printf '%s\n' ${listed} more; }
disk_of /dev/x`)
      ).stdout,
    ).toBe(`${disk}\n`);
  });
});
