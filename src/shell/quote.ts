/** Words made only of these characters mean themselves in every POSIX shell. */
const PLAIN_WORD = /^[A-Za-z0-9_@%+:,./-]+$/;

/**
 * One word for a POSIX shell: single quotes, the only quoting that dash, busybox ash and bash read alike
 * (zx's own `quote` emits $'…', which dash does not know).
 * @throws TypeError for a NUL, which no shell word can hold.
 */
export function quote(word: string): string {
  if (word.includes('\0')) throw new TypeError('a shell word cannot contain a NUL character');
  return PLAIN_WORD.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
