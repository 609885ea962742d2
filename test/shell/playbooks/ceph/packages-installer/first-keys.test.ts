import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lines, type Script, sh } from '../../../../../src/shell/script.js';
import { SHELLS } from '../../../run-task.js';
import { toolHost } from './tools.js';

const FILES = ['cli.sh', 'packages-installer/first-keys.sh'];

/** A keyring is a line NAME KEY for each entity here. */
const AUTHTOOL = `case $1 in
  --create-keyring) : >"$2" ;;
  *) case $2 in
      -p) awk -v name="$4" '$1 == name { print $2 }' "$1" | grep . ;;
      *) shift; printf '%s NEWKEY' "$3" >>"$OLDPWD/x" 2>/dev/null; echo "$3 NEWKEY $*" >>"$ROOT/made" ;;
    esac ;;
esac`;

/** The cluster takes the key GOOD of client.admin, and MON of mon. */
const CEPH = `while [ "$1" != -n ]; do shift; done
user=$2 store=$4
grep -q -x -e "client.admin GOOD" -e "mon. MON" "$store" || exit 1
for name; do :; done
[ "$name" != client.unknown ] || exit 2
echo "$name FROM-$user"`;

const keyHost = async (shell: (typeof SHELLS)[number]) => {
  const tools = await toolHost({ 'ceph-authtool': AUTHTOOL, ceph: CEPH }, FILES);
  const path = (name: string) => join(tools.host.root, name);
  return {
    ...tools,
    path,
    write: (name: string, text: string) => writeFileSync(path(name), text),
    on: (call: Script) => tools.run(shell, lines(sh`MONS=10.0.0.1`, call)),
  };
};

describe.each(SHELLS)('$name: the first keys', (shell) => {
  it('are there when the keyring has each of them', async () => {
    const { on, path, write } = await keyHost(shell);
    const check = sh`has_keys ${[path('keyring'), 'mon.', 'client.admin']}`;
    expect((await on(check)).code).toBe(1);
    write('keyring', 'mon. M\n');
    const { code, stdout } = await on(check);
    expect([code, stdout]).toEqual([1, `${path('keyring')} has no key of client.admin\n`]);
    write('keyring', 'mon. M\nclient.admin A\n');
    expect(await on(check)).toMatchObject({ code: 0, stdout: '' });
  });

  it('are good as long as nobody has another; then the cluster decides', async () => {
    const { on, path, write, calls } = await keyHost(shell);
    const check = sh`still_good ${[path('ours'), path('theirs')]}`;
    write('ours', 'client.admin OLD\n');
    expect((await on(check)).code).toBe(0);
    write('theirs', 'client.admin OLD\n');
    expect((await on(check)).code).toBe(0);
    expect((await calls()).filter((call) => call.startsWith('ceph '))).toEqual([]);
    write('theirs', 'client.admin GOOD\n');
    const { code, stdout } = await on(check);
    expect([code, stdout]).toEqual([
      1,
      `${path('theirs')} has another key of client.admin than ${path('ours')}\n`,
    ]);
    write('ours', 'client.admin GOOD\n');
    write('theirs', 'client.admin BAD\n');
    expect((await on(check)).code).toBe(0);
  });

  it('are taken from the living cluster by what opens it', async () => {
    const { on, path, write } = await keyHost(shell);
    const take = sh`take_keys ${[path('new'), path('old'), path('mon'), 'mon.', 'client.admin']}`;
    write('new', '');
    expect((await on(take)).code).toBe(1);
    write('old', 'client.admin BAD\n');
    write('mon', 'mon. MON\n');
    expect(await on(take)).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(readFileSync(path('new'), 'utf8')).toBe('mon. FROM-mon.\nclient.admin FROM-mon.\n');
    write('old', 'client.admin GOOD\n');
    await on(take);
    expect(readFileSync(path('new'), 'utf8')).toBe(
      'mon. FROM-client.admin\nclient.admin FROM-client.admin\n',
    );
  });

  it('are not taken when the cluster does not tell all of them', async () => {
    const { on, path, write } = await keyHost(shell);
    write('old', 'client.admin GOOD\n');
    write('mon', '');
    const take = sh`take_keys ${[path('new'), path('old'), path('mon'), 'mon.', 'client.unknown']}`;
    expect((await on(take)).code).toBe(1);
  });

  it('are asked of the monitors of the inventory, with limits', async () => {
    const { on, path, write, calls } = await keyHost(shell);
    write('old', 'client.admin GOOD\n');
    await on(sh`opens client.admin ${path('old')}`);
    expect((await calls()).filter((call) => call.startsWith('ceph '))).toEqual([
      `ceph --connect-timeout 10 -m 10.0.0.1 -n client.admin -k ${path('old')} auth get client.admin`,
    ]);
  });

  it('are made with their rights, in a private file', async () => {
    const { on, path, host } = await keyHost(shell);
    const keyring = path('deep/keyring');
    expect(
      await on(
        sh`new_keyring ${keyring} && make_key ${[keyring, 'client.admin', 'mon', 'allow *', 'osd', "it's"]}`,
      ),
    ).toMatchObject({ code: 0, stderr: '' });
    expect(statSync(keyring).mode & 0o777).toBe(0o600);
    expect(statSync(path('deep')).mode & 0o777).toBe(0o700);
    expect(readFileSync(join(host.root, 'made'), 'utf8')).toBe(
      "client.admin NEWKEY --gen-key -n client.admin --cap mon allow * --cap osd it's\n",
    );
    expect(existsSync(join(host.root, 'new'))).toBe(false);
  });
});
