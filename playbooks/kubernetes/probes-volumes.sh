# shellcheck shell=sh
# How a host shows a pitfall of volumes: 0 well, 1 found, with what was seen. They only look.

# probe_exports FILE...: shares of this host that are open to everybody, or to the root of other hosts.
probe_exports() {
  pe_found=$(for pe_file in "$@"; do
    [ ! -r "$pe_file" ] || sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$pe_file"
  done | awk '{
    open = NF == 1 ? "every host" : ""
    for (i = 2; i <= NF; i++) {
      if ($i ~ /^-/) continue
      if ($i ~ /^(\*|0\.0\.0\.0\/0|::\/0)?(\(|$)/) open = "every host"
      if ($i ~ /[(,](no_root_squash|insecure)[,)]/) open = open (open == "" ? "" : " and ") ($i ~ /no_root_squash/ ? "the root of its clients" : "any program of its clients")
    }
    if (open != "") print $1 " is exported to " open
  }')
  [ -z "$pe_found" ] || differs "$pe_found"
}

# probe_nfs_client PODS: a pod of this host has a share, and nothing here can mount it. PODS is kubelet's folder of pods, where the
# folder of such volumes stays when a mount has failed.
probe_nfs_client() {
  ! have mount.nfs || return 0
  for pn_folder in "$1"/*/volumes/kubernetes.io~nfs; do
    [ -d "$pn_folder" ] || continue
    pn_pod=${pn_folder%/volumes/*}
    differs "a volume of the pod with the uid ${pn_pod##*/} is a share of NFS, and mount.nfs is not installed on this host"
    return
  done
}
