/**
 * The small language in which schema.ts describes the inventory file. The reader, the JSON Schema, the reference page
 * and the TypeScript types are all made from the same description.
 */

/** What is wrong with a text, in pieces that the report puts together. */
export interface Complaint {
  /** Continues "X is not a host name: …". */
  readonly because?: string | undefined;
  /** The valid text that was probably meant. */
  readonly nearest?: string | undefined;
  /** The reason behind the rule, as sentences. */
  readonly why?: string | undefined;
}

/** A form of text: what it is called, what it allows, how to check it. */
export interface Format {
  /** With its article: "a host name". */
  readonly name: string;
  /** What is allowed, for people. */
  readonly allowed: string;
  /** For JSON Schema; may accept more than `check` does, never less. */
  readonly pattern?: string | undefined;
  readonly examples: readonly string[];
  readonly check: (text: string) => Complaint | undefined;
  /** True when the text may have several lines. */
  readonly severalLines?: boolean | undefined;
  /** True when there may be no text: `""`. */
  readonly mayBeEmpty?: boolean | undefined;
  /** Applied to a valid text. */
  readonly normalize?: ((text: string) => string) | undefined;
  /** Why a list is refused where one text is expected. */
  readonly whyNotList?: string | undefined;
}

/** Carries a type for `ValueOf`; never holds a value. */
interface Typed<T> {
  readonly type?: T;
}

export interface TextKind extends Typed<string> {
  readonly kind: 'text';
  readonly format: Format;
  readonly secret: boolean;
}

export interface NumberKind extends Typed<number> {
  readonly kind: 'number';
  readonly integer: boolean;
  readonly minimum: number;
  readonly maximum: number;
  /** For example "seconds". */
  readonly unit?: string | undefined;
}

export interface ChoiceKind<T extends string = string> extends Typed<T> {
  readonly kind: 'choice';
  readonly values: readonly T[];
}

/** true or false. */
export interface FlagKind extends Typed<boolean> {
  readonly kind: 'flag';
}

export interface ListKind<T = unknown> extends Typed<readonly T[]> {
  readonly kind: 'list';
  readonly items: Kind;
  /** The list may also be one text whose items are separated by commas. */
  readonly commaSeparated: boolean;
}

export interface ObjectKind<T = unknown> extends Typed<T> {
  readonly kind: 'object';
  readonly fields: Readonly<Record<string, Field>>;
}

export interface MapKind<T = unknown> extends Typed<ReadonlyMap<string, T>> {
  readonly kind: 'map';
  readonly keys: Format;
  readonly values: Kind;
  /** Stands for a key in paths: "NAME". */
  readonly placeholder: string;
}

/** A single value. */
export type ScalarKind = TextKind | NumberKind | ChoiceKind | FlagKind;
export type Kind = ScalarKind | ListKind | ObjectKind | MapKind;

/** A key of an object. */
export interface Field<T = unknown> extends Typed<T> {
  readonly of: Kind;
  readonly description: string;
  readonly required: boolean;
  /** What the program uses when the key is absent. */
  readonly fallback?: unknown;
  /** True when the reader fills the fallback in; false when a later step does, because other places may set the value. */
  readonly filled: boolean;
  /** What an absent key means, where it is not a plain value. */
  readonly absent?: string | undefined;
}

export type ValueOf<F> = F extends Typed<infer T> ? T : never;
type Fields = Readonly<Record<string, Field>>;
type ObjectOf<F extends Fields> = { readonly [Name in keyof F]: ValueOf<F[Name]> };

export function text(format: Format): TextKind {
  return { kind: 'text', format, secret: false };
}

/** A text that is masked wherever text goes out. */
export function secret(format: Format): TextKind {
  return { kind: 'text', format, secret: true };
}

export function wholeNumber(minimum: number, maximum: number, unit?: string): NumberKind {
  return { kind: 'number', integer: true, minimum, maximum, unit };
}

export function number(minimum: number, maximum: number, unit?: string): NumberKind {
  return { kind: 'number', integer: false, minimum, maximum, unit };
}

export function choice<const T extends string>(values: readonly T[]): ChoiceKind<T> {
  return { kind: 'choice', values };
}

export function flag(): FlagKind {
  return { kind: 'flag' };
}

export function list<K extends Kind>(items: K): ListKind<ValueOf<K>> {
  return { kind: 'list', items, commaSeparated: false };
}

export function commaList<K extends Kind>(items: K): ListKind<ValueOf<K>> {
  return { kind: 'list', items, commaSeparated: true };
}

export function object<const F extends Fields>(fields: F): ObjectKind<ObjectOf<F>> {
  return { kind: 'object', fields };
}

export function mapOf<K extends Kind>(keys: Format, placeholder: string, values: K): MapKind<ValueOf<K>> {
  return { kind: 'map', keys, values, placeholder };
}

export function required<K extends Kind>(of: K, description: string): Field<ValueOf<K>> {
  return { of, description, required: true, filled: false };
}

/** @param absent what happens without the key, as a phrase. */
export function optional<K extends Kind>(
  of: K,
  description: string,
  absent?: string,
): Field<ValueOf<K> | undefined> {
  return { of, description, required: false, filled: false, absent };
}

export function withDefault<K extends Kind>(
  of: K,
  fallback: ValueOf<K>,
  description: string,
): Field<ValueOf<K>> {
  return { of, description, required: false, fallback, filled: true };
}

/** A key that several places may set; the default is used when none does. */
export function inherited<K extends Kind>(
  of: K,
  fallback: ValueOf<K>,
  description: string,
): Field<ValueOf<K> | undefined> {
  return { of, description, required: false, fallback, filled: false };
}

/** A group of settings or a map that may be left out; its own defaults then hold. */
export function section<K extends ObjectKind | MapKind>(of: K, description: string): Field<ValueOf<K>> {
  return { of, description, required: false, filled: true };
}
