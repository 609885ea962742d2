import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectDone, expectNothingToDo } from '../ceph-lab.js';
import { CLUSTER_WELL, KUBECTL, type KubeLab, kubeLab } from '../kube-lab.js';
import { provisionJson } from '../provision.js';
import { until } from '../until.js';

describe('three control planes', () => {
  let lab: KubeLab;

  beforeAll(async () => {
    lab = await kubeLab({
      name: 'kube-ha',
      hosts: 3,
      upTo: CLUSTER_WELL,
      change: ({ hosts }) => {
        for (const host of Object.values(hosts)) host.roles = ['control-plane', 'worker'];
      },
    });
  });

  afterAll(async () => {
    await lab.destroy();
  });

  /** The API tells of the pods of a host that was off as they were, until its kubelet is back. */
  const untilStartedSince = (since: string): Promise<void> =>
    until('the pods of node1 started again', 240, async () => {
      const started = await lab.said(
        'node2',
        `${KUBECTL} get pods -A --field-selector spec.nodeName=node1 -o jsonpath='{range .items[*]}{.status.containerStatuses[0].state.running.startedAt}{"\\n"}{end}'`,
      );
      const times = started.split('\n').filter((line) => /^\d{4}-/.test(line));
      return times.length >= 5 && times.every((time) => time >= since);
    });

  it('have a member of etcd each', async () => {
    const pods = await lab.kubectl('-n kube-system get pods -l component=etcd -o name');
    expect(pods.trim().split('\n')).toHaveLength(3);
    expectNothingToDo(await lab.upAgain());
  });

  it('answer while one of them is off, the first included; it returns, and up changes nothing', async () => {
    await lab.powerOff('node1');
    await until('the API answers on node2', 120, async () =>
      (await lab.said('node2', `${KUBECTL} get nodes --no-headers`)).includes('node2'),
    );
    const made = await lab.said('node3', `${KUBECTL} create configmap written --from-literal=by=node3`);
    expect(made).toContain('created');
    const since = (await lab.on('node2', 'date -u +%FT%TZ')).trim();
    await lab.powerOn('node1');
    await untilStartedSince(since);
    await lab.untilWell();
    expectNothingToDo(await lab.upAgain());
    expect(await lab.kubectl('get configmap written -o jsonpath={.data.by}')).toBe('node3');
  });

  it('take up an argument that the inventory gains, one after the other', async () => {
    await lab.write('more.yaml', ({ kubernetes }) => {
      kubernetes['extraArgs'] = { apiServer: { 'event-ttl': '2h' } };
    });
    expectDone(await lab.up('more.yaml'));
    for (const host of lab.hosts) {
      const command = await lab.on(host, 'tr "\\0" "\\n" <"/proc/$(pgrep -o kube-apiserver)/cmdline"');
      expect(command).toContain('--event-ttl=2h');
    }
    expectNothingToDo(await provisionJson(lab.folder, ['plan', 'more.yaml', '--stage', 'kubernetes']));
  });
});
