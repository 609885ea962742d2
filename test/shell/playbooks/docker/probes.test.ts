import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rawScript, type Script, sh } from '../../../../src/shell/script.js';
import { SHELLS, type TestHost, testHost } from '../../run-task.js';
import { functionsOf, lay, runWith, told } from '../stand-ins.js';

const PROBES = functionsOf('docker/data-root.sh', 'docker/probes.sh');

describe.each(SHELLS)('$name: registries that speak HTTP', (shell) => {
  const SAID = [
    'level=error msg="Get https://r.example:5000/v2/: http: server gave HTTP response to HTTPS client"',
    'level=warning msg="Error: Get \\"https://10.0.0.9:30002/v2/\\": http: server gave HTTP response to HTTPS client"',
    'level=info msg="Get \\"https://plain:5005/v2/\\": tls: first record does not look like a TLS handshake"',
    'level=info msg="Get https://other:5000/v2/: denied"',
  ];
  const probe = async (daemonJson: string, files: Readonly<Record<string, string>> = {}, gone = '') => {
    const host = await testHost();
    lay(host.root, { 'daemon.json': daemonJson, 'certs/x': '', ...files });
    const journalctl = SAID.map((line) => `printf '%s\\n' '${line}'`).join('\n');
    const curl = `case "$*" in *"//${gone || 'none'}/"*) exit 52 ;; *http://*) exit 0 ;; esac; exit 35`;
    return runWith(
      shell,
      host,
      { journalctl, curl },
      PROBES,
      sh`probe_registries ${[join(host.root, 'daemon.json'), join(host.root, 'certs')]}`,
    );
  };
  const line = (name: string) => expect.stringContaining(`Get https://${name}/v2/: http: server gave HTTP`);

  it('are told while neither the engine nor containerd knows', async () => {
    const { code, stdout, stderr } = await probe('{"insecure-registries": ["rxexample:5000"]}');
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout.trim().split('\n')).toEqual([
      line('r.example:5000'),
      line('10.0.0.9:30002'),
      line('plain:5005'),
    ]);
    const both = '{\n "insecure-registries" : [ "r.example:5000",\n "10.0.0.9:30002", "plain:5005" ]\n}';
    expect(await probe(both)).toEqual({ code: 0, stdout: '', stderr: '' });
    const one = await probe('{"insecure-registries":["10.0.0.9:30002", "plain:5005"]}', {
      'certs/r.example:5000/hosts.toml': 'server = "http://r.example:5000"\n',
    });
    expect(one.code).toBe(0);
  });

  it('are well when they have a certificate now, or are gone', async () => {
    const { stdout } = await probe('{}', {}, 'r.example:5000');
    expect(stdout.trim().split('\n')).toEqual([line('10.0.0.9:30002'), line('plain:5005')]);
  });
});

describe.each(SHELLS)('$name: the key of the data root', (shell) => {
  it.each([
    ['graph', '20.10.24+dfsg1', 0],
    ['graph', '23.0.1', 1],
    ['graph', '1.13.1', 0],
    ['data-root', '1.13.1', 1],
    ['data-root', '17.03.2-ce', 1],
    ['data-root', '17.05.0-ce', 0],
    ['data-root', '28.3.3', 0],
    ['log-driver', '28.3.3', 0],
    ['graph', 'unknown', 2],
  ])('%s and Docker %s', async (key, version, code) => {
    const host = await testHost();
    lay(host.root, { 'daemon.json': `{ "${key}" : "/data" }\n` });
    const dockerd = `echo 'Docker version ${version}, build x'`;
    const answer = await runWith(
      shell,
      host,
      { dockerd },
      PROBES,
      sh`probe_root_key ${[join(host.root, 'daemon.json'), join(host.root, 'docker.pid')]}`,
    );
    expect([answer.code, answer.stderr]).toEqual([code, '']);
  });

  it.each([
    ['started since the file was written', 0, process.pid, 0],
    ['started before', -60, process.pid, 1],
    ['does not run', 0, 999_999_999, 1],
  ])('needs no look at an engine that has taken it: %s', async (_, seconds, pid, code) => {
    const host = await testHost();
    lay(host.root, { 'daemon.json': '{ "graph": "/data" }\n', 'docker.pid': String(pid) });
    const [json, pidFile] = [join(host.root, 'daemon.json'), join(host.root, 'docker.pid')];
    const written = Date.now() / 1000 - 10;
    utimesSync(json, written, written);
    if (seconds < 0) utimesSync(pidFile, written + seconds, written + seconds);
    const dockerd = `echo 'Docker version 28.3.3, build x'`;
    const answer = await runWith(shell, host, { dockerd }, PROBES, sh`probe_root_key ${[json, pidFile]}`);
    expect([answer.code, answer.stderr]).toEqual([code, '']);
  });
});

describe.each(SHELLS)('$name: volumes with too many files', (shell) => {
  const NAME = 'ab'.repeat(32);

  /** @param dead what the engine says of the container that has the volume; undefined: there is none */
  async function engine(name: string, dead?: boolean): Promise<TestHost> {
    const host = await testHost();
    mkdirSync(join(host.root, `volumes/${name}/_data/it's huge`), { recursive: true });
    mkdirSync(join(host.root, 'volumes/small/_data/x'), { recursive: true });
    lay(host.root, { 'docker.pid': '1', 'containers/c0/config.v2.json': '{}' });
    if (dead === undefined) return host;
    const mounts = `"MountPoints":{"/data":{"Source":"${host.root}/volumes/${name}/_data"}}`;
    lay(host.root, {
      'containers/c1/config.v2.json': `{"State":{"Running":${!dead},"Dead":${dead}},"Config":{"Image":"mysql:5","Volumes":{"/data":{}}},"Name":"/k8s_db",${mounts}}`,
    });
    return host;
  }

  /** Folders cannot be made huge in a test: those that are called so are. */
  const HUGE = rawScript(`huge_folders() { find "$1/volumes" -mindepth 2 -maxdepth 3 -name '*huge'; }`);
  const run = (host: TestHost, active: string, script: Script) =>
    runWith(
      shell,
      host,
      { systemctl: `echo ${active}` },
      PROBES,
      HUGE,
      sh`MARKS=${join(host.root, 'marks')}`,
      script,
    );
  const cure = async (host: TestHost, active = 'active') =>
    told(
      await run(
        host,
        active,
        sh`propose_unlinking ${[host.root, join(host.root, 'docker.pid'), 'docker.service']}`,
      ),
    );

  it('are found by the size of a folder, without a walk through all files', async () => {
    const host = await engine(NAME);
    const real = (folder: string) =>
      runWith(shell, host, {}, PROBES, rawScript(`stat() { echo ext2/ext3; }`), sh`huge_folders ${folder}`);
    // On file systems other than ext4 every folder may have one link; where these tests run, none has.
    const { stdout } = await real(host.root);
    expect(stdout.split('\n').filter((line) => line.includes('/volumes/')).length).toBeLessThanOrEqual(4);
    expect((await real(join(host.root, 'missing'))).stdout).toBe('');
  });

  it('are told with the container and the image', async () => {
    const host = await engine(NAME, false);
    expect(await run(host, 'active', sh`probe_volumes ${host.root}`)).toEqual({
      code: 1,
      stdout: `huge folder in a volume: ${host.root}/volumes/${NAME}/_data/it's huge\nit is of the container k8s_db of the image mysql:5\n`,
      stderr: '',
    });
  });

  it('keep their files while these may be wanted', async () => {
    const refused = async (host: TestHost) => (await cure(host)).refusals.join();
    expect(await refused(await engine(NAME, false))).toContain(
      'of the container k8s_db of the image mysql:5, which is not',
    );
    expect(await refused(await engine(NAME))).toContain('the engine is not deleting the volume');
    expect(await refused(await engine('my-data', true))).toContain('was given its name by somebody');
    expect((await cure(await engine(NAME, false))).commands).toEqual([]);
  });

  it('go off the lock of the engine that deletes them, in order', async () => {
    const host = await engine(NAME, true);
    const folder = join(host.root, `volumes/${NAME}/_data/it's huge`);
    const mark = join(host.root, 'marks');
    const unlink = `find '${folder.replace("'", String.raw`'\''`)}' -xdev -depth -delete`;
    const start = `systemctl start docker.service && rm -rf ${mark}`;
    const first = await cure(host);
    expect(first).toEqual({
      commands: [
        `mkdir -p ${mark} && touch ${mark}/${NAME} && systemctl stop docker.socket docker.service`,
        unlink,
        start,
      ],
      refusals: [],
    });
    mkdirSync(join(mark, NAME), { recursive: true });
    expect((await cure(host, 'inactive')).commands).toEqual([unlink, start]);
    expect(spawnSync('sh', ['-c', unlink]).status).toBe(0);
    expect(existsSync(folder)).toBe(false);
    expect((await cure(host, 'inactive')).commands).toEqual([start]);
  });

  it('are seen to be deleted by what the engine has open', async () => {
    const host = await engine(NAME);
    const open = sh`echo $$ >${join(host.root, 'docker.pid')}
exec 9<${join(host.root, `volumes/${NAME}/_data`)}
propose_unlinking ${[host.root, join(host.root, 'docker.pid'), 'docker.service']}`;
    expect(told(await run(host, 'active', open)).commands).toHaveLength(3);
  });
});

describe.each(SHELLS)(
  '$name: the engine starts with the host, and has the cgroup driver of kubelet',
  (shell) => {
    const probe = async (enabled: boolean, driver: string, files: Readonly<Record<string, string>>) => {
      const host = await testHost();
      lay(host.root, files);
      const paths = ['config.yaml', 'flags', 'daemon.json', 'docker.pid'].map((name) =>
        join(host.root, name),
      );
      if ('docker.pid' in files) utimesSync(join(host.root, 'docker.pid'), LATER, LATER);
      return runWith(
        shell,
        host,
        { systemctl: `exit ${enabled ? 0 : 1}`, dockerd: ':', docker: `echo ${driver}` },
        PROBES,
        sh`probe_engine ${['docker.service', ...paths]}`,
      );
    };
    /** Seconds: when the engine has started, after all files were written. */
    const LATER = Date.now() / 1000 + 60;

    it('or it is told', async () => {
      const config = { 'config.yaml': 'cgroupDriver: "systemd"\n' };
      expect(await probe(true, 'systemd', config)).toEqual({ code: 0, stdout: '', stderr: '' });
      expect((await probe(false, 'systemd', {})).stdout).toBe(
        'docker.service does not start with the host\n',
      );
      expect((await probe(true, 'cgroupfs', config)).stdout).toBe(
        'kubelet cgroup driver: "systemd" is different from docker cgroup driver: "cgroupfs"\n',
      );
      const containerd = {
        ...config,
        flags: '--container-runtime-endpoint=unix:///run/containerd/containerd.sock',
      };
      expect((await probe(true, 'cgroupfs', containerd)).code).toBe(0);
      expect((await probe(true, '', config)).code).toBe(0);
    });

    it('and is not asked where it has taken that from its settings', async () => {
      const files = (driver: string, pid = process.pid) => ({
        'config.yaml': 'cgroupDriver: systemd\n',
        'daemon.json': `{ "exec-opts": ["native.cgroupdriver=${driver}"] }\n`,
        'docker.pid': `${pid}\n`,
      });
      expect(await probe(true, 'cgroupfs', files('systemd'))).toEqual({ code: 0, stdout: '', stderr: '' });
      expect((await probe(true, 'cgroupfs', files('systemd', 4_194_304))).code).toBe(1);
      expect((await probe(true, 'cgroupfs', files('cgroupfs'))).code).toBe(1);
    });
  },
);
