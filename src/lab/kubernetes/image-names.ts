/** Which archive holds an image, by the image's name: the file `index.txt` among the archives. */
export type ImageIndex = ReadonlyMap<string, string>;

/** Those of the names whose last part, without the tag, is that of an image: `registry/a/etcd:3.4.13-0` is etcd's. */
export function namesOf(image: string, names: readonly string[]): string[] {
  return names.filter((name) => name.replace(/^.*\//, '').replace(/:.*$/, '') === image);
}

/** Lines `NAME FILE`. */
export function indexText(index: ImageIndex): string {
  return [...index].map(([name, file]) => `${name} ${file}\n`).join('');
}

/** Reads what `indexText` wrote. */
export function parseIndex(text: string): ImageIndex {
  return new Map(
    lines(text).flatMap((line) => {
      const [name, file] = line.split(' ');
      return name && file ? [[name, file] as const] : [];
    }),
  );
}

/** The lines of a text that are not empty. */
export function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
