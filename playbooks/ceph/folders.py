# Looks for folders of the file system, or makes them. Arguments: look or make, the file system's name, paths.
# For Python 2.7 and 3.
import sys

import cephfs


def set_option(fs, values):
    """Sets the first option that this release knows."""
    for name, value in values:
        try:
            fs.conf_set(name, value)
            return
        except Exception:
            continue


verb, name, paths = sys.argv[1], sys.argv[2], sys.argv[3:]
missing = []
fs = cephfs.LibCephFS(conffile='/etc/ceph/ceph.conf')
set_option(fs, [('client_mount_timeout', '20')])
set_option(fs, [('client_fs', name), ('client_mds_namespace', name)])
try:
    fs.mount()
except Exception as error:
    print('the file system %s cannot be mounted: %s' % (name, error))
    sys.exit(1)
for path in paths:
    try:
        fs.stat(path)
    except cephfs.ObjectNotFound:
        if verb == 'make':
            fs.mkdirs(path, 0o755)
        else:
            missing.append(path)
            print('the file system %s has no folder %s' % (name, path))
fs.shutdown()
sys.exit(1 if missing else 0)
