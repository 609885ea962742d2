# shellcheck shell=sh
# Set by the caller: $HOLD (yes, no, any), $UPDATE (yes: also fetch lists that are old; no: only when a package is not in
# them), $RECOMMENDS (yes, no), $STOPPED_UNITS (words).

# apply_packages NAME PATTERN NAME PATTERN ...
apply_packages() {
  # Nothing may be held while it changes; what was held is held again.
  HELD='' CHANGES=no
  note_changes "$@"
  if [ "$CHANGES" = yes ]; then
    wait_for_locks
    repair_dpkg
    # shellcheck disable=SC2086 # names are words
    read_packages $NAMES
    choose_versions "$@"
    unhold
    trap 'end_installation' EXIT
    trap 'exit 143' HUP INT TERM
    keep_stopped
    install_chosen || cannot 'the packages could not be installed'
    end_installation
    trap - EXIT
  fi
  case $HOLD in
    yes) set_hold hold "$@" ;;
    no) set_hold unhold "$@" ;;
  esac
}

note_changes() {
  while [ "$#" -gt 0 ]; do
    package "$1"
    [ "$PACKAGE_WANT" != h ] || HELD="$HELD $1"
    installed_right "$1" "$2" >/dev/null || CHANGES=yes
    shift 2
  done
}

# choose_versions NAME PATTERN ...: what is to be installed, as the words $SPECS. A pinned package that is right is named
# too, so that no other package makes apt change it; one that is right with any version is not, or it would be upgraded.
choose_versions() {
  if [ "$UPDATE" = yes ] && lists_are_old; then
    update_lists
  fi
  # shellcheck disable=SC2086 # names are words
  read_versions $NAMES
  if ! try_versions "$@"; then
    update_lists
    # shellcheck disable=SC2086
    read_versions $NAMES
    try_versions "$@" || cannot "$MISSING"
  fi
}

try_versions() {
  SPECS='' MISSING='' DOWNGRADE=no
  while [ "$#" -gt 0 ]; do
    package "$1"
    if installed_right "$1" "$2" >/dev/null; then
      [ -z "$2" ] || SPECS="$SPECS $1=$PACKAGE_VERSION"
    elif find_version "$1" "$2"; then
      SPECS="$SPECS $1${2:+=$FOUND_VERSION}"
      case $2$PACKAGE_STATE in
        ?*[iWt]) ! dpkg --compare-versions "$FOUND_VERSION" lt "$PACKAGE_VERSION" || DOWNGRADE=yes ;;
      esac
    elif [ -z "$OFFERED" ]; then
      MISSING="$MISSING${MISSING:+$NL}no package source of this host has $1"
    else
      MISSING="$MISSING${MISSING:+$NL}no package source of this host has $1 in version $2; there are:$OFFERED"
    fi
    shift 2
  done
  [ -z "$MISSING" ]
}

unhold() {
  # shellcheck disable=SC2086 # names are words
  [ -z "$HELD" ] || alone apt-mark unhold $HELD
}

# install_chosen: all that has to come is there before anything is changed.
install_chosen() {
  # shellcheck disable=SC2086 # names are words
  set -- $SPECS
  [ "$RECOMMENDS" = yes ] || set -- --no-install-recommends "$@"
  if [ "$DOWNGRADE" = yes ]; then
    ic_apt=$(dpkg-query -W -f '${Version}' apt)
    if dpkg --compare-versions "$ic_apt" ge 1.1; then
      set -- --allow-downgrades "$@"
    else
      set -- --force-yes "$@"
    fi
  fi
  ic_try=1
  until apt_get --download-only install "$@"; do
    [ "$ic_try" -lt 3 ] || return 2
    echo 'the packages did not all come; trying again'
    sleep "$((ic_try * 5))"
    # Lists that name a version that has left the mirror.
    UPDATED=no
    update_lists
    ic_try=$((ic_try + 1))
  done
  apt_get install "$@"
}

# set_hold hold|unhold NAME PATTERN ...
set_hold() {
  sh_word=$1 sh_hold=yes sh_names=
  [ "$1" = hold ] || sh_hold=no
  shift
  # shellcheck disable=SC2086 # names are words
  read_packages $NAMES
  while [ "$#" -gt 0 ]; do
    package "$1"
    held_right "$1" "$sh_hold" >/dev/null || sh_names="$sh_names $1"
    shift 2
  done
  # shellcheck disable=SC2086
  [ -z "$sh_names" ] || alone apt-mark "$sh_word" $sh_names
}

# ---- packages that must not start their services ----

POLICY=/usr/sbin/policy-rc.d

# keep_stopped: the units of $STOPPED_UNITS that do not run now are not started by the installation; the packages ask
# invoke-rc.d(8), which asks this policy. (A masked unit would not be started either, but could not be enabled by its
# package.) A policy that was there is asked about all other units, and one that a killed run has left does nothing.
keep_stopped() {
  ks_names=
  for ks_unit in $STOPPED_UNITS; do
    [ ! -d /run/systemd/system ] || ! systemctl -q is-active -- "$ks_unit" || continue
    ks_names="$ks_names${ks_names:+ | }$ks_unit | ${ks_unit%.service}"
  done
  [ -n "$ks_names" ] || return 0
  ! is_our_policy && [ -e "$POLICY" ] && mv "$POLICY" "$POLICY.kept-by-provision"
  cat >"$POLICY" <<END
#!/bin/sh
# Written by provision for the time of an installation.
if [ -d /proc/$$ ]; then
  case \$1 in
    $ks_names) exit 101 ;;
  esac
fi
[ ! -x $POLICY.kept-by-provision ] || exec $POLICY.kept-by-provision "\$@"
END
  chmod 0755 "$POLICY"
}

is_our_policy() {
  grep -q '^# Written by provision' "$POLICY" 2>/dev/null
}

# end_installation: undoes what was only for its time.
end_installation() {
  if is_our_policy; then
    rm -f "$POLICY"
    [ ! -e "$POLICY.kept-by-provision" ] || mv "$POLICY.kept-by-provision" "$POLICY"
  fi
  # shellcheck disable=SC2086 # names are words
  [ -z "$HELD" ] || alone apt-mark hold $HELD >/dev/null
  HELD=
}
