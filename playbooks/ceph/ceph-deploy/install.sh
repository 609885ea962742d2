# shellcheck shell=sh
# ceph-deploy in a virtual environment of its own. A patch is four words: FILE ORIGINAL CHANGE PATCHED, see versions.ts.

# site_of ROOT: the folder of the packages in an environment.
site_of() {
  for so_site in "$1"/lib/python3*/site-packages; do
    [ -e "$so_site/ceph_deploy/__init__.py" ] || continue
    printf '%s\n' "$so_site"
    return 0
  done
  return 1
}

# check_deploy ROOT VERSION PATCH...
check_deploy() {
  cd_root=$1 cd_version=$2
  shift 2
  [ -d "$cd_root" ] || differs "ceph-deploy $cd_version is not installed: $cd_root is missing" || return 1
  cd_site=$(site_of "$cd_root") || differs "$cd_root does not hold ceph-deploy" || return 1
  while [ "$#" -ge 4 ]; do
    has_content "$cd_site/$1" "$4" || differs "$cd_site/$1 is not the file that works with this Python" || return 1
    shift 4
  done
  # -B: looking writes nothing.
  cd_told=$(cd / && "$cd_root/bin/python" -B -I -W ignore -c 'import ceph_deploy.cli; print(ceph_deploy.__version__)' 2>&1)
  [ "$cd_told" = "$cd_version" ] ||
    differs "ceph-deploy in $cd_root does not start, or is not $cd_version: $(printf '%s\n' "$cd_told" | tail -n 1)"
}

# patch_file FILE ORIGINAL CHANGE PATCHED: only a file that we know is changed, into one that we know.
patch_file() {
  ! has_content "$1" "$4" || return 0
  has_content "$1" "$2" ||
    cannot "$1 is not the file that provision knows how to change (its SHA-256 is not $2): nothing was changed. Use ceph.installer: packages, which needs no ceph-deploy"
  sed -e "$3" "$1" >"$1.new" || return 2
  has_content "$1.new" "$4" || cannot "$1 did not become what was expected; this host's sed is not like others"
  mv -f "$1.new" "$1"
}

# run_pip ROOT REQUIREMENTS OPTIONS...: with the settings of pip that the host has. Proxies come from "$SECRETS".
run_pip() {
  rp_root=$1
  printf '%s' "$2" >"$rp_root/requirements.txt" || return 2
  shift 2
  if ! rp_told=$(
    if [ -r "$SECRETS/ceph-deploy-proxy" ]; then
      while IFS='=' read -r rp_name rp_value; do
        export "$rp_name=$rp_value"
      done <"$SECRETS/ceph-deploy-proxy"
    fi
    # Taken by ceph-deploy's setup: without the old libraries that it carries.
    HOME=${HOME:-/root} CEPH_DEPLOY_NO_VENDOR=1 "$rp_root/bin/python" -m pip --disable-pip-version-check --no-input \
      --retries 3 --timeout 30 install --no-cache-dir --no-deps --no-compile --require-hashes "$@" \
      -r "$rp_root/requirements.txt" 2>&1
  ); then
    printf '%s\n' "$rp_told" | tail -n 15
    cannot 'pip could not install ceph-deploy. When the package index cannot be reached, name one that can in /etc/pip.conf of this host, or set proxy in the inventory; or deploy without it: ceph.installer: packages'
  fi
}

# move_paths FROM TO: the scripts of an environment name the folder that it was made in.
move_paths() {
  find "$1/bin" -type f -exec sed -i "s#$1#$2#g" {} + && sed -i "s#$1#$2#g" "$1/pyvenv.cfg"
}

# install_deploy ROOT TOOLS PACKAGES PATCH...: made beside and renamed, so that what is there is whole.
install_deploy() {
  id_root=$1 id_new=$1.new id_tools=$2 id_packages=$3
  shift 3
  have python3 && python3 -c 'import sys; sys.exit(sys.version_info < (3, 5))' ||
    cannot 'ceph-deploy needs Python 3.5 or newer on the admin host; or deploy without it: ceph.installer: packages'
  umask 022
  rm -rf "$id_new" && python3 -m venv "$id_new" || cannot 'no virtual environment could be made; is python3-venv installed?'
  run_pip "$id_new" "$id_tools" || return 2
  id_isolation=
  ! "$id_new/bin/python" -m pip install --help | grep -q -e --no-build-isolation || id_isolation=--no-build-isolation
  run_pip "$id_new" "$id_packages" ${id_isolation:+"$id_isolation"} || return 2
  id_site=$(site_of "$id_new") || cannot "pip installed no ceph_deploy in $id_new"
  while [ "$#" -ge 4 ]; do
    patch_file "$id_site/$1" "$2" "$3" "$4" || return 2
    shift 4
  done
  "$id_new/bin/python" -m compileall -q "$id_site" >/dev/null
  move_paths "$id_new" "$id_root" || return 2
  rm -rf "$id_root" && mv "$id_new" "$id_root"
}
