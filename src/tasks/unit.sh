# shellcheck shell=sh
# What systemd knows of a unit.

# read_unit UNIT PROPERTY,...: asks systemd once.
read_unit() {
  ru_told=$(systemctl show -p "$2" -- "$1" 2>&1) || cannot "systemd does not tell about $1: $ru_told"
  UNIT_TOLD="$NL$ru_told$NL"
}

# unit_property NAME: its value as $VALUE; empty when this systemd does not have it.
unit_property() {
  VALUE=
  case $UNIT_TOLD in
    *"$NL$1="*)
      VALUE=${UNIT_TOLD#*"$NL$1="}
      VALUE=${VALUE%%"$NL"*}
      ;;
  esac
}

# runs_systemd: is systemd what starts the services of this host?
runs_systemd() {
  [ -d /run/systemd/system ]
}
