import { existsSync, readlinkSync } from 'node:fs';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Script, sh } from '../../../../../src/shell/script.js';
import { type Shell, SHELLS, testHost } from '../../../run-task.js';
import { callFunctions } from '../../source.js';

const CLUSTER = '6b9b2a3e-0b55-4d3d-9f0a-0d1f0a6b7c8d';
const OTHER = '11111111-2222-3333-4444-555555555555';
const UUID = 'a1b2c3d4-0000-4000-8000-0123456789ab';
const KEYRING = '[osd.3]\n\tkey = AQAsecret==\n';
/** What ceph leaves in the directory of an OSD that was made to the end. */
const WHOLE = {
  ceph_fsid: `${CLUSTER}\n`,
  fsid: `${UUID}\n`,
  whoami: '3\n',
  keyring: KEYRING,
  type: 'filestore\n',
  ready: 'ready\n',
};

describe.each(SHELLS)('$name: the directory of an OSD', (shell: Shell) => {
  async function host(files: Readonly<Record<string, string>> | null = {}) {
    const test = await testHost();
    const directory = join(test.root, "osd '0");
    const links = join(test.root, 'links');
    await mkdir(links);
    if (files !== null) await mkdir(directory);
    for (const [name, content] of Object.entries(files ?? {})) {
      await mkdir(join(directory, name, '..'), { recursive: true });
      await writeFile(join(directory, name), content);
    }
    const call = (script: Script) => callFunctions('ceph/osd/directory.sh', shell, test, script);
    return {
      test,
      directory,
      links,
      call,
      judge: () => call(sh`check_directory ${[directory, links, CLUSTER]}`),
      data: () => call(sh`check_data ${[directory, 'bluestore']}`),
    };
  }

  it.each([
    ['is not there', null],
    ['is empty', {}],
    [
      'holds what its file system and a run that was cut left',
      { 'lost+found/x': '', '.provision-new.a1b2c3': '' },
    ],
    ['is an OSD of the cluster', WHOLE],
    ['was begun', { ceph_fsid: `${CLUSTER}\n` }],
    ['was begun, without a newline', { ceph_fsid: CLUSTER, magic: 'ceph osd volume v026' }],
  ])('may be used when it %s', async (_, files) => {
    const { judge } = await host(files);
    expect(await judge()).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('is refused with the OSD of another cluster', async () => {
    const { directory, call, links, judge } = await host({ ...WHOLE, ceph_fsid: OTHER });
    const { code, stdout } = await judge();
    expect(code).toBe(2);
    expect(stdout).toContain(`${directory} holds an OSD of another cluster (pitfall ceph-leftovers)`);
    expect(stdout).toContain(`its fsid is ${OTHER}, that of this cluster is ${CLUSTER}`);
    expect(stdout).toContain('provision reset --stage ceph --host ');
    // Before there is a cluster this is not its matter.
    expect((await call(sh`check_directory ${[directory, links, '']}`)).code).toBe(0);
  });

  it.each([{ 'my letters': 'x' }, { '.hidden': '' }, { fsid: UUID }, { '..x': '' }])(
    'is refused with %o in it',
    async (files) => {
      const { judge } = await host(files);
      expect(await judge()).toMatchObject({ code: 2, stdout: expect.stringContaining('holds no OSD') });
    },
  );

  it('is refused when it is a file, and when the file system of an OSD is not mounted', async () => {
    const { directory, links, judge } = await host(null);
    await symlink(directory, join(links, 'ceph-3'));
    const unmounted = await judge();
    expect(unmounted.code).toBe(2);
    expect(unmounted.stdout).toContain('the data of osd.3 was there. Mount its file system');
    await writeFile(directory, '');
    expect(await judge()).toMatchObject({
      code: 2,
      stdout: expect.stringContaining('it is not a directory'),
    });
  });

  it.each([
    [{}, 'an OSD with bluestore is made here'],
    [{ ceph_fsid: CLUSTER }, 'has no uuid yet'],
    [{ ceph_fsid: CLUSTER, fsid: 'half-a-uui' }, 'has no uuid yet'],
    [{ ceph_fsid: CLUSTER, fsid: UUID }, `the OSD ${UUID} was begun, and its id is not known here yet`],
    [{ ceph_fsid: CLUSTER, fsid: UUID, whoami: '' }, 'its id is not known'],
    [{ ...WHOLE, keyring: '' }, 'there is no key of osd.3 in the keyring'],
    [{ ...WHOLE, keyring: KEYRING.replace('osd.3', 'osd.33') }, 'there is no key of osd.3'],
    [{ ...WHOLE, ready: '' }, 'osd.3 was begun, and its data was not made to the end'],
    [{ ...WHOLE, '.provision-secret': 'AQA==' }, 'is not needed any more'],
  ])('goes on from %o', async (files, text) => {
    const { data } = await host(files);
    expect(await data()).toMatchObject({ code: 1, stdout: expect.stringContaining(text), stderr: '' });
  });

  it('is as desired when all is there', async () => {
    const { data } = await host(WHOLE);
    expect(await data()).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('reads the key of the right daemon', async () => {
    const keyring = `[client.x]\n\tkey = AQwrong==\n[osd.3]\n\tcaps mon = "allow profile osd"\n\tkey = AQright==\n[osd.4]\n\tkey = AQwrong==`;
    const { directory, call } = await host({ keyring });
    expect((await call(sh`read_key ${[directory, '3']}; echo "$KEY"`)).stdout).toBe('AQright==\n');
    expect((await call(sh`read_key ${[directory, '5']} || echo none`)).stdout).toBe('none\n');
    expect((await call(sh`read_key ${[directory, '']} || echo none`)).stdout).toBe('none\n');
  });

  it('names what belongs to somebody else, but looks into no folder of objects', async () => {
    const { directory, call } = await host({
      fsid: UUID,
      'current/omap/1.sst': '',
      'current/1.0_head/object': '',
    });
    const foreign = sh`foreign_file ${[directory, 'root']} && echo "$FOREIGN"`;
    expect(await call(sh`chown -R root:root ${directory}; ${foreign}`)).toMatchObject({
      code: 1,
      stdout: '',
    });
    expect((await call(sh`chown 1:1 ${join(directory, 'current/1.0_head/object')}; ${foreign}`)).code).toBe(
      1,
    );
    const file = join(directory, 'current/omap/1.sst');
    const { stdout } = await call(sh`chown :1 ${file}; ${foreign}`);
    expect(stdout).toBe(`${directory}/current/omap/1.sst\n`);
  });

  it('is where the link of its daemon leads to', async () => {
    const { directory, links, call } = await host(WHOLE);
    const link = join(links, 'ceph-3');
    const check = () => call(sh`check_link ${[directory, links]}`);
    const make = () => call(sh`make_link ${[directory, links]}`);
    expect(await check()).toMatchObject({ code: 1, stdout: `${link} does not lead to ${directory}\n` });
    await mkdir(link);
    expect(await check()).toMatchObject({ code: 1, stdout: expect.stringContaining('empty folder') });
    expect(await make()).toMatchObject({ code: 0, stderr: '' });
    expect(readlinkSync(link)).toBe(directory);
    expect(await check()).toEqual({ code: 0, stdout: '', stderr: '' });
    await call(sh`ln -sfn /nonexistent ${link}`);
    expect(await check()).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('leads to /nonexistent'),
    });
    await make();
    expect((await check()).code).toBe(0);
  });

  it('does not take the id of another OSD', async () => {
    const { directory, links, test, call } = await host(WHOLE);
    const link = join(links, 'ceph-3');
    const check = () => call(sh`check_link ${[directory, links]}`);
    await mkdir(link);
    await writeFile(join(link, 'whoami'), '3\n');
    expect(await check()).toMatchObject({
      code: 2,
      stdout: expect.stringContaining('another osd.3 is there'),
    });
    expect((await call(sh`make_link ${[directory, links]}`)).code).not.toBe(0);
    expect(existsSync(join(link, 'whoami'))).toBe(true);
    const other = join(test.root, 'other');
    await call(sh`rm -r ${link}; cp -a ${[directory, other]}; ln -s ${[other, link]}`);
    expect(await check()).toMatchObject({ code: 2, stdout: expect.stringContaining('there is an OSD too') });
    // The same directory by another name is the same directory.
    await call(sh`rm -r ${other}; ln -s ${[directory, other]}`);
    expect((await check()).code).toBe(0);
    expect(await readFile(join(directory, 'whoami'), 'utf8')).toBe('3\n');
  });
});
