const UNITS: Readonly<Record<string, number>> = { '': 0, K: 1, M: 2, G: 3, T: 4 };

/**
 * The bytes of a size such as 10G; Ceph of every release understands them.
 * @throws RangeError for anything else.
 */
export function bytesOf(size: string): number {
  const [, number = '', unit = ''] = /^(\d+)([KMGT]?)(?:I?B)?$/.exec(size.toUpperCase()) ?? [];
  const power = UNITS[unit];
  if (number === '' || power === undefined) throw new RangeError(`"${size}" is not a size such as 10G`);
  return Number(number) * 1024 ** power;
}
