/** A word of fstab(5) and /proc/mounts: blanks and backslashes as octal escapes. */
export function fstabWord(word: string): string {
  return word.replace(/[\\ \t\n]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`);
}
