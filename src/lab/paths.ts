import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a lab is made of on disk: one folder a lab (root, 0700), removed by `destroyLab`. */
export const STATE_ROOT = '/var/lib/provision-lab';

/** Root file systems that every lab shares, read-only once made; `destroyLab` leaves them. */
export const CACHE_ROOT = '/var/cache/provision-lab';

/** Links `<number> -> <lab>`: who has 10.77.<number>.0/24. */
export const NETWORKS = join(STATE_ROOT, '.networks');

/** The folder of a lab. */
export function labFolder(name: string): string {
  return join(STATE_ROOT, name);
}

/** The folder of a host: its upper layer, its volumes, its console log. */
export function hostFolder(lab: string, host: string): string {
  return join(labFolder(lab), 'hosts', host);
}

/** A shell script that lies beside the modules of this folder. */
export function scriptPath(name: string): string {
  return fileURLToPath(new URL(`./${name}`, import.meta.url));
}
