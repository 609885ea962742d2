# shellcheck shell=sh
# How the cluster shows a pitfall of Harbor: 0 well, 1 found, with what was seen. They only look. Needs pods.sh.

PHOTON_REGISTRY='(^|[/"])(registry:[^"]*photon|registry-photon([:@"]|$))'
HARBOR_UI='(^|[/"])harbor-(ui|core)([:@"]|$)'
HARBOR_ADMIN='(^|[/"])harbor-(adminserver|core)([:@"]|$)'
ADMINSERVER='(^|[/"])harbor-adminserver([:@"]|$)'
HARBOR_WITH_DATABASE='(^|[/"])harbor-(ui|adminserver|jobservice)([:@"]|$)'

# probe_config_path: a registry that does not read the configuration that is mounted for it.
probe_config_path() {
  runs "$PHOTON_REGISTRY" || return 0
  of_containers "$PHOTON_REGISTRY" 'function judge(  path, wrong) {
    for (path in mounts) {
      if (path ~ /^\/etc\/registry(\/|$)/) return
      if (path ~ /^\/etc\/docker\/registry(\/|$)/) wrong = path
    }
    if (wrong == "" || index(args, "/etc/docker/registry")) return
    print namespace "/" pod " mounts its configuration at " wrong ", and its image " image " reads /etc/registry"
  }'
  tell_evidence "$OF_CONTAINERS"
}

# probe_sessions: several pods that serve people, each with sessions of its own.
probe_sessions() {
  runs "$HARBOR_UI" || return 0
  of_containers "$HARBOR_UI" 'function judge(  name, key, sources) {
    key = namespace "\t" group
    for (name in env) if (name ~ /^_REDIS_URL/) shared[key] = 1
    sources = ""
    for (name in from) sources = sources " " name
    count[key]++
    refs[key] = sources
  }
  END { for (key in count) if (count[key] > 1 && !(key in shared)) print key, count[key], refs[key] }'
  ps_groups=$OF_CONTAINERS
  ps_found=
  while IFS='	' read -r ps_namespace ps_group ps_count ps_sources; do
    [ -n "$ps_group" ] || continue
    has_redis "$ps_namespace" "$ps_sources" ||
      ps_found="$ps_found${ps_found:+$NL}$ps_namespace/${ps_group%-} has $ps_count pods and no _REDIS_URL: each keeps sessions of its own"
  done <<EOT
$ps_groups
EOT
  tell_evidence "$ps_found"
}

# has_redis NAMESPACE SOURCES: does one of these objects, as KIND/NAME, give the address of Redis?
has_redis() {
  for hr_source in $2; do
    # shellcheck disable=SC2016 # for kubectl
    kube_answer -n "$1" get "${hr_source%%/*}" "${hr_source#*/}" --ignore-not-found \
      -o go-template='{{range $key, $value := .data}}{{$key}}{{"\n"}}{{end}}'
    case "$NL$ANSWER" in
      *"${NL}_REDIS_URL"*) return 0 ;;
    esac
  done
  return 1
}

# probe_root_crt: a registry that refuses the tokens of the token service, or has nothing to check them by.
probe_root_crt() {
  runs "$PHOTON_REGISTRY" || return 0
  recent_lines "$PHOTON_REGISTRY" 'token signed by untrusted key|token auth root certificate bundle'
  tell_evidence "$RECENT"
}

# probe_databases: the adminserver asks a database that is not there, or another than the rest.
probe_databases() {
  runs "$ADMINSERVER" || return 0
  of_containers "$ADMINSERVER" 'function judge() { print namespace }'
  pd_namespaces=$OF_CONTAINERS
  pd_found=
  for pd_namespace in $pd_namespaces; do
    # shellcheck disable=SC2016 # for kubectl
    kube_answer -n "$pd_namespace" get configmaps \
      -o go-template='{{range .items}}{{with .data}}{{with index . "MYSQL_HOST"}}{{.}}{{"\n"}}{{end}}{{end}}{{end}}'
    pd_hosts=$(printf '%s\n' "$ANSWER" | sort -u)
    case $pd_hosts in
      *"$NL"*) pd_found="$pd_found${pd_found:+$NL}the ConfigMaps of $pd_namespace name different databases: $(printf '%s\n' "$pd_hosts" | tr '\n' ' ')" ;;
      '' | *.* | *:*) ;;
      *)
        kube_answer -n "$pd_namespace" get service "$pd_hosts" --ignore-not-found -o name
        [ -n "$ANSWER" ] ||
          pd_found="$pd_found${pd_found:+$NL}the adminserver of $pd_namespace asks the database $pd_hosts, and there is no such Service"
        ;;
    esac
  done
  tell_evidence "$pd_found"
}

# probe_schema: a database without Harbor's tables.
probe_schema() {
  runs "$HARBOR_WITH_DATABASE" || return 0
  recent_lines "$HARBOR_WITH_DATABASE" "Error 1146: Table '[^']*' doesn't exist"
  tell_evidence "$RECENT"
}

# probe_password: is Harbor told to begin with the password that everybody knows? Nobody logs in for that.
probe_password() {
  runs "$HARBOR_ADMIN" || return 0
  of_containers "$HARBOR_ADMIN" 'function judge() { print namespace (env["HARBOR_ADMIN_PASSWORD"] == "\"Harbor12345\"" ? " pod" : "") }'
  pp_found=
  pp_lines=$OF_CONTAINERS
  while read -r pp_namespace pp_pod; do
    [ -n "$pp_namespace" ] || continue
    if [ -n "$pp_pod" ]; then
      pp_found="$pp_found${pp_found:+$NL}pods of $pp_namespace begin with the default password of the administrator"
      continue
    fi
    # shellcheck disable=SC2016 # for kubectl
    kube_answer -n "$pp_namespace" get configmaps,secrets \
      -o go-template='{{range .items}}{{$object := .}}{{with .data}}{{with index . "HARBOR_ADMIN_PASSWORD"}}{{if or (eq . "Harbor12345") (eq . "SGFyYm9yMTIzNDU=")}}{{$object.kind}} {{$object.metadata.name}}{{"\n"}}{{end}}{{end}}{{end}}{{end}}'
    [ -z "$ANSWER" ] ||
      pp_found="$pp_found${pp_found:+$NL}$(printf '%s\n' "$ANSWER" | sed "s|^|the default password of the administrator stands in $pp_namespace, |")"
  done <<EOT
$pp_lines
EOT
  tell_evidence "$pp_found"
}

# probe_manifests: a Harbor that cannot do without an adminserver, and has none.
probe_manifests() {
  runs '[/"]harbor-ui:v1\.[2-6]' || return 0
  of_containers '(^|/)harbor-(ui:v1[.][2-6]|adminserver[:@])' 'function judge() { if (image ~ /adminserver/) has[namespace] = 1; else ui[namespace] = image }
  END { for (name in ui) if (!(name in has)) print name " runs " ui[name] " and no adminserver" }'
  tell_evidence "$OF_CONTAINERS"
}

# probe_unbound: claims that have waited for a minute, and a volume that misses them by one thing.
probe_unbound() {
  raw_list /api/v1/persistentvolumeclaims '"phase": *"Pending"'
  [ -n "$RAW_LIST" ] || return 0
  # shellcheck disable=SC2016 # for kubectl
  kube_answer get persistentvolumeclaims,persistentvolumes,storageclasses --all-namespaces -o go-template="$CLAIM_TEMPLATE"
  pu_before=$(date -u -d "@$(($(date +%s) - 60))" +%Y-%m-%dT%H:%M:%SZ)
  tell_evidence "$(printf '%s\n' "$ANSWER" | awk -v BEFORE="$pu_before" "$CLAIM_AWK")"
}

# Fields are parted by tabs: claim NAMESPACE/NAME PHASE CREATED CLASS MODES SIZE VOLUME, wants LABEL VALUE;
# volume NAME PHASE CLASS MODES SIZE CLAIM, label LABEL VALUE; class NAME BINDING-MODE.
# shellcheck disable=SC2016 # for kubectl
CLAIM_TEMPLATE='{{range .items}}{{if eq .kind "PersistentVolumeClaim"}}{{"claim\t"}}{{.metadata.namespace}}/{{.metadata.name}}{{"\t"}}{{.status.phase}}{{"\t"}}{{.metadata.creationTimestamp}}{{"\t"}}{{with .spec.storageClassName}}{{.}}{{else}}{{with .metadata.annotations}}{{with index . "volume.beta.kubernetes.io/storage-class"}}{{.}}{{end}}{{end}}{{end}}{{"\t"}}{{range .spec.accessModes}}{{.}} {{end}}{{"\t"}}{{.spec.resources.requests.storage}}{{"\t"}}{{with .spec.volumeName}}{{.}}{{end}}{{"\n"}}{{with .spec.selector}}{{range $key, $value := .matchLabels}}{{"wants\t"}}{{$key}}{{"\t"}}{{$value}}{{"\n"}}{{end}}{{end}}{{end}}{{if eq .kind "PersistentVolume"}}{{"volume\t"}}{{.metadata.name}}{{"\t"}}{{.status.phase}}{{"\t"}}{{with .spec.storageClassName}}{{.}}{{else}}{{with .metadata.annotations}}{{with index . "volume.beta.kubernetes.io/storage-class"}}{{.}}{{end}}{{end}}{{end}}{{"\t"}}{{range .spec.accessModes}}{{.}} {{end}}{{"\t"}}{{.spec.capacity.storage}}{{"\t"}}{{with .spec.claimRef}}{{.namespace}}/{{.name}}{{end}}{{"\n"}}{{range $key, $value := .metadata.labels}}{{"label\t"}}{{$key}}{{"\t"}}{{$value}}{{"\n"}}{{end}}{{end}}{{if eq .kind "StorageClass"}}{{"class\t"}}{{.metadata.name}}{{"\t"}}{{with .volumeBindingMode}}{{.}}{{end}}{{"\n"}}{{end}}{{end}}'

# shellcheck disable=SC2016 # for awk
CLAIM_AWK='
  function bytes(text,  unit) {
    unit = text; sub(/^[0-9.]+/, "", unit)
    return text * (unit in factor ? factor[unit] : 1)
  }
  function missing_mode(asked, given,  list, n, i) {
    n = split(asked, list, " ")
    for (i = 1; i <= n; i++) if (index(" " given, " " list[i] " ") == 0) return list[i]
    return ""
  }
  function missing_label(c, v,  i) {
    for (i = 1; i <= wants[c]; i++) if (labels[v, want[c, i]] != wanted[c, i]) return want[c, i] "=" wanted[c, i]
    return ""
  }
  # In how many ways the volume does not fit; WHY is the last of them.
  function misfits(c, v,  n, text) {
    n = 0
    if (v_phase[v] == "Released") { n++; WHY = "it is still kept for the claim " v_claim[v] ", which is gone" }
    else if (v_claim[v] != "" && v_claim[v] != c_name[c]) return 9
    if (v_class[v] != c_class[c]) { n++; WHY = "it has the class \"" v_class[v] "\", and \"" c_class[c] "\" is asked" }
    if (bytes(v_size[v]) < bytes(c_size[c])) { n++; WHY = "it has " v_size[v] ", and " c_size[c] " are asked" }
    text = missing_mode(c_modes[c], v_modes[v])
    if (text != "") { n++; WHY = "it does not have the access mode " text }
    text = missing_label(c, v)
    if (text != "") { n++; WHY = "it does not have the label " text }
    return n
  }
  BEGIN {
    FS = "\t"
    split("Ki Mi Gi Ti Pi", binary, " "); split("k M G T P", decimal, " ")
    for (i = 1; i <= 5; i++) {
      factor[binary[i]] = 1024 * (i == 1 ? 1 : factor[binary[i - 1]])
      factor[decimal[i]] = 1000 * (i == 1 ? 1 : factor[decimal[i - 1]])
    }
  }
  $1 == "claim" { c++; c_name[c] = $2; c_phase[c] = $3; c_made[c] = $4; c_class[c] = $5; c_modes[c] = $6; c_size[c] = $7; c_volume[c] = $8; wants[c] = 0 }
  $1 == "wants" { wants[c]++; want[c, wants[c]] = $2; wanted[c, wants[c]] = $3 }
  $1 == "volume" { v++; v_name[v] = $2; v_phase[v] = $3; v_class[v] = $4; v_modes[v] = $5; v_size[v] = $6; v_claim[v] = $7 }
  $1 == "label" { labels[v, $2] = $3 }
  $1 == "class" { binding[$2] = $3 }
  END {
    for (i = 1; i <= c; i++) {
      if (c_phase[i] != "Pending" || c_made[i] > BEFORE || binding[c_class[i]] == "WaitForFirstConsumer") continue
      for (j = 1; j <= v; j++) {
        if ((v_phase[j] != "Available" && v_phase[j] != "Released") || (c_volume[i] != "" && c_volume[i] != v_name[j])) continue
        if (misfits(i, j) == 1) print "the claim " c_name[i] " is Pending, and the volume " v_name[j] " does not fit: " WHY
      }
    }
  }'
