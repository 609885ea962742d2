import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CephLab, cephLab, expectDone, expectNothingToDo, PACKAGES_INSTALLED } from '../ceph-lab.js';
import { clusterState, differences } from '../ceph-state.js';

const OTHER = 'packages.yaml';

describe('the two ways to install Ceph', () => {
  let lab: CephLab;
  let deployed: string[];
  let installed: string[];

  beforeAll(async () => {
    lab = await cephLab({
      name: 'ceph-installers',
      hosts: 3,
      upTo: PACKAGES_INSTALLED,
      change: ({ ceph }) => {
        ceph['operatorsGroup'] = 'storage';
        ceph['pools'] = { kube: {} };
        ceph['images'] = { 'kube/registry': { size: '64M' } };
        ceph['clients'] = { kube: { pools: ['kube'] }, harbor: { path: '/apps/harbor' } };
      },
    });
    await lab.write(OTHER, ({ ceph }) => (ceph['installer'] = 'packages'));
  });

  afterAll(async () => {
    await lab.destroy();
  });

  it('ceph-deploy makes a healthy cluster', async () => {
    expectDone(await lab.up());
    expectNothingToDo(await lab.up());
    await lab.untilHealthy(30);
    deployed = await clusterState(lab);
    expect(deployed.length).toBeGreaterThan(100);
  });

  it('so do the commands of Ceph itself', async () => {
    await lab.restore(PACKAGES_INSTALLED);
    expectDone(await lab.up(OTHER));
    expectNothingToDo(await lab.up(OTHER));
    await lab.untilHealthy(30);
    installed = await clusterState(lab);
  });

  it('in the same state: settings, rights, tree, pools, units, files', () => {
    expect(differences(deployed, installed)).toEqual([]);
  });

  it('and ceph-deploy takes up the cluster that the commands have made, with its fsid', async () => {
    const before = await lab.ask<{ fsid: string }>('fsid');
    expectDone(await lab.up());
    expectNothingToDo(await lab.up());
    await lab.untilHealthy(30);
    expect(await lab.ask('fsid')).toEqual(before);
    expect(differences(installed, await clusterState(lab))).toEqual([]);
  });

  it('and the other way round', async () => {
    expectDone(await lab.up(OTHER));
    expectNothingToDo(await lab.up(OTHER));
    await lab.untilHealthy(30);
  });
});
