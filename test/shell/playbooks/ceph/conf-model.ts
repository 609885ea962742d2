/** What Ceph reads in a ceph.conf, as far as it matters here: a second opinion for conf.awk. */
export interface ConfModel {
  /** Of [global], by key as Ceph knows it, in the order of the file. */
  readonly global: ReadonlyMap<string, string>;
  /** Lines that hold neither a setting of [global] nor nothing. */
  readonly rest: readonly string[];
}

/** Blanks, underscores and hyphens are the same. */
export function plainKey(key: string): string {
  return key
    .toLowerCase()
    .split(/[ \t_-]+/)
    .filter((word) => word !== '')
    .join('_');
}

export function readConf(text: string): ConfModel {
  const global = new Map<string, string>();
  const rest: string[] = [];
  let section = 'global';
  for (const line of joined(text)) {
    const [, name] = /^[ \t]*\[[ \t]*(.*?)[ \t]*\]/.exec(line) ?? [];
    const setting = /^[ \t]*([^#;[=]*)=(.*)$/.exec(line);
    if (name !== undefined) section = name;
    if (section === 'global' && name === undefined && setting !== null && plainKey(setting[1] ?? '') !== '') {
      global.set(plainKey(setting[1] ?? ''), valueIn(setting[2] ?? ''));
    } else if (line.trim() !== '') rest.push(line);
  }
  return { global, rest };
}

/** Lines that go on in the next one are one. */
function joined(text: string): readonly string[] {
  return text.replaceAll(/\\(\n|$)/g, '').split('\n');
}

/** Up to a comment; behind a backslash there is none. */
function valueIn(text: string): string {
  const [value = ''] = /^(?:\\[#;]|[^#;])*/.exec(text) ?? [];
  return value.replaceAll(/\\([#;])/g, '$1').replaceAll(/^[ \t]+|[ \t]+$/g, '');
}
