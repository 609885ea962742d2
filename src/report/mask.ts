import { ProvisionError } from '../errors.js';

/** Stands where a secret was. */
const MASK = '********';

/** Shorter values would mask half of every text; the inventory refuses such secrets nowhere, so they are shown. */
const SHORTEST = 4;

/** Hides secret values wherever text goes out, also in the forms that they take in JSON, base64 and addresses. */
export class Masker {
  /** Longest first, so that a secret that contains another is hidden whole. */
  #values: readonly string[] = [];

  constructor(secrets: readonly string[] = []) {
    for (const secret of secrets) this.add(secret);
  }

  /** From here on this value is hidden too. */
  add(secret: string): void {
    const forms = [secret, ...secret.split(/\r?\n/)].map((text) => text.trim()).flatMap(formsOf);
    const all = new Set([...this.#values, ...forms.filter((form) => form.length >= SHORTEST)]);
    this.#values = [...all].sort((a, b) => b.length - a.length);
  }

  mask(text: string): string {
    return this.#values.reduce((masked, value) => masked.replaceAll(value, MASK), text);
  }

  /** Every text in a value that will be written as JSON. */
  maskAll<Value>(value: Value): Value {
    if (this.#values.length === 0) return value;
    if (typeof value === 'string') return this.mask(value) as Value;
    if (Array.isArray(value)) return value.map((each: unknown) => this.maskAll(each)) as Value;
    if (value instanceof ProvisionError) return this.#maskError(value) as Value;
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, this.maskAll(each)])) as Value;
  }

  #maskError(error: ProvisionError): ProvisionError {
    const { code, host, exitCode } = error;
    const hint = error.hint === undefined ? undefined : this.mask(error.hint);
    return new ProvisionError(code, this.mask(error.message), { hint, host, exitCode });
  }
}

function formsOf(secret: string): string[] {
  if (secret.length < SHORTEST) return [];
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64'),
  ];
}
