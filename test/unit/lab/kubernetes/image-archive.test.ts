import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { archiveLayout, layerOf, writeArchive } from '../../../../src/lab/kubernetes/image-archive.js';
import { runLocal } from '../../../../src/lab/local.js';

const IMAGE = {
  names: ['registry.example/kube-proxy:v1.20.2', 'proxy:latest'],
  architecture: 'amd64',
  layers: [
    { file: '/layers/base.tar', sha256: 'aa' },
    { file: '/layers/proxy.tar', sha256: 'bb' },
  ],
  entrypoint: ['/kube-proxy'],
  command: ['--v=2'],
};

interface Config {
  readonly architecture: string;
  readonly os: string;
  readonly config: Record<string, unknown>;
  readonly rootfs: unknown;
  readonly history: unknown[];
}

function configOf(image: Parameters<typeof archiveLayout>[0]): Config {
  const { texts } = archiveLayout(image);
  const [manifest] = JSON.parse(texts.get('manifest.json') ?? '[]');
  return JSON.parse(texts.get(manifest.Config) ?? '{}');
}

describe('archiveLayout', () => {
  it('has a manifest that names the configuration, the names and the layers from the lowest', () => {
    const { texts, layers } = archiveLayout(IMAGE);
    const [manifest, ...more] = JSON.parse(texts.get('manifest.json') ?? '[]');
    expect(more).toEqual([]);
    expect(manifest).toEqual({
      Config: expect.stringMatching(/^[0-9a-f]{64}\.json$/),
      RepoTags: IMAGE.names,
      Layers: ['aa/layer.tar', 'bb/layer.tar'],
    });
    expect([...layers]).toEqual([
      ['aa/layer.tar', '/layers/base.tar'],
      ['bb/layer.tar', '/layers/proxy.tar'],
    ]);
  });

  it('names the configuration by its hash, which is the identity of the image', () => {
    const { texts } = archiveLayout(IMAGE);
    const [name, text] = [...texts].find(([path]) => path !== 'manifest.json') ?? ['', ''];
    expect(name).toBe(`${createHash('sha256').update(text).digest('hex')}.json`);
  });

  it('tells the runtime what to start and which layers to check', () => {
    const config = configOf(IMAGE);
    expect(config).toMatchObject({ architecture: 'amd64', os: 'linux' });
    expect(config.rootfs).toEqual({ type: 'layers', diff_ids: ['sha256:aa', 'sha256:bb'] });
    expect(config.history).toHaveLength(2);
    expect(config.config).toMatchObject({ Entrypoint: ['/kube-proxy'], Cmd: ['--v=2'] });
  });

  it('leaves out what is not told to start', () => {
    const { entrypoint: _entrypoint, command: _command, ...plain } = IMAGE;
    expect(Object.keys(configOf(plain).config)).toEqual(['Env', 'WorkingDir']);
  });

  it('is the same for the same image', () => {
    expect(archiveLayout(IMAGE)).toEqual(archiveLayout({ ...IMAGE }));
  });
});

describe('writeArchive', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'archive-'));
  });
  afterEach(async () => rm(folder, { recursive: true }));

  it('writes a tar archive whose layers are those on disk, and leaves nothing else', async () => {
    const file = join(folder, 'base.tar');
    await writeFile(file, 'not really a layer');
    const layer = await layerOf(file);
    const archive = join(folder, 'image.tar');
    await writeArchive({ ...IMAGE, layers: [layer] }, join(folder, 'parts'), archive);

    const listed = await runLocal(['tar', '--list', '--file', archive]);
    expect(listed.stdout.trim().split('\n')).toEqual([
      'manifest.json',
      expect.stringMatching(/^[0-9a-f]{64}\.json$/),
      `${layer.sha256}/layer.tar`,
    ]);
    const content = await runLocal([
      'tar',
      '--extract',
      '--to-stdout',
      '--file',
      archive,
      `${layer.sha256}/layer.tar`,
    ]);
    expect(content.stdout).toBe('not really a layer');
    expect(createHash('sha256').update(content.stdout).digest('hex')).toBe(layer.sha256);
    await expect(stat(join(folder, 'parts'))).rejects.toThrow('ENOENT');
    expect(await readFile(file, 'utf8')).toBe('not really a layer');
  });
});
