import type { Task } from '../../../src/engine/task.js';
import { lines, sh } from '../../../src/shell/script.js';
import { command } from '../../../src/tasks/command.js';
import { CEPH_CLI } from '../cli.js';
import { CONF } from '../conf.js';
import type { CephContext } from '../context.js';
import { storeOf } from '../releases.js';
import { CONF_FILE, LINKS, MKFS_TIMEOUT, clusterReady } from './constants.js';
import { DIRECTORY, FOUND, MAKE, NAMES } from './shell.js';
import { bytesOf } from './size.js';
import { upTask } from './up.js';

/** The OSD of one directory of a host. */
interface DirectoryOsd {
  /** Its tasks' ids begin with it. */
  readonly id: string;
  readonly directory: string;
}

/**
 * An OSD in a directory, by the steps of Ceph's manual deployment. What Ceph's own files in the directory and the cluster's
 * map say decides which steps are still to be made.
 */
export function directoryTasks(path: string, index: number, context: CephContext): readonly Task[] {
  const osd = { id: `ceph-osd-${index}`, directory: path.replace(/(?<=.)\/+$/, '') };
  return [
    mayBeUsed(osd),
    shortNames(osd, context),
    made(osd, context),
    owned(osd),
    linked(osd),
    upTask({
      context,
      id: osd.id,
      what: `the OSD in ${osd.directory}`,
      after: [`${osd.id}-data`, `${osd.id}-link`],
      read: sh`${DIRECTORY}
OSD_DIR=${osd.directory}
read_osd "$OSD_DIR"`,
    }),
  ];
}

/** An OSD of another cluster, or anything else, is never overwritten. */
function mayBeUsed({ id, directory }: DirectoryOsd): Task {
  return command({
    id: `${id}-directory`,
    title: `${directory} is an OSD of this cluster, or free to become one`,
    prevents: ['ceph-leftovers'],
    check: sh`${FOUND}
${DIRECTORY}
check_directory ${[directory, LINKS]} "$(fsid_of ${CONF_FILE})"`,
  });
}

/** The daemon reads the limits when it starts for the first time, so they are there before there is anything to start. */
function shortNames({ id, directory }: DirectoryOsd, context: CephContext): Task {
  const { inventory, release } = context;
  return command({
    id: `${id}-names`,
    title: `the file system of ${directory} holds the names of objects`,
    after: clusterReady(context),
    prevents: ['ceph-osd-ext4-names'],
    check: sh`${CONF}
${DIRECTORY}
${NAMES}
check_names ${[directory, storeOf(inventory.ceph, release, directory), CONF_FILE]}`,
  });
}

function made({ id, directory }: DirectoryOsd, context: CephContext): Task {
  const { inventory, release } = context;
  const store = storeOf(inventory.ceph, release, directory);
  const bytes = bytesOf(inventory.ceph.blockSize);
  const how = release.osdNew ? 'new' : 'create';
  return command({
    id: `${id}-data`,
    title: `${directory} holds an OSD that the cluster knows`,
    after: clusterReady(context),
    prevents: ['ceph-osd-permission'],
    timeout: { apply: MKFS_TIMEOUT },
    check: sh`${DIRECTORY}
check_data ${[directory, store]}`,
    apply: sh`${lines(CEPH_CLI, FOUND, DIRECTORY, MAKE)}
fsid=$(fsid_of ${CONF_FILE})
[ -n "$fsid" ] || cannot ${`${CONF_FILE} does not say which cluster this is`}
make_osd ${directory} "$fsid" ${[store, bytes, how]}`,
  });
}

/** A later chown to root, or a file that a tool made as root, stops the daemon at its next start. */
function owned({ id, directory }: DirectoryOsd): Task {
  const data = `${id}-data`;
  return command({
    id: `${id}-owner`,
    title: `${directory} belongs to ceph, with all that is in it`,
    after: [data],
    prevents: ['ceph-osd-permission'],
    timeout: { apply: MKFS_TIMEOUT },
    // Making the data ends with all of it belonging to ceph.
    check: sh`! pending ${data} || exit 0
${DIRECTORY}
! foreign_file ${[directory, 'ceph']} || differs "$FOREIGN does not belong to ceph:ceph"`,
    apply: sh`chown -hR ceph:ceph ${`${directory}/`}`,
  });
}

function linked({ id, directory }: DirectoryOsd): Task {
  return command({
    id: `${id}-link`,
    title: `the daemon finds its data in ${directory}`,
    after: [`${id}-data`],
    check: sh`${DIRECTORY}
check_link ${[directory, LINKS]}`,
    apply: sh`${DIRECTORY}
make_link ${[directory, LINKS]}`,
  });
}
