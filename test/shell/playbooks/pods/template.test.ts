import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasProgram } from '../../../support/programs.js';

/** The text of a variable in single quotes. */
function variableOf(file: string, name: string): string {
  const text = readFileSync(new URL(`../../../../playbooks/${file}`, import.meta.url), 'utf8');
  return new RegExp(`^${name}='([^']*)'$`, 'm').exec(text)?.[1] ?? '';
}

/** A list as the API has it: the items do not say of what kind they are. */
function listOf(path: string, items: readonly object[]): object {
  const [{ kind, apiVersion }] = items as readonly [{ kind: string; apiVersion: string }];
  expect(path.toLowerCase()).toContain(kind.toLowerCase());
  return {
    kind: `${kind}List`,
    apiVersion,
    items: items.map((item) => ({ ...item, kind: undefined, apiVersion: undefined })),
  };
}

/** An API server that knows what it is given, and nothing else. */
async function apiServer(lists: Readonly<Record<string, readonly object[]>>): Promise<string> {
  const kinds = [
    ['persistentvolumeclaims', 'PersistentVolumeClaim', true],
    ['persistentvolumes', 'PersistentVolume', false],
  ] as const;
  const resource = (name: string, kind: string, namespaced: boolean): object => ({
    name,
    kind,
    namespaced,
    singularName: '',
    verbs: ['list', 'get'],
  });
  const answers: Readonly<Record<string, object>> = {
    '/api': { kind: 'APIVersions', versions: ['v1'] },
    '/apis': {
      kind: 'APIGroupList',
      apiVersion: 'v1',
      groups: [
        {
          name: 'storage.k8s.io',
          versions: [{ groupVersion: 'storage.k8s.io/v1', version: 'v1' }],
          preferredVersion: { groupVersion: 'storage.k8s.io/v1', version: 'v1' },
        },
      ],
    },
    '/api/v1': {
      kind: 'APIResourceList',
      groupVersion: 'v1',
      resources: kinds.map(([name, kind, namespaced]) => resource(name, kind, namespaced)),
    },
    '/apis/storage.k8s.io/v1': {
      kind: 'APIResourceList',
      groupVersion: 'storage.k8s.io/v1',
      resources: [resource('storageclasses', 'StorageClass', false)],
    },
    ...Object.fromEntries(Object.entries(lists).map(([path, items]) => [path, listOf(path, items)])),
  };
  const server: Server = createServer((request, response) => {
    const answer = answers[new URL(request.url ?? '', 'http://x').pathname];
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? {}));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function kubectl(server: string, ...words: readonly string[]): Promise<string> {
  const env = { PATH: process.env['PATH'], HOME: '/proc/none' };
  const { stdout } = await promisify(execFile)('kubectl', ['--server', server, ...words], { env });
  return stdout;
}

// Where there is no kubectl, only what the stand-ins print is tested.
describe.skipIf(!hasProgram('kubectl', 'version', '--client'))('the template of claims, with kubectl', () => {
  it('tell of claims, volumes and classes', async () => {
    const server = await apiServer({
      '/api/v1/persistentvolumeclaims': [
        {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: { namespace: 'default', name: 'log-pvc', creationTimestamp: '2017-12-05T10:00:00Z' },
          spec: {
            accessModes: ['ReadWriteMany', 'ReadOnlyMany'],
            resources: { requests: { storage: '1Gi' } },
            selector: { matchLabels: { type: 'log' } },
          },
          status: { phase: 'Pending' },
        },
      ],
      '/api/v1/persistentvolumes': [
        {
          apiVersion: 'v1',
          kind: 'PersistentVolume',
          metadata: { name: 'log-pv', labels: { type: 'log' } },
          spec: { accessModes: ['ReadWriteMany'], capacity: { storage: '2Gi' }, storageClassName: 'slow' },
          status: { phase: 'Available' },
        },
      ],
      '/apis/storage.k8s.io/v1/storageclasses': [
        {
          apiVersion: 'storage.k8s.io/v1',
          kind: 'StorageClass',
          metadata: { name: 'slow' },
          volumeBindingMode: 'Immediate',
        },
      ],
    });
    const told = await kubectl(
      server,
      'get',
      'persistentvolumeclaims,persistentvolumes,storageclasses',
      '--all-namespaces',
      '-o',
      `go-template=${variableOf('harbor/probes.sh', 'CLAIM_TEMPLATE')}`,
    );
    expect(told).toBe(
      [
        'claim\tdefault/log-pvc\tPending\t2017-12-05T10:00:00Z\t\tReadWriteMany ReadOnlyMany \t1Gi\t',
        'wants\ttype\tlog',
        'volume\tlog-pv\tAvailable\tslow\tReadWriteMany \t2Gi\t',
        'label\ttype\tlog',
        'class\tslow\tImmediate',
        '',
      ].join('\n'),
    );
  });
});
