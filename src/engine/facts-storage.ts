import type { BlockDevice, FileSystem } from './facts.js';

/** Kinds of mounts that hold nobody's data. */
const PASSING = new Set(['tmpfs', 'devtmpfs', 'squashfs', 'ramfs', 'efivarfs']);

/**
 * Lines of `df -aPkT`, which tells bind mounts too. Left out: what is in memory or has no size, the layers of containers,
 * what a container has of its host below /run.
 */
export function parseFileSystems(lines: readonly string[]): readonly FileSystem[] {
  return lines.flatMap((line) => {
    const [, device, type, size, free, mountPoint] =
      /^(\S.*?)\s+(\S+)\s+(\d+)\s+\d+\s+(-?\d+)\s+(?:\d+%|-)\s+(\/.*)$/.exec(line) ?? [];
    if (device === undefined || type === undefined || mountPoint === undefined || Number(size) === 0)
      return [];
    if (PASSING.has(type) || mountPoint.startsWith('/run/') || (type === 'overlay' && mountPoint !== '/'))
      return [];
    return [{ mountPoint, device, type, size: Number(size) * 1024, free: Math.max(0, Number(free) * 1024) }];
  });
}

/**
 * The block devices of a host.
 * @param lsblk lines of `lsblk -b -P`, empty where there is no `lsblk`.
 * @param partitions lines of /proc/partitions, used then: they tell names and sizes only.
 */
export function parseBlockDevices(
  lsblk: readonly string[],
  partitions: readonly string[],
): readonly BlockDevice[] {
  const devices = lsblk.flatMap((line) => {
    const pairs = new Map(
      [...line.matchAll(/([A-Z]+)="([^"]*)"/g)].map(([, key, value]) => [key, unescapeHex(value)]),
    );
    const name = pairs.get('NAME');
    if (!name) return [];
    return [
      {
        name,
        type: pairs.get('TYPE') ?? '',
        size: Number.parseInt(pairs.get('SIZE') ?? '', 10) || 0,
        mountPoint: pairs.get('MOUNTPOINT') || undefined,
        fileSystem: pairs.get('FSTYPE') || undefined,
      },
    ];
  });
  return devices.length > 0 ? devices : partitions.flatMap(parsePartition);
}

/** Columns of /proc/partitions: major minor blocks name. */
function parsePartition(line: string): BlockDevice[] {
  const [, blocks, name] = /^\s*\d+\s+\d+\s+(\d+)\s+(\S+)\s*$/.exec(line) ?? [];
  if (name === undefined || /^(ram|loop|zram)\d/.test(name)) return [];
  const type = /^([a-z]+\d+|(nvme|mmcblk).*p\d+)$/.test(name) ? 'part' : 'disk';
  return [{ name, type, size: Number(blocks) * 1024, mountPoint: undefined, fileSystem: undefined }];
}

/** Lines of /proc/swaps, its heading among them. */
export function parseSwap(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => {
    const area = /^(\/\S*)\s/.exec(line)?.[1];
    return area === undefined ? [] : [unescapeOctal(area)];
  });
}

function unescapeHex(text: string | undefined): string {
  return (text ?? '').replace(/\\x([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** The kernel writes a blank in a path as \040. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
