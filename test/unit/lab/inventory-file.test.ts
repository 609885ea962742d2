import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadInventory } from '../../../src/inventory/load.js';
import { writeInventory } from '../../../src/lab/inventory-file.js';
import type { Lab } from '../../../src/lab/model.js';

const LAB: Lab = {
  name: 'try',
  suite: 'bookworm',
  image: '/var/cache/provision-lab/bookworm-0',
  network: { number: 3, bridge: 'plab3', gateway: '10.77.3.1', mtu: 1400 },
  hosts: [
    {
      name: 'node1',
      address: '10.77.3.11',
      machine: 'plab3-1',
      roles: ['control-plane', 'worker', 'mon', 'mgr', 'osd', 'mds'],
      hostKey: 'SHA256:BHRasVboUp9fQ7Y3lXHA5gbTckiqD30UmTS+Gks/47A',
    },
    {
      name: 'node2',
      address: '10.77.3.12',
      machine: 'plab3-2',
      roles: ['worker', 'osd'],
      hostKey: 'SHA256:aCglO1Hy/YvGxyMtLg+ZlZe41PxRodVpJHbsav4Vh3Y',
    },
  ],
  kubernetes: { folder: '/var/cache/provision-lab/kubernetes-0', version: '1.20.2' },
  lockedPassword: 'secret',
};

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'provision-lab-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('writeInventory', () => {
  it('writes an inventory that the program understands', async () => {
    const path = await writeInventory(LAB, join(folder, 'lab.yaml'));
    const inventory = await loadInventory(path, { env: {} });
    expect(inventory.cluster).toBe('try');
    expect(inventory.time.servers).toEqual(['10.77.3.1']);
    expect(inventory.docker.cgroupDriver).toBe('cgroupfs');
    expect(
      inventory.hosts.map(({ name, address, roles, ssh }) => [
        name,
        address,
        roles,
        ssh.user,
        ssh.identityFile,
        ssh.hostKey,
      ]),
    ).toEqual(
      LAB.hosts.map(({ name, address, roles, hostKey }) => [
        name,
        address,
        roles,
        'root',
        '/var/lib/provision-lab/try/id_ed25519',
        hostKey,
      ]),
    );
  });

  it.each([
    ['bullseye', 'ceph-deploy'],
    ['bookworm', 'ceph-deploy'],
    ['trixie', 'packages'],
  ])('has Ceph installed on %s by what can: %s', async (suite, installer) => {
    const path = await writeInventory({ ...LAB, suite }, join(folder, 'lab.yaml'));
    const { ceph } = await loadInventory(path, { env: {} });
    expect(ceph.installer).toBe(installer);
    expect(ceph.blockSize).toBe('3G');
  });

  it('replaces the inventory of a lab, and nothing else', async () => {
    const own = join(folder, 'own.yaml');
    await writeInventory(LAB, own);
    await writeInventory({ ...LAB, name: 'again' }, own);
    expect(await readFile(own, 'utf8')).toContain('cluster: again');
    const foreign = join(folder, 'inventory.yaml');
    await writeFile(foreign, 'cluster: precious\n');
    await expect(writeInventory(LAB, foreign)).rejects.toMatchObject({ code: 'LAB_INVENTORY' });
    expect(await readFile(foreign, 'utf8')).toBe('cluster: precious\n');
  });

  it('holds no secret', async () => {
    expect(await readFile(await writeInventory(LAB, join(folder, 'lab.yaml')), 'utf8')).not.toContain(
      'secret',
    );
  });
});
