# Asks the monitors by the library that `ceph` itself asks them with, and spares its start. For Python 2 and 3.
# Words: how many seconds to wait for a monitor, and the commands. Prints a line of JSON for each that is answered.
# Ends with 0 when a monitor has answered, 110 when none did in time, and 3 when it cannot be done in this way.
import json
import sys

UNSUITABLE = 3
TIMED_OUT = 110


def request(command):
    words = {"prefix": command, "format": "json"}
    if command == "health detail":
        words.update(prefix="health", detail="detail")
    return json.dumps(words)


def ask(cluster, commands):
    for command in commands:
        status, answer, _ = cluster.mon_command(request(command), b"")
        if status == 0:
            print(answer.decode("utf-8").strip())


def main(seconds, *commands):
    try:
        import rados

        cluster = rados.Rados(
            conffile="/etc/ceph/ceph.conf",
            name="client.admin",
            conf={"client_mount_timeout": seconds},
        )
    except Exception:
        return UNSUITABLE
    try:
        cluster.connect()
        ask(cluster, commands)
    except rados.TimedOut as error:
        print(error)
        return TIMED_OUT
    except Exception:
        return UNSUITABLE
    cluster.shutdown()
    return 0


sys.exit(main(*sys.argv[1:]))
