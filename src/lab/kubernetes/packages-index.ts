/** A package in the index of an apt repository. */
export interface IndexedPackage {
  readonly name: string;
  readonly version: string;
  /** Path below the repository's folder. */
  readonly file: string;
  readonly sha256: string;
}

/** Reads a `Packages` file; paragraphs that lack one of the fields are left out. */
export function parsePackages(text: string): IndexedPackage[] {
  return text.split(/\n{2,}/).flatMap((paragraph) => {
    const fields = fieldsOf(paragraph);
    const [name, version, file, sha256] = ['package', 'version', 'filename', 'sha256'].map((field) =>
      fields.get(field),
    );
    if (!name || !version || !file || !sha256) return [];
    return [{ name, version, file: file.replace(/^\.\//, ''), sha256 }];
  });
}

/** The fields of a paragraph by their name in lower case; lines that continue one are part of it. */
function fieldsOf(paragraph: string): Map<string, string> {
  const fields = new Map<string, string>();
  const whole = paragraph.replaceAll(/\n[ \t]+/g, ' ');
  for (const line of whole.split('\n')) {
    const [, name, value] = /^([\w-]+):\s*(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) fields.set(name.toLowerCase(), value.trim());
  }
  return fields;
}
