import { ProvisionError } from '../errors.js';
import { quote } from '../shell/quote.js';

/** Stands where a secret was. */
const MASK = '********';

/** Shorter values would mask parts of ordinary words everywhere; they are shown. */
const SHORTEST = 4;

/** Hides secret values wherever text goes out, also in the forms that they take in JSON, base64, addresses and shells. */
export class Masker {
  /** Longest first, so that a secret that contains another is hidden whole. */
  #values: readonly string[] = [];

  constructor(secrets: readonly string[] = []) {
    for (const secret of secrets) this.add(secret);
  }

  /** From here on this value is hidden too; a value of several lines also line by line. */
  add(secret: string): void {
    const texts = [secret, ...secret.split(/\r?\n/)].map((text) => text.trim());
    const forms = texts.filter((text) => text.length >= SHORTEST).flatMap(formsOf);
    const all = new Set([...this.#values, ...forms.filter((form) => form.length >= SHORTEST)]);
    this.#values = [...all].sort((a, b) => b.length - a.length);
  }

  mask(text: string): string {
    return this.#values.reduce((masked, value) => masked.replaceAll(value, MASK), text);
  }

  /** The same for a text that may be missing. */
  maskMaybe(text: string | undefined): string | undefined {
    return text === undefined ? undefined : this.mask(text);
  }

  /** The error without its cause, which may hold anything. */
  maskError({ code, message, hint, host, exitCode }: ProvisionError): ProvisionError {
    return new ProvisionError(code, this.mask(message), { hint: this.maskMaybe(hint), host, exitCode });
  }
}

function formsOf(secret: string): string[] {
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    quote(secret.replaceAll('\0', '')).replace(/^'(.*)'$/s, '$1'),
    ...percentForms(secret),
    ...base64Forms(Buffer.from(secret)),
  ];
}

/** As in an address, strictly and loosely escaped, in a form, and with small hexadecimal digits. */
function percentForms(secret: string): string[] {
  const loose = encodeURIComponent(secret.toWellFormed());
  const strict = loose.replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  const forms = [loose, strict, new URLSearchParams([['', secret]]).toString().slice(1)];
  return [...forms, ...forms.map((form) => form.replaceAll(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase()))];
}

/**
 * Alone, and inside something longer such as `user:password`: there the secret begins at any of three places in a group
 * of three bytes, and the characters at its ends are shared with its neighbours and left.
 */
function base64Forms(secret: Buffer): string[] {
  const inside = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), secret]).toString('base64');
    const first = Math.ceil((offset * 8) / 6);
    return text.slice(first, Math.floor(((offset + secret.length) * 8) / 6));
  });
  const forms = [secret.toString('base64'), ...inside];
  return [...forms, ...forms.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))];
}
