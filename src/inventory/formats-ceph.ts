import type { Complaint, Format } from './kinds.js';

/** The user as whom ceph-deploy logs in on every host. */
export const deployUser: Format = {
  name: 'a user for ceph-deploy',
  allowed:
    'a user name of Linux: lower-case letters, digits, "_" and "-", a letter first; neither ceph nor root',
  pattern: '^[a-z_][a-z0-9_-]{0,31}$',
  examples: ['cephd'],
  check: checkDeployUser,
};

const UNIX_NAME = /^[a-z_][a-z0-9_-]{0,31}$/;
const DEPLOY_USER_WHY =
  'Ceph keeps the user ceph for its daemons and its packages make it; ceph-deploy logs in as a user of its own with sudo, so that its key opens no other account (pitfall ceph-deploy-user).';

function checkDeployUser(text: string): Complaint | undefined {
  if (text === 'ceph')
    return { because: 'it is the user of the daemons', nearest: 'cephd', why: DEPLOY_USER_WHY };
  if (text === 'root')
    return {
      because: 'the key on the admin host would open root everywhere',
      nearest: 'cephd',
      why: DEPLOY_USER_WHY,
    };
  return UNIX_NAME.test(text) ? undefined : { nearest: lowerCased(text, UNIX_NAME) };
}

/** Whose members may use the admin key. */
export const operatorsGroup: Format = {
  name: 'a group of operators',
  allowed:
    'a group name of Linux: lower-case letters, digits, "_" and "-", a letter first; not the group of the daemons',
  pattern: '^[a-z_][a-z0-9_-]{0,31}$',
  examples: ['ceph-operators'],
  check: (text) => {
    if (text === 'ceph')
      return {
        because: 'it is the group of the daemons',
        nearest: 'ceph-operators',
        why: 'Every daemon could then read the key that opens the whole cluster (pitfall ceph-admin-keyring).',
      };
    return UNIX_NAME.test(text) ? undefined : { nearest: lowerCased(text, UNIX_NAME) };
  },
};

function lowerCased(text: string, valid: RegExp): string | undefined {
  const lower = text.toLowerCase().replaceAll(/[^a-z0-9_-]+/g, '-');
  return lower !== text && valid.test(lower) ? lower : undefined;
}

/** Where an OSD keeps its data. */
export const osd: Format = {
  name: 'a place for an OSD',
  allowed:
    'the absolute path of a directory of its own, such as /data/osd0, or of an unused block device, such as /dev/sdb',
  pattern: '^/+[A-Za-z0-9]',
  examples: ['/var/local/osd0', '/dev/sdb', '/dev/disk/by-id/wwn-0x5000c500a1b2c3d4'],
  check: checkOsd,
  normalize: normalPath,
};

const OSD_WHY =
  'The directory and all that is in it is given to the user ceph, so that it holds nothing but the OSD.';
/** Directories of the system itself; places below them are fine. */
const SYSTEM_DIRECTORIES: ReadonlySet<string> = new Set(
  '/home /media /mnt /opt /root /srv /var /var/cache /var/lib /var/local /var/log /var/mail /var/opt /var/spool /var/www'.split(
    ' ',
  ),
);
/** Directories of the system in which nothing else belongs. */
const SYSTEM_TREES = /^\/(bin|boot|etc|lib|lib32|lib64|libx32|sbin|usr|var\/lib\/ceph|lost\+found)(\/|$)/;
const VOLATILE_TREES = /^\/(tmp|var\/tmp|run|var\/run|var\/lock|proc|sys|dev\/shm)(\/|$)/;

function checkOsd(text: string): Complaint | undefined {
  if (!text.startsWith('/'))
    return { because: 'it is not absolute', nearest: `/${text.replace(/^[.~/]+/, '')}` };
  if (/(^|\/)\.\.?(\/|$)/.test(text)) return { because: 'it has a "." or ".." in it' };
  const path = normalPath(text);
  if (path === '') return { because: 'it is the root directory', why: OSD_WHY };
  if (VOLATILE_TREES.test(path)) return { because: 'what is there does not survive a reboot' };
  if (SYSTEM_TREES.test(path) || SYSTEM_DIRECTORIES.has(path))
    return { because: 'it is a directory of the system', nearest: nearestOsd(path), why: OSD_WHY };
  if (path === '/dev') return { because: 'it names no device' };
  if (path.startsWith('/dev/')) return /^[A-Za-z0-9/._:+@-]+$/.test(path) ? undefined : {};
  if (path.includes(':')) return { because: 'a colon ends a path for ceph-deploy' };
  return /^\/[A-Za-z0-9][A-Za-z0-9/._+@-]*$/.test(path)
    ? undefined
    : { because: 'it has unusual characters' };
}

/** A directory of its own in a directory that is not for data alone. */
function nearestOsd(path: string): string | undefined {
  return SYSTEM_DIRECTORIES.has(path) ? `${path}/osd0` : undefined;
}

function normalPath(text: string): string {
  return text.replaceAll(/\/{2,}/g, '/').replace(/\/$/, '');
}

/** An amount of storage as rbd and ceph.conf write it. */
export const storageSize: Format = {
  name: 'a size',
  allowed: 'a whole number and M, G or T: 512M, 10G, 2T',
  pattern: '^[1-9][0-9]{0,6}[MGT]$',
  examples: ['10G', '512M'],
  check: (text) => {
    if (/^[1-9][0-9]{0,6}[MGT]$/.test(text)) return undefined;
    const parts = /^([1-9][0-9]{0,6}) ?([mgt])i?b?$/i.exec(text);
    if (parts !== null) return { nearest: `${parts[1]}${parts[2]?.toUpperCase()}` };
    return /^[1-9][0-9]{0,6}$/.test(text) ? { because: 'it has no unit', nearest: `${text}G` } : {};
  },
};

const NAME = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}';
const NAME_ALLOWED =
  '1 to 63 letters, digits, ".", "_" and "-"; a letter, a digit or "_" first (Ceph keeps names with a "." first for itself)';

function checkName(text: string): Complaint | undefined {
  if (new RegExp(`^${NAME}$`).test(text)) return undefined;
  const fixed = text.replaceAll(/[^A-Za-z0-9_.-]+/g, '-').replace(/^[.-]+/, '');
  return { nearest: fixed !== text && new RegExp(`^${NAME}$`).test(fixed) ? fixed : undefined };
}

/** The name of a pool. */
export const poolName: Format = {
  name: 'a pool name',
  allowed: NAME_ALLOWED,
  pattern: `^${NAME}$`,
  examples: ['kube'],
  check: checkName,
};

/** What a pool is for. */
export const application: Format = {
  name: 'an application of a pool',
  allowed: 'rbd, cephfs, rgw, or a word of your own',
  pattern: `^${NAME}$`,
  examples: ['rbd'],
  check: checkName,
};

/** The name of a CephFS. */
export const filesystemName: Format = {
  name: 'a file system name',
  allowed: NAME_ALLOWED,
  pattern: `^${NAME}$`,
  examples: ['cephfs'],
  check: checkName,
};

/** An RBD image with its pool. */
export const imageName: Format = {
  name: 'an image name',
  allowed: 'POOL/IMAGE, such as kube/registry',
  pattern: `^${NAME}/${NAME}$`,
  examples: ['kube/registry'],
  check: (text) => {
    if (new RegExp(`^${NAME}/${NAME}$`).test(text)) return undefined;
    return text.includes('/') ? {} : { because: 'it names no pool', nearest: `rbd/${text}` };
  },
};

/** Who uses the cluster, without `client.`. */
export const clientName: Format = {
  name: 'a client name',
  allowed: `${NAME_ALLOWED}; without "client."; not admin and none that begins with bootstrap-`,
  pattern: `^${NAME}$`,
  examples: ['kube'],
  check: checkClientName,
};

const ADMIN_WHY =
  'Whoever holds the key of client.admin can do anything to the cluster; each use has a client of its own with the least rights (pitfall ceph-k8s-admin-user).';

function checkClientName(text: string): Complaint | undefined {
  if (text === 'admin') return { because: 'it is the administrator of the cluster', why: ADMIN_WHY };
  if (text.startsWith('client.'))
    return { because: '"client." goes without saying', nearest: text.slice('client.'.length) };
  if (text.startsWith('bootstrap-')) return { because: 'Ceph keeps these for making daemons' };
  return checkName(text);
}

/** A directory in a CephFS. */
export const filesystemPath: Format = {
  name: 'a path in the file system',
  allowed: 'an absolute path in CephFS, such as /apps/harbor; / is all of it',
  pattern: '^/',
  examples: ['/apps/harbor'],
  check: (text) => {
    if (!text.startsWith('/')) return { because: 'it is not absolute', nearest: `/${text}` };
    if (/(^|\/)\.\.?(\/|$)/.test(text)) return { because: 'it has a "." or ".." in it' };
    return /^[A-Za-z0-9/._+@:-]+$/.test(text) ? undefined : { because: 'it has unusual characters' };
  },
  normalize: (text) => normalPath(text) || '/',
};

const SETTING = /^[a-z][a-z0-9]*([ _-][a-z0-9]+)*$/;

/** A setting of ceph.conf that the inventory adds. */
export const settingName: Format = {
  name: 'a setting of ceph.conf',
  allowed:
    'lower-case words as Ceph documents them, such as osd journal size, that no other key of the inventory sets',
  pattern: SETTING.source,
  examples: ['osd journal size'],
  check: checkSetting,
  normalize: (text) => text.replaceAll(/[_-]/g, ' '),
};

/** Where the inventory says these. */
const SAID_ELSEWHERE: Readonly<Record<string, string>> = {
  fsid: 'the cluster has it from its beginning',
  'mon initial members': 'it follows from the role mon',
  'mon host': 'it follows from the role mon',
  'public network': 'it is ceph.publicNetwork',
  'cluster network': 'it is ceph.clusterNetwork',
  'osd pool default size': 'it is ceph.poolSize',
};

function checkSetting(text: string): Complaint | undefined {
  const plain = text
    .toLowerCase()
    .replaceAll(/[ _-]+/g, ' ')
    .trim();
  const elsewhere = SAID_ELSEWHERE[plain];
  if (elsewhere !== undefined) return { because: elsewhere };
  if (SETTING.test(text)) return undefined;
  return SETTING.test(plain) ? { nearest: plain } : {};
}

/** What a setting of ceph.conf is set to. */
export const settingValue: Format = {
  name: 'a value',
  allowed: 'one line of text',
  pattern: '^[^\\n\\\\]+$',
  examples: ['5120'],
  check: (text) => {
    if (text.includes('\\')) return { because: 'a backslash would go on in the next line of the file' };
    return /^[^\n]+$/.test(text.trim()) ? undefined : {};
  },
  normalize: (text) => text.trim(),
};
