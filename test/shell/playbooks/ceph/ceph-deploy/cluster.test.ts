import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lines, rawScript, type Script, sh } from '../../../../../src/shell/script.js';
import { runScript, type ScriptSettings, SHELLS, type TestHost, testHost } from '../../../run-task.js';

const load = (file: string): Script =>
  rawScript(readFileSync(new URL(`../../../../../playbooks/ceph/${file}`, import.meta.url), 'utf8'));

const FSID = 'a84ac16d-e03a-4696-b223-e0041022700b';
const CONF = `[global]\nfsid = ${FSID}\nmon host = 10.0.0.11\n`;

/** The functions, on an admin host whose other hosts answer what ANSWERS (lines "HOST TEXT") says. */
function onAdmin(host: TestHost, answers: string, call: Script): Script {
  const work = join(host.root, 'work');
  mkdirSync(work, { recursive: true });
  writeFileSync(join(work, 'ceph.conf'), CONF);
  return lines(
    sh`DEPLOY_USER=root DEPLOY_HOME=/root DEPLOY_WORK=${work} DEPLOY_ROOT=/opt/x DEPLOY_SELF=node1 PEER=: ANSWERS=${answers}`,
    sh`CONF_AWK=${load('conf.awk').source}`,
    load('conf.sh'),
    load('found.sh'),
    load('cli.sh'),
    load('ceph-deploy/run.sh'),
    load('ceph-deploy/peer.sh'),
    load('ceph-deploy/cluster.sh'),
    sh`on_hosts() { printf '%s\n' "$ANSWERS"; }
ceph_deploy() { echo "ceph-deploy $*"; }
have() { :; }`,
    call,
  );
}

describe.each(SHELLS)('$name: what the admin host makes of the others', (shell) => {
  const run = async (answers: string, call: Script, settings: ScriptSettings = {}) => {
    const host = await testHost();
    const { code, stdout } = await runScript(shell, host, onAdmin(host, answers, call), settings);
    return [code, stdout];
  };

  it('names each difference of a configuration with its host', async () => {
    const answers = `node1 fsid ${FSID}\nnode2 fsid none\nnode3 fsid ${FSID}\nnode3 mon host is 1, not 2`;
    expect(await run(answers, sh`check_confs 'node1 node2 node3' 'mon host' 2`)).toEqual([
      1,
      'node2: /etc/ceph/ceph.conf is missing\nnode3: mon host is 1, not 2\n',
    ]);
  });

  it('refuses a host that belongs to another cluster', async () => {
    const [code, text] = await run(
      'node1 fsid 11111111-2222-3333-4444-555555555555',
      sh`push_confs node1 'mon host' 2`,
    );
    expect([code, text]).toEqual([
      2,
      `node1 holds what an earlier cluster left (pitfall ceph-leftovers): its /etc/ceph/ceph.conf has the fsid 11111111-2222-3333-4444-555555555555, and this cluster has ${FSID}. If nothing of it is needed any more, remove it: provision reset --stage ceph --host node1\n`,
    ]);
  });

  it('refuses a configuration that names no cluster', async () => {
    const [code, text] = await run('node1 fsid unknown', sh`push_confs node1 'mon host' 2`);
    expect([code, String(text).split(':')[0]]).toEqual([
      2,
      '/etc/ceph/ceph.conf of node1 names no cluster (fsid). It was not made by Ceph',
    ]);
  });

  it('brings its own configuration to those that have none, all at once', async () => {
    const answers = 'node2 fsid none\nnode3 fsid none';
    const [code, text] = await run(answers, sh`push_confs 'node2 node3' 'mon host' 10.0.0.11`);
    expect([code, String(text).split('\n')[0]]).toEqual([
      0,
      'ceph-deploy --overwrite-conf config push node2 node3',
    ]);
  });

  it('says why a host cannot be looked at, and only a plan goes on', async () => {
    const answers = 'node1 fsid none\nnode2 ! Host key verification failed.';
    const why = 'node1 cannot look at other hosts as root:\nnode2: Host key verification failed.\n';
    const check = sh`check_confs 'node1 node2' a 1`;
    expect(await run(answers, check, { mode: 'look' })).toEqual([1, why]);
    expect(await run(answers, check, { mode: 'apply' })).toEqual([2, why]);
  });

  it('notes who is in the cluster and not in the inventory', async () => {
    expect(await run('', sh`tell_members mon 'a b' 'a b c' 'is not in the quorum'`)).toEqual([
      0,
      'note: mon.c is in the cluster, and not in the inventory\n',
    ]);
    expect(await run('', sh`tell_members mon 'a b' a 'is not in the quorum'`)).toEqual([
      1,
      'mon.b is not in the quorum\n',
    ]);
  });

  it('plans nothing here for a daemon that its own host is about to start', async () => {
    const call = sh`tell_members mgr 'a b c' a 'does not run'`;
    expect(await run('b down\nc absent', call, { mode: 'look' })).toEqual([
      1,
      'note: mgr.b is down, and is to be started on its own host\nmgr.c does not run\n',
    ]);
    expect((await run('b down\nc down', call, { mode: 'look' }))[0]).toBe(0);
  });

  it('knows a wrong admin key from a wrong mode', async () => {
    const keys = (text: string) => lines(sh`key_sum() { echo SUM; }`, rawScript(text));
    const answers = 'a 600 root:root SUM\nb 644 root:root SUM\nc absent\nd 600 root:root OTHER';
    const check = 'SEEN=$ANSWERS; for h in a b c d; do admin_key_differs "$h" 600 root; done';
    expect(await run(answers, keys(check))).toEqual([
      0,
      `attributes: its admin key is 644 root:root, not 600 root:root
key: it does not have the admin key
key: its admin key is not the one of this cluster
`,
    ]);
  });

  it('never makes monitors anew beside one that has had a quorum', async () => {
    const answers =
      'node1 {"state":"probing","epoch":3,"mons":["node1","node2"]}\nnode2 {"state":"down","epoch":0,"mons":[]}';
    const [code, text] = await run(
      answers,
      sh`wait_until() { return 1; }
on_host() { cat >/dev/null; }
deploy_mons 'node1 node2' node1 10.0.0.11 node2 10.0.0.12`,
    );
    expect(code).toBe(2);
    expect(text).toContain('no monitor was made anew');
    expect(text).not.toContain('ceph-deploy ');
  });

  it('makes the first monitors together', async () => {
    const answers = 'node1 {"state":"down","epoch":0,"mons":[]}\nnode2 {"state":"down","epoch":0,"mons":[]}';
    const [, text] = await run(
      answers,
      sh`on_host() { cat >/dev/null; }
deploy_mons 'node1 node2' node1 10.0.0.11 node2 10.0.0.12`,
    );
    expect(text).toContain('ceph-deploy --overwrite-conf mon create-initial\n');
  });

  it('adds to a quorum each monitor that is missing, though they join one after the other', async () => {
    const [code, text] = await run(
      '',
      sh`JOINED=node1
on_hosts() {
  shift
  for name in "$@"; do
    state=down
    ! is_word "$name" "$JOINED" || state=peon
    printf '%s {"state":"%s","epoch":1,"mons":["node1"]}\n' "$name" "$state"
  done
}
ceph_deploy() { for word in "$@"; do :; done; echo "ceph-deploy adds $word"; JOINED="$JOINED $word"; }
has_keys() { :; }
ceph_work() { :; }
on_host() { cat >/dev/null; }
fetch_conf() { mkdir -p "$DEPLOY_WORK/hosts" && cp "$DEPLOY_WORK/ceph.conf" "$DEPLOY_WORK/hosts/$1.conf"; }
work_file() { cat >/dev/null; }
deploy_mons 'node1 node2 node3' node1 10.0.0.11 node2 10.0.0.12 node3 10.0.0.13`,
    );
    expect([code, text]).toEqual([0, 'ceph-deploy adds node2\nceph-deploy adds node3\n']);
  });

  it('takes a host that has not answered for none in the quorum', async () => {
    const call = sh`SEEN='node1 {"state":"leader"}'
for name in node1 node2; do mon_is "$name" "$IN_QUORUM" && echo "$name"; done; :`;
    expect(await run('', call)).toEqual([0, 'node1\n']);
  });

  it('quotes words for another shell', async () => {
    const [, text] = await run(
      '',
      sh`eval "set -- $(quoted ${["it's", 'a b', '$x', '']})"; printf '<%s>' "$@"`,
    );
    expect(text).toBe("<it's><a b><$x><>");
  });
});

describe.each(SHELLS)('$name: looking at other hosts', (shell) => {
  it('has one answer after the other, each line with its host', async () => {
    const host = await testHost();
    const call = lines(
      sh`DEPLOY_USER=root DEPLOY_SELF=node1`,
      load('ceph-deploy/run.sh'),
      sh`on_host() { cat >/dev/null; case $1 in b) echo no >&2; return 255 ;; c) return 3 ;; *) printf '1\n2\n' ;; esac; }
on_hosts true a b c d`,
    );
    const { stdout } = await runScript(shell, host, call);
    expect(stdout.trimEnd().split('\n').toSorted()).toEqual([
      'a 1',
      'a 2',
      'b ! no',
      'c ! nothing was answered',
      'd 1',
      'd 2',
    ]);
  });

  it('runs a script on the host itself, whose commands do not read on in it', async () => {
    const host = await testHost();
    const call = lines(
      sh`DEPLOY_SELF=node1`,
      load('ceph-deploy/run.sh'),
      sh`printf 'cat\necho after\nexit 4\n' | on_host node1; echo "$?"`,
    );
    expect((await runScript(shell, host, call)).stdout).toBe('after\n4\n');
  });
});

describe.each(SHELLS)('$name: the key of the deploy user', (shell) => {
  const call = async (host: TestHost, name: string) =>
    runScript(
      shell,
      host,
      lines(
        load('ceph-deploy/key.sh'),
        sh`${rawScript(name)} ${['root', join(host.root, '.ssh'), 'root@x']}`,
      ),
    );

  it('is made once, and its public part again when that is lost', async () => {
    const host = await testHost();
    const file = join(host.root, '.ssh/id_ed25519');
    expect((await call(host, 'check_key_pair')).code).toBe(1);
    expect((await call(host, 'make_key_pair')).code).toBe(0);
    expect((await call(host, 'check_key_pair')).code).toBe(0);
    const made = readFileSync(file, 'utf8');
    const pub = readFileSync(`${file}.pub`, 'utf8');
    expect(pub).toMatch(/^ssh-ed25519 AAAA\S+ root@x\n$/);
    expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
    writeFileSync(`${file}.pub`, '');
    expect((await call(host, 'check_key_pair')).code).toBe(1);
    await call(host, 'make_key_pair');
    expect([readFileSync(file, 'utf8'), readFileSync(`${file}.pub`, 'utf8')]).toEqual([made, pub]);
  });
});
