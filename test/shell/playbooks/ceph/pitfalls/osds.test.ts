import { mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { rawScript, type Script, sh } from '../../../../../src/shell/script.js';
import { SHELLS } from '../../../run-task.js';
import { cephAnswers, OSDS, proposals, standIns, type StandIns } from './stand-ins.js';

const FSID = '6def4f7f-4f37-43a5-8699-5c6ab608c89c';
const UUID = 'f0b9f021-a854-4a13-a394-4e35973979bb';

/** One OSD, number 1, in a directory with an odd name, and the link to it. */
async function osdHost(): Promise<StandIns & { readonly data: string; readonly words: readonly string[] }> {
  const made = await standIns();
  const data = made.path("it's osd 1");
  await made.file(`${data}/fsid`, `${UUID}\n`);
  await made.file(`${data}/whoami`, '1\n');
  await made.file(`${data}/ceph_fsid`, `${FSID}\n`);
  await made.file(`${data}/keyring`, '[osd.1]\n\tkey = AQ==\n');
  await mkdir(`${data}/current`);
  await mkdir(made.path('osd'));
  await symlink(data, made.path('osd/ceph-1'));
  await made.file(made.path('ceph.conf'), `[global]\nfsid = ${FSID}\n`);
  return { ...made, data, words: [made.path('ceph.conf'), made.path('osd')] };
}

/** Whom all belongs to, what the file system is, and what the daemon does, are not this machine's. */
function world(owner: 'root' | 'ceph', type: string, state: string): Script {
  return rawScript(`getent() { :; }
find() { [ ${owner} = ceph ] || printf '%s\\n' "$1"; }
stat() { if [ "$1" = -c ]; then echo root:root; else echo ${type}; fi; }
daemon_state() { DAEMON=${state}; }
starts_now() { false; }
start_command() { printf 'start %s.%s' "$1" "$2"; }`);
}

const map = (up: number, uuid = UUID) => cephAnswers({ osds: [{ osd: 1, uuid, up, in: 1 }] }, { nodes: [] });

describe.each(SHELLS)('$name: the OSDs of a host', (shell) => {
  it('belong to root: one finding, whatever follows from it', async () => {
    const { run, words, data, program } = await osdHost();
    await program('ceph', map(0));
    const found = await run(
      shell,
      OSDS,
      sh`${world('root', 'xfs', 'failed')}
probe_osd_owner ${words}`,
    );
    expect(found).toMatchObject({
      code: 1,
      stdout: `${data} does not belong to the user ceph: root:root owns ${data}\n`,
      stderr: '',
    });
    const down = sh`${world('root', 'xfs', 'failed')}
probe_osds_down ${[...words, 'node1']}`;
    expect(await run(shell, OSDS, down)).toMatchObject({ code: 0, stdout: '', stderr: '' });
    const cure = sh`${world('root', 'xfs', 'failed')}
cure_osd_owner ${words}`;
    expect(proposals((await run(shell, OSDS, cure)).stdout)).toEqual([
      `chown -hR ceph:ceph '${data.replace("'", `'\\''`)}/' && start osd.1`,
    ]);
    const runs = sh`${world('root', 'xfs', 'active')}
cure_osd_owner ${words}`;
    expect(proposals((await run(shell, OSDS, runs)).stdout)[0]).not.toContain('start');
    const done = sh`${world('ceph', 'xfs', 'failed')}
probe_osd_owner ${words}
cure_osd_owner ${words}`;
    expect(await run(shell, OSDS, done)).toMatchObject({ code: 0, stdout: '' });
  });

  it('are root’s by a setting of old clusters, or are no OSDs at all: well', async () => {
    const { run, words, file, path, data } = await osdHost();
    const probe = sh`${world('root', 'xfs', 'failed')}
probe_osd_owner ${[...words, path('plain'), path('missing')]}`;
    await file(path('plain/somebody'), 'x');
    expect((await run(shell, OSDS, probe)).stdout).not.toContain('plain');
    for (const name of ['fsid', 'whoami', 'keyring']) await rm(`${data}/${name}`);
    expect(await run(shell, OSDS, probe)).toMatchObject({ code: 0, stdout: '' });
    await file(`${data}/keyring`, '[osd.1]\n');
    expect((await run(shell, OSDS, probe)).code).toBe(1);
    await file(path('ceph.conf'), `fsid = ${FSID}\nsetuser match path = /var/lib/ceph/$type/$cluster-$id\n`);
    expect((await run(shell, OSDS, probe)).code).toBe(0);
  });

  it('of another cluster are leftovers and nothing else', async () => {
    const { run, words, file, path } = await osdHost();
    await file(path('ceph.conf'), 'fsid = 00000000-0000-0000-0000-000000000000\n');
    const probes = sh`${world('root', 'ext2/ext3', 'failed')}
probe_osd_owner ${words} && probe_osd_names ${words}`;
    expect(await run(shell, OSDS, probes)).toMatchObject({ code: 0, stdout: '' });
  });

  it('are told from who really owns them', async () => {
    const { run, data } = await osdHost();
    const script = await readFile(
      new URL('../../../../../playbooks/ceph/pitfalls/osds.sh', import.meta.url),
      'utf8',
    );
    const own = (user: string) => rawScript(script.replace('! -user ceph', `! -user ${user}`));
    const me = process.getuid?.() === 0 ? 'root' : String(process.getuid?.());
    expect(
      (
        await run(
          shell,
          OSDS,
          sh`${own(me)}
foreign_owner ${data}`,
        )
      ).code,
    ).toBe(1);
    expect(
      (
        await run(
          shell,
          OSDS,
          sh`${own('nobody')}
foreign_owner ${data} && echo "$FOREIGN"`,
        )
      ).stdout,
    ).toBe(`${data}\n`);
  });

  it('keep objects on ext4 without limits, however the keys are written', async () => {
    const { run, words, file, path, data, program } = await osdHost();
    await program('ceph', map(0));
    const call = (type: string, probe: string) =>
      run(
        shell,
        OSDS,
        sh`${world('ceph', type, 'failed')}
${rawScript(probe)} ${probe === 'probe_osds_down' ? [...words, 'node1'] : words}`,
      );
    expect(await call('ext2/ext3', 'probe_osd_names')).toMatchObject({
      code: 1,
      stdout: `${data} is a filestore on ext4, and ${path('ceph.conf')} does not limit the names of objects\n`,
    });
    expect((await call('ext2/ext3', 'probe_osds_down')).code).toBe(0);
    expect((await call('xfs', 'probe_osd_names')).code).toBe(0);
    await file(path('ceph.conf'), `fsid = ${FSID}\nosd max object name len = 256\n`);
    expect((await call('ext2/ext3', 'probe_osd_names')).code).toBe(1);
    await file(
      path('ceph.conf'),
      `fsid = ${FSID}\nosd_max_object_name_len = 256\nosd-max-object namespace len=64\n`,
    );
    expect((await call('ext2/ext3', 'probe_osd_names')).code).toBe(0);
  });

  it('are down without a cause that is known', async () => {
    const { run, words, program, path, data } = await osdHost();
    const call = (state: string, more = '') =>
      run(
        shell,
        OSDS,
        sh`${world('ceph', 'xfs', state)}
${rawScript(more)}
probe_osds_down ${[...words, 'node1']}`,
      );
    await program('ceph', map(1));
    expect(await call('active')).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(await call('inactive')).toMatchObject({
      code: 1,
      stdout: 'osd.1 is up and in; its daemon is inactive\n',
    });
    await program('ceph', map(0));
    expect(await call('active')).toMatchObject({
      code: 1,
      stdout: 'osd.1 is down and in; its daemon is active\n',
    });
    expect((await call('active', 'starts_now() { true; }')).code).toBe(0);
    expect((await call('failed', 'starts_now() { true; }')).code).toBe(1);
    expect((await call('failed', 'program_is_damaged() { true; }')).code).toBe(0);
    await program('ceph', map(0, '00000000-aaaa-aaaa-aaaa-000000000000'));
    expect((await call('failed')).code).toBe(0);
    await program('ceph', 'exit 1');
    expect((await call('failed')).code).toBe(0);
    const placed = { nodes: [{ type: 'host', name: 'node1', children: [7] }] };
    await program('ceph', cephAnswers({ osds: [{ osd: 7, uuid: 'x', up: 0, in: 0 }] }, placed));
    expect((await call('failed')).stdout).toBe(
      `osd.7 is down and out, and ${path('osd')}/ceph-7 is not there\n`,
    );
    expect(data).toContain('osd 1');
  });

  it('are not asked about where there are none', async () => {
    const { run, path, program, calls } = await standIns();
    await program('ceph', 'exit 1');
    const words = [path('ceph.conf'), path('osd')];
    expect(
      (
        await run(
          shell,
          OSDS,
          sh`probe_osds_down ${[...words, 'node1']}
probe_osd_owner ${words} && probe_osd_names ${words}`,
        )
      ).code,
    ).toBe(0);
    expect(await calls()).toEqual([]);
  });
});

describe.each(SHELLS)('$name: daemons', (shell) => {
  it('are started by a command that forgets earlier failures', async () => {
    const { run, program } = await standIns();
    await program('systemctl', '[ "$1" != is-active ] || { echo failed; exit 3; }');
    await program('initctl', 'echo "ceph-osd (ceph/1) start/running, process 7"');
    const call = (systemd: string) =>
      run(
        shell,
        OSDS,
        sh`runs_systemd() { ${rawScript(systemd)}; }
daemon_state osd 1
echo "$DAEMON"
start_command osd "it's 1"`,
      );
    expect((await call('true')).stdout).toBe(
      `failed\n{ systemctl reset-failed 'ceph-osd@it'\\''s 1.service' 2>/dev/null || :; } && systemctl enable -q 'ceph-osd@it'\\''s 1.service' && systemctl start 'ceph-osd@it'\\''s 1.service'`,
    );
    expect((await call('false')).stdout).toBe(`active\ninitctl start ceph-osd cluster=ceph 'id=it'\\''s 1'`);
  });

  it('that have just been started are given a minute', async () => {
    const { run, program } = await standIns();
    const call = async (seconds: string) => {
      await program(
        'systemctl',
        `read -r now rest </proc/uptime
echo "ActiveEnterTimestampMonotonic=$(((\${now%%.*} - ${seconds}) * 1000000))"`,
      );
      return (
        await run(
          shell,
          OSDS,
          sh`runs_systemd() { :; }
starts_now 1`,
        )
      ).code;
    };
    expect([await call('5'), await call('100'), await call('now')]).toEqual([0, 1, 1]);
  });

  it('and the map of the OSDs is asked for with a key that the host has', async () => {
    const { run, program, file, path, calls } = await standIns();
    const key = await file(path('osd/ceph-3/keyring'), 'x');
    await program('ceph', `echo '{"osds": "'"$CEPH_ARGS"'"}'`);
    const call = () => run(shell, OSDS, sh`ask_as_osd ${path('osd')} && printf '%s\n' "$TOLD"`);
    expect((await call()).stdout).toBe(`{"osds": "--keyring ${key}"}\n`);
    const bootstrap = await file(path('bootstrap-osd/ceph.keyring'), 'x');
    expect((await call()).stdout).toBe(`{"osds": "--keyring ${bootstrap}"}\n`);
    expect(await calls()).toEqual(['ceph -n osd.3 -f json', 'ceph -n client.bootstrap-osd -f json']);
  });
});
