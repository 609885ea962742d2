import { parse, stringify } from 'yaml';

export type Value = string | number | boolean | null | readonly Value[] | Values;
/** Keys in the order in which they are written; those without a value are left out. */
export type Values = { readonly [key: string]: Value | undefined };

/** Documents of one file. Go reads YAML 1.1, in which `yes` and `1:30` are no strings. */
export function yamlDocuments(documents: readonly Values[]): string {
  return documents.map((document) => stringify(document, { version: '1.1', lineWidth: 0 })).join('---\n');
}

/** Of these, the keys are signals with a dot in them (kubelet.config.k8s.io). */
const MAPS_OF_SIGNALS = ['evictionHard', 'evictionSoft', 'evictionSoftGracePeriod', 'evictionMinimumReclaim'];

/** `conntrack.min: 0` is {conntrack: {min: 0}}: a dot in a key leads into an object, and a value has the type that YAML sees in it. */
export function nested(settings: ReadonlyMap<string, string>): Values {
  const root: Record<string, Value> = {};
  for (const [key, text] of settings) put(root, pathOf(key), scalar(key, text));
  return root;
}

/** The second over the first, object by object. */
export function merged(first: Values, second: Values): Values {
  const both: Record<string, Value | undefined> = { ...first };
  for (const [key, value] of Object.entries(second)) {
    const old = both[key];
    both[key] = isObject(old) && isObject(value) ? merged(old, value) : value;
  }
  return both;
}

function pathOf(key: string): readonly string[] {
  const map = MAPS_OF_SIGNALS.find((each) => key.startsWith(`${each}.`));
  return map === undefined ? key.split('.') : [map, key.slice(map.length + 1)];
}

function put(root: Record<string, Value>, [first = '', ...rest]: readonly string[], value: Value): void {
  if (rest.length === 0) {
    root[first] = value;
    return;
  }
  const old = root[first];
  const inner: Record<string, Value> = isObject(old) ? { ...(old as Record<string, Value>) } : {};
  put(inner, rest, value);
  root[first] = inner;
}

/** A signal's threshold is a string though it may look like a number. */
function scalar(key: string, text: string): Value {
  if (pathOf(key)[0] !== undefined && MAPS_OF_SIGNALS.includes(pathOf(key)[0] ?? '')) return text;
  try {
    return (parse(text) as Value | undefined) ?? text;
  } catch {
    return text;
  }
}

function isObject(value: Value | undefined): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
