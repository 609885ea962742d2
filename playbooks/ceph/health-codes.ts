/**
 * no: the cluster does its work; it is told and passes. soon: it does not, but may come right by itself, as after a restart:
 * it is waited for. yes: somebody must do something.
 */
export type Matters = 'no' | 'soon' | 'yes';

/** What a health check of Ceph means here. */
export interface HealthCode {
  /** As `ceph health detail` prints it; a final * stands for any end. The first that fits counts. */
  readonly code: string;
  readonly matters: Matters;
  readonly meaning: string;
  /** What to do now. */
  readonly advice: string;
}

function soon(code: string, meaning: string, advice: string): HealthCode {
  return { code, matters: 'soon', meaning, advice };
}

function yes(code: string, meaning: string, advice: string): HealthCode {
  return { code, matters: 'yes', meaning, advice };
}

function no(code: string, meaning: string, advice: string): HealthCode {
  return { code, matters: 'no', meaning, advice };
}

const START_OSD = 'on its host: systemctl status ceph-osd@ID, and the end of /var/log/ceph/ceph-osd.ID.log';
const MAKE_ROOM = 'add OSDs, or remove data; ceph osd df shows how full each is';
const LOOK_AT_DETAIL = 'ceph health detail names them';

/** After https://docs.ceph.com/en/latest/rados/operations/health-checks/ and its chapter on CephFS. */
export const HEALTH_CODES: readonly HealthCode[] = [
  soon(
    'MON_DOWN',
    'a monitor is not in the quorum; with one more down nothing works',
    'on its host: systemctl status ceph-mon@NAME, and whether ports 6789 and 3300 can be reached',
  ),
  soon(
    'MON_CLOCK_SKEW',
    'the clocks of the monitors differ by more than 0.05 s, which breaks their leases',
    'let the stage hosts put the clocks right (pitfall hosts-clock-skew); chronyc tracking shows by how much they differ',
  ),
  no(
    'MON_DISK_LOW',
    'the disk that holds the data of a monitor is more than 70 % full; at 95 % the monitor stops',
    'make room on the file system of /var/lib/ceph/mon',
  ),
  yes(
    'MON_DISK_CRIT',
    'the disk that holds the data of a monitor is nearly full, and the monitor will stop',
    'make room on the file system of /var/lib/ceph/mon',
  ),
  no('MON_DISK_BIG', 'the data of a monitor is unusually large', 'ceph tell mon.NAME compact'),
  no(
    'MON_MSGR2_NOT_ENABLED',
    'the monitors speak only the first version of the protocol',
    'when all daemons are nautilus or newer: ceph mon enable-msgr2',
  ),
  no(
    'AUTH_INSECURE_GLOBAL_ID_RECLAIM_ALLOWED',
    'the monitors still let old clients in that do not prove who they were (CVE-2021-20288)',
    'when all clients are up to date: ceph config set mon auth_allow_insecure_global_id_reclaim false',
  ),
  no(
    'AUTH_INSECURE_GLOBAL_ID_RECLAIM',
    'a client that is connected does not prove who it was (CVE-2021-20288)',
    'bring that client up to date; ceph health detail names it',
  ),
  no(
    'AUTH_BAD_CAPS',
    'the rights of a client cannot be understood by this release',
    'ceph health detail names it; ceph auth caps sets them anew',
  ),
  soon(
    'MGR_DOWN',
    'no manager is active: nothing is counted or balanced',
    'systemctl status ceph-mgr@NAME on its host',
  ),
  no(
    'MGR_MODULE_*',
    'a module of the manager does not work',
    'ceph mgr module ls; its package may be missing',
  ),
  soon('OSD_DOWN', 'an OSD does not run, or cannot be reached', START_OSD),
  soon('OSD_*_DOWN', 'all OSDs of a part of the cluster are down', START_OSD),
  no(
    'OSD_ORPHAN',
    'an OSD is in the CRUSH map that does not exist',
    'ceph osd crush rm osd.ID, when it is gone for good',
  ),
  yes(
    'OSD_OUT_OF_ORDER_FULL',
    'the limits that say when an OSD is full are in the wrong order',
    'ceph osd dump | grep ratio',
  ),
  yes('OSD_FULL', 'an OSD is full, and writes to it are refused', MAKE_ROOM),
  yes('OSD_BACKFILLFULL', 'an OSD is too full to take copies of others', MAKE_ROOM),
  no('OSD_NEARFULL', 'an OSD is more than 85 % full; at 95 % writes are refused', MAKE_ROOM),
  no(
    'OSDMAP_FLAGS',
    'a flag is set that keeps the cluster from a part of its work, such as noout for maintenance',
    'when the work is done: ceph osd unset FLAG',
  ),
  no(
    'OSD_FLAGS',
    'a flag is set for OSDs or hosts that keeps the cluster from a part of its work',
    'when the work is done: ceph osd unset-group FLAG NAME',
  ),
  no(
    'OLD_CRUSH_*',
    'the CRUSH map places data as older releases did',
    'ceph osd crush tunables optimal moves much data',
  ),
  no(
    'OSD_FILESTORE',
    'OSDs keep objects as files, which the next releases cannot',
    'make them anew, one at a time, with bluestore',
  ),
  no(
    'OSD_UPGRADE_FINISHED',
    'all OSDs run a release that the cluster was not told of',
    'ceph osd require-osd-release NAME',
  ),
  no(
    'OSD_SLOW_PING_TIME_*',
    'the network between OSDs is slow, or was within the past 15 minutes',
    'ceph daemon osd.ID dump_osd_network shows where',
  ),
  yes(
    'OSD_UNREACHABLE',
    'an OSD has an address that is not in the public network',
    'compare ceph.publicNetwork of the inventory with ceph osd dump',
  ),
  yes(
    'OSD_SCRUB_ERRORS',
    'copies of objects differ from each other',
    'ceph health detail names the group; ceph pg repair ID, after a look at the disks',
  ),
  yes(
    'OSD_TOO_MANY_REPAIRS',
    'an OSD had to be read around many times: its disk may be dying',
    'look at the disk: smartctl -a',
  ),
  soon(
    'PG_AVAILABILITY',
    'some data can neither be read nor written',
    'ceph pg dump_stuck shows what is waited for; start the OSDs that are down',
  ),
  soon(
    'PG_DEGRADED',
    'some data has fewer copies than it should',
    'start the OSDs that are down; with fewer hosts than copies it never ends (pitfall ceph-pool-size)',
  ),
  yes(
    'PG_DAMAGED',
    'copies of objects differ from each other',
    'ceph health detail names the group; ceph pg repair ID, after a look at the disks',
  ),
  yes('PG_RECOVERY_FULL', 'copies cannot be made: OSDs are full', MAKE_ROOM),
  yes('PG_BACKFILL_FULL', 'copies cannot be made: OSDs are nearly full', MAKE_ROOM),
  soon('OBJECT_MISPLACED', 'data is being moved to where it belongs', 'wait'),
  yes(
    'OBJECT_UNFOUND',
    'the newest copy of some objects is on OSDs that are down',
    'start those OSDs before anything else; ceph health detail names the objects',
  ),
  no(
    'PG_NOT_*SCRUBBED',
    'copies were not compared with each other in time',
    'wait; osd max scrubs lets more be compared at once',
  ),
  no('PG_SLOW_SNAP_TRIMMING', 'removed snapshots pile up', 'wait'),
  yes(
    'POOL_FULL',
    'a pool has reached its quota, and writes to it are refused',
    'ceph osd pool set-quota NAME max_bytes BYTES, or remove data',
  ),
  no('POOL_NEAR_FULL', 'a pool has nearly reached its quota', 'ceph osd pool get-quota NAME'),
  no(
    'POOL_NO_REDUNDANCY',
    'a pool keeps one copy of each object: with the disk the data is lost',
    'with OSDs on more hosts, say a size for the pool in the inventory and run the stage again',
  ),
  no(
    'POOL_APP_NOT_ENABLED',
    'a pool is not marked with what it is for',
    'ceph osd pool application enable POOL rbd, cephfs, rgw or a word of your own',
  ),
  no(
    'POOL_TOO_FEW_PGS',
    'a pool would be spread better over more placement groups',
    'ceph osd pool set POOL pg_autoscale_mode on, or pgNum for it in the inventory',
  ),
  no(
    'POOL_TOO_MANY_PGS',
    'a pool has more placement groups than it needs',
    'ceph osd pool set POOL pg_autoscale_mode on',
  ),
  no(
    'POOL_PG_NUM_NOT_POWER_OF_TWO',
    'the placement groups of a pool differ in size',
    'ceph osd pool set POOL pg_num with a power of two',
  ),
  no('POOL_TARGET_SIZE_*', 'the sizes that pools expect do not fit the cluster', LOOK_AT_DETAIL),
  no(
    'TOO_FEW_PGS',
    'data is spread over few placement groups, and so unevenly',
    'pgNum for the pools in the inventory',
  ),
  yes(
    'TOO_MANY_PGS',
    'each OSD serves more placement groups than is good for it, and no pool can be made',
    'fewer pools, a smaller pgNum for new ones, or more OSDs',
  ),
  no(
    'MANY_OBJECTS_PER_PG',
    'a pool has many more objects for each placement group than others',
    'pgNum for it in the inventory',
  ),
  no(
    'SMALLER_P*_NUM',
    'data of a pool has not been spread over its new placement groups',
    'ceph osd pool set POOL pgp_num, as large as pg_num',
  ),
  yes(
    'TOO_FEW_OSDS',
    'there are fewer OSDs than a new pool keeps copies',
    'add OSDs to the inventory, or say a smaller ceph.poolSize (pitfall ceph-pool-size)',
  ),
  no('CACHE_POOL_*', 'a cache before a pool is not set up well', LOOK_AT_DETAIL),
  no('LARGE_OMAP_OBJECTS', 'single objects have very many entries', LOOK_AT_DETAIL),
  no(
    'RECENT_CRASH',
    'a daemon crashed in the last two weeks',
    'ceph crash ls, ceph crash info ID; then ceph crash archive-all',
  ),
  no(
    'RECENT_MGR_MODULE_CRASH',
    'a module of the manager crashed in the last two weeks',
    'ceph crash ls; then ceph crash archive-all',
  ),
  soon(
    'SLOW_OPS',
    'a daemon has not answered requests for more than 30 s',
    'the disk or the network of that daemon is too slow: iostat -x, ceph osd perf',
  ),
  soon(
    'REQUEST_SLOW',
    'an OSD has not answered requests for more than 30 s',
    'its disk or network is too slow: iostat -x, ceph osd perf',
  ),
  soon(
    'REQUEST_STUCK',
    'an OSD has not answered requests for very long',
    'its disk or network is too slow: iostat -x, ceph osd perf',
  ),
  soon(
    'FS_DEGRADED',
    'a file system has an MDS that is failed or starting',
    'on the hosts with the role mds: systemctl status ceph-mds@NAME',
  ),
  soon(
    'FS_WITH_FAILED_MDS',
    'a file system has no MDS in place of one that failed',
    'on the hosts with the role mds: systemctl status ceph-mds@NAME',
  ),
  soon(
    'MDS_ALL_DOWN',
    'no MDS serves a file system (pitfall cephfs-no-mds)',
    'on the hosts with the role mds: systemctl status ceph-mds@NAME',
  ),
  no(
    'MDS_INSUFFICIENT_STANDBY',
    'no further MDS stands by for one that fails',
    'give a second host the role mds',
  ),
  no(
    'MDS_UP_LESS_THAN_MAX',
    'a file system has fewer active MDSs than it may have',
    'give more hosts the role mds, or lower max_mds',
  ),
  yes('MDS_DAMAGE', 'metadata of a file system is damaged', 'ceph tell mds.NAME damage ls'),
  soon(
    'MDS_HEALTH_READ_ONLY',
    'a file system can only be read, after an error in writing',
    'look at the OSDs first, then restart the MDS',
  ),
  soon(
    'MDS_READ_ONLY',
    'a file system can only be read, after an error in writing',
    'look at the OSDs first, then restart the MDS',
  ),
  soon(
    'MDS_SLOW_METADATA_IO',
    'the OSDs are slow with the metadata of a file system',
    'ceph osd perf; ceph health detail',
  ),
  no('MDS_*', 'an MDS or one of its clients is slow', LOOK_AT_DETAIL),
  no(
    'FS_INLINE_DATA_DEPRECATED',
    'a file system keeps small files in their metadata, which newer releases cannot',
    'ceph fs set NAME inline_data false',
  ),
  yes(
    'BLUESTORE_DISK_SIZE_MISMATCH',
    'an OSD has another size in its records than on the disk',
    'make this OSD anew',
  ),
  yes(
    'BLUESTORE_SPURIOUS_READ_ERRORS',
    'the disk of an OSD returns wrong data now and then',
    'look at the disk: smartctl -a',
  ),
  no(
    'BLUESTORE_*',
    'an OSD was made by an older release or has lost some order; it works',
    'ceph health detail; ceph-bluestore-tool repair while it is stopped',
  ),
  no(
    'BLUEFS_*',
    'the metadata of an OSD is not all on its fast device, or room for it is getting short',
    LOOK_AT_DETAIL,
  ),
  yes(
    'DEVICE_HEALTH_TOOMANY',
    'too many disks are expected to fail soon',
    'ceph device ls; replace them one at a time',
  ),
  no('DEVICE_HEALTH*', 'a disk is expected to fail soon', 'ceph device ls; replace it'),
  no('TELEMETRY_CHANGED', 'what telemetry would send has changed', 'ceph telemetry on, or off'),
  no(
    'DAEMON_OLD_VERSION',
    'daemons of several releases run',
    'ceph versions; bring the packages of all hosts up to date',
  ),
];
