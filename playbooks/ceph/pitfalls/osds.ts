import type { Pitfall } from '../../../src/pitfalls/pitfall.js';
import { sh } from '../../../src/shell/script.js';
import { CEPH_CONF, directoriesOf, OSD_LINKS, OSDS } from './scripts.js';

/** What keeps OSDs from running. */
export const osdPitfalls: readonly Pitfall[] = [
  {
    id: 'ceph-osd-permission',
    stage: 'ceph',
    title: 'The directory of an OSD does not belong to the user ceph',
    meaning:
      'Since infernalis the daemons run as ceph:ceph. A directory that root made is not theirs to write, so the OSD cannot make its store there or open it.',
    versions: 'Ceph 9 (infernalis) and later',
    symptoms: [
      /mkfs: write_version_stamp\(\) failed: \(13\) Permission denied/,
      /error creating empty object store in .*: \(13\) Permission denied/,
      /OSD::mkfs: ObjectStore::mkfs failed with error (?:-13\b|\(13\) Permission denied)/,
      /unable to open OSD superblock on .*: \(13\) Permission denied/,
      /unable to find a keyring on .*osd.*: \(13\) Permission denied/,
    ],
    probe: (_, host) => sh`${OSDS}
probe_osd_owner ${[CEPH_CONF, OSD_LINKS, ...directoriesOf(host)]}`,
    preventedBy: ['ceph-osd-*-data', 'ceph-osd-*-owner'],
    remedy: {
      kind: 'automatic',
      risk: 'None, where the directory holds nothing but the OSD.',
      steps: [
        'chown -hR ceph:ceph DIRECTORY/ (as osds of the inventory names it)',
        'systemctl reset-failed ceph-osd@ID; systemctl start ceph-osd@ID',
        'provision stage ceph, where its data was not made to the end',
      ],
      cure: [
        {
          at: 'hosts',
          title: 'the data of the OSD belongs to ceph, and its daemon starts',
          commands: sh`${OSDS}
cure_osd_owner ${[CEPH_CONF, OSD_LINKS]}`,
        },
        { stage: 'ceph' },
      ],
    },
    source: 'articles/003',
  },
  {
    id: 'ceph-osd-ext4-names',
    stage: 'ceph',
    title: 'A filestore on ext4 needs shorter names of objects',
    meaning:
      'ext4 has too little room for the long names that filestore keeps in attributes, so the OSD does not start, although activating it ends without an error. Two limits in ceph.conf let it start; images and CephFS have short names, the object gateway has not.',
    versions: 'Ceph 10 (jewel) to 17 (quincy), filestore on ext4',
    symptoms: [
      /is unable to support max object name\[space\] len/,
      /osd\.\d+ \d+ \(36\) File name too long/,
      /osd init failed: \(36\) File name too long/,
      /max attr value size \(\d+\) is smaller than osd_max_object_name_len/,
    ],
    probe: (_, host) => sh`${OSDS}
probe_osd_names ${[CEPH_CONF, OSD_LINKS, ...directoriesOf(host)]}`,
    preventedBy: ['ceph-conf', 'ceph-osd-*-names'],
    remedy: {
      kind: 'automatic',
      risk: 'Objects with longer names, as the object gateway makes them, can then not be stored.',
      steps: [
        'provision stage ceph',
        'By hand, in [global] of /etc/ceph/ceph.conf on every host: osd max object name len = 256, osd max object namespace len = 64; then systemctl restart ceph-osd@ID',
      ],
      cure: [{ stage: 'ceph' }],
    },
    source: 'articles/003; docs.ceph.com/en/jewel/rados/configuration/filesystem-recommendations',
  },
  {
    id: 'ceph-osd-down-after-activate',
    stage: 'ceph',
    title: 'An OSD was activated without an error and is not up',
    meaning:
      'Activating an OSD only starts its daemon, which may end at once. Whether the OSD is up and in is known to the cluster alone, and why it is not stands in its own log.',
    versions: 'all',
    symptoms: [
      /\bthere (?:is|are) \d+ OSDs? (?:down|out)\b/,
      /^\s*\d+\s+(?:[a-z]+\s+)?[\d.]+\s+osd\.\d+\s+down\b/,
      /\bosd\.\d+ is (?:down and (?:in|out)|up and out)\b/,
      /\b\d+ osds? down\b/,
    ],
    probe: (_, host) => sh`${OSDS}
probe_osds_down ${[CEPH_CONF, OSD_LINKS, host.name, ...directoriesOf(host)]}`,
    preventedBy: ['ceph-osd-*-up', 'ceph-daemons'],
    remedy: {
      kind: 'guided',
      risk: 'None.',
      steps: [
        'On the host of the OSD: systemctl status ceph-osd@ID; tail -n 40 /var/log/ceph/ceph-osd.ID.log',
        'Its last lines name the cause: (13) Permission denied is the pitfall ceph-osd-permission, (36) File name too long is ceph-osd-ext4-names.',
        'provision stage ceph (it starts OSDs that are stopped, and waits until they are up and in)',
      ],
      cure: [{ stage: 'ceph' }],
    },
    source: 'articles/003',
  },
];
