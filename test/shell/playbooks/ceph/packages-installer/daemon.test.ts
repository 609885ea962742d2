import { describe, expect, it } from 'vitest';
import { lines, type Script, sh } from '../../../../../src/shell/script.js';
import { type ScriptSettings, SHELLS } from '../../../run-task.js';
import { toolHost } from './tools.js';

const FILES = ['cli.sh', 'ask.sh', 'packages-installer/daemon.sh'];

const ENTITIES = {
  auth_dump: [
    { entity: 'mds.node1', key: 'MDSKEY', caps: { mds: 'allow', mon: 'profile mds', osd: 'allow rwx' } },
    { entity: 'mgr.node1', key: 'MGRKEY', caps: { mon: 'allow profile mgr' } },
    { entity: 'mgr.bare', key: 'BAREKEY', caps: {} },
  ],
};

describe.each(SHELLS)('$name: the keys of daemons', (shell) => {
  const asking = async (wanted: readonly string[], call: Script, settings: ScriptSettings = {}) => {
    const tools = await toolHost({ ceph: 'exit 0' }, FILES);
    const script = lines(
      sh`can_ask() { :; }
ANSWER=${JSON.stringify(ENTITIES)}
WANTED=${JSON.stringify(wanted)}`,
      call,
    );
    return { ...(await tools.run(shell, script, settings)), calls: await tools.calls() };
  };

  it('are there whatever rights somebody has given them', async () => {
    expect(await asking(['mgr.node1', 'mds.node1'], sh`judge_entities`)).toMatchObject({
      code: 0,
      stdout: '',
    });
    const { code, stdout } = await asking(['mgr.node2', 'mgr.bare', 'mgr.node1'], sh`judge_entities`);
    expect([code, stdout]).toEqual([
      1,
      'the cluster has no key for mgr.node2\nmgr.bare has no rights in the cluster\n',
    ]);
  });

  it('are told in the order in which they are wanted', async () => {
    const { stdout } = await asking(['mgr.node1', 'mds.node1'], sh`tell_keys`);
    expect(stdout).toBe('MGRKEY\nMDSKEY\n');
  });

  it('are made for those who have none, and rights for those who have none', async () => {
    const caps = ['mon', 'allow profile mgr', 'osd', 'allow *'];
    const made = ({ calls }: { readonly calls: readonly string[] }) =>
      calls.filter((call) => call.startsWith('ceph '));
    expect(made(await asking([], sh`register ${['mgr.node1', ...caps]}`))).toEqual([]);
    for (const name of ['mgr.node2', 'mgr.bare']) {
      expect(made(await asking([], sh`register ${[name, ...caps]}`))).toEqual([
        `ceph --connect-timeout 10 auth get-or-create ${name}`,
        `ceph --connect-timeout 10 auth caps ${name} mon allow profile mgr osd allow *`,
      ]);
    }
  });

  it('are not asked for while the monitors have no quorum', async () => {
    const { code, stdout, calls } = await asking([], sh`ask_entities ls`, {
      mode: 'look',
      pending: ['ceph-quorum'],
    });
    expect([code, stdout]).toEqual([1, 'the monitors have no quorum yet\n']);
    expect(calls).toEqual([]);
  });
});
