import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { runLocal } from '../local.js';

/** The time that images carry as that of their creation: that of the release of Kubernetes. */
const CREATED = '2021-01-13T13:28:09Z';

const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** A layer: a tar archive, and the SHA-256 of it in hexadecimal digits. */
export interface Layer {
  readonly file: string;
  readonly sha256: string;
}

export interface Image {
  readonly names: readonly string[];
  readonly architecture: string;
  /** From the lowest to the highest. */
  readonly layers: readonly Layer[];
  readonly entrypoint?: readonly string[] | undefined;
  readonly command?: readonly string[] | undefined;
}

/** What is in an archive that `docker load` and `ctr images import` take: texts, and layers by the path in it. */
export interface ArchiveLayout {
  readonly texts: ReadonlyMap<string, string>;
  readonly layers: ReadonlyMap<string, string>;
}

/** Lays out the archive of an image, as `docker save` does since Docker 1.10. */
export function archiveLayout(image: Image): ArchiveLayout {
  const config = configText(image);
  const configPath = `${sha256(config)}.json`;
  const paths = image.layers.map((layer) => `${layer.sha256}/layer.tar`);
  const manifest = [{ Config: configPath, RepoTags: image.names, Layers: paths }];
  return {
    texts: new Map([
      ['manifest.json', JSON.stringify(manifest)],
      [configPath, config],
    ]),
    layers: new Map(image.layers.map((layer) => [`${layer.sha256}/layer.tar`, layer.file])),
  };
}

function configText({ architecture, entrypoint, command, layers }: Image): string {
  return JSON.stringify({
    architecture,
    os: 'linux',
    created: CREATED,
    config: {
      Env: [PATH],
      ...(entrypoint && { Entrypoint: entrypoint }),
      ...(command && { Cmd: command }),
      WorkingDir: '/',
    },
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => `sha256:${layer.sha256}`) },
    history: layers.map(() => ({ created: CREATED, created_by: 'provision lab' })),
  });
}

/** Writes the archive of an image. `folder` takes its parts for the time being, on the file system of the layers. */
export async function writeArchive(image: Image, folder: string, archive: string): Promise<void> {
  const layout = archiveLayout(image);
  for (const [path, text] of layout.texts)
    await writeInto(join(folder, path), (file) => writeFile(file, text));
  for (const [path, layer] of layout.layers) await writeInto(join(folder, path), (file) => link(layer, file));
  const fixed = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--mtime=@0'];
  const names = [...layout.texts.keys(), ...layout.layers.keys()];
  await runLocal(['tar', '--create', '--file', archive, '--directory', folder, ...fixed, '--', ...names]);
  await rm(folder, { recursive: true });
}

/** A layer on disk. */
export async function layerOf(file: string): Promise<Layer> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return { file, sha256: hash.digest('hex') };
}

async function writeInto(file: string, write: (file: string) => Promise<void>): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await write(file);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
