import { describe, expect, it } from 'vitest';
import { clusterFsids, oneCluster } from '../../../../playbooks/ceph/found.js';
import { catalogue } from '../../../../src/pitfalls/catalogue.js';
import { matchPitfall } from '../../../../src/pitfalls/match.js';
import { aHost } from '../fixtures.js';
import { cephContextOf } from './context.js';

const OURS = 'a84ac16d-e03a-4696-b223-e0041022700b';
const OTHER = '11111111-2222-3333-4444-555555555555';
const HOSTS = ['node1', 'node2', 'node3'].map((name, index) => ({
  ...aHost(name, `10.0.0.1${index}`, ['mon', 'osd']),
  osds: ['/var/local/osd0'],
}));

/** What each host is told; nothing where all is well. `found` are the lines that hosts have told of themselves. */
function toldTo(found: Readonly<Record<string, readonly string[]>>): readonly string[] {
  const context = {
    ...cephContextOf({ hosts: HOSTS }),
    outputs: new Map(
      Object.entries(found).map(([host, lines]) => [host, new Map([['ceph-found', lines.join('\n')]])]),
    ),
  };
  return HOSTS.map((host) => {
    const { source } = oneCluster(host, context, context.members).check;
    return source.includes('cannot') ? source : '';
  });
}

const member = (conf: string, osd = OURS): readonly string[] => [
  `conf ${conf}`,
  'mon',
  `osd /var/local/osd0 ${osd}`,
];

describe('traces of clusters on hosts', () => {
  it('of one cluster, or of none, are no reason to refuse', () => {
    expect(toldTo({ node1: member(OURS), node2: member(OURS), node3: member(OURS) })).toEqual(['', '', '']);
    expect(toldTo({})).toEqual(['', '', '']);
  });

  it('of another one are refused where they are', () => {
    const [first, second, third] = toldTo({ node1: member(OURS), node2: [`osd /var/local/osd0 ${OTHER}`] });
    expect([first, third]).toEqual(['', '']);
    expect(second).toContain(`/var/local/osd0 has the fsid ${OTHER}`);
    expect(second).toContain('provision reset --stage ceph --host node2');
  });

  it('where a monitor disagrees with all others, its host alone is named, and the line to mend', () => {
    const texts = toldTo({ node1: member(OURS), node2: member(OTHER), node3: member(OURS) });
    expect(new Set(texts).size).toBe(1);
    const [text = ''] = texts;
    expect(text).toContain(`node2: /etc/ceph/ceph.conf has the fsid ${OTHER}. All else has ${OURS}.`);
    expect(text).toContain(`mend it there: fsid = ${OURS}.`);
    expect(text.match(/--host \w+/g)).toEqual(['--host node2']);
    expect(matchPitfall([text], catalogue)?.id).toBe('ceph-leftovers');
  });

  it('where nothing tells which one is right, both are named', () => {
    const [text = ''] = toldTo({ node1: [`conf ${OURS}`, 'mon'], node2: [`conf ${OTHER}`, 'mon'] });
    expect(text).toContain(`node1: /etc/ceph/ceph.conf has the fsid ${OURS}. node2: `);
    expect(text).toContain('Nothing tells which is right.');
    expect(text).not.toContain('--host node');
  });

  it('are those of the admin host and of monitors, each once', () => {
    const context = cephContextOf({ hosts: HOSTS });
    const outputs = new Map([
      ['node1', new Map([['ceph-found', `conf ${OURS}`]])],
      ['node2', new Map([['ceph-found', `conf ${OTHER}`]])],
      ['node3', new Map([['ceph-found', `conf ${OURS}\nmon`]])],
    ]);
    expect(clusterFsids({ ...context, outputs }, context.members)).toEqual([OURS]);
  });
});
