# shellcheck shell=sh
# How a host, or the cluster, shows a pitfall of what collects and keeps logs: 0 well, 1 found, with what was seen. They only look.
# Those that ask the cluster need pods.sh.

FLUENTD='(^|[/"])[^/"]*(fluentd|td-agent)[^/"]*([:@"]|$)'
ELASTICSEARCH='(^|[/"])(docker-)?elasticsearch(-oss|-wolfi|-kubernetes)?([:@"]|$)'
KIBANA='(^|[/"])kibana(-oss)?([:@"]|$)'
REFUSED='Invalid Kubernetes API v1 endpoint .*: 40[13] |metadata from Kubernetes API endpoint: .*(40[13]|forbidden|Unauthorized)'

# probe_fluentd_file FILE: did the newest fluentd that writes into this file end because the API server refused it? One that is
# started again and again has done so within the past ten minutes.
probe_fluentd_file() {
  [ -n "$(find "$1" -mmin -10 2>/dev/null)" ] || return 0
  tell_evidence "$(tail -n 2000 "$1" | awk -v REFUSED="$REFUSED" '/starting fluentd-/ { last = "" } $0 ~ REFUSED { last = $0 } END { if (last != "") print last }')"
}

# probe_fluentd_logs: the same of one that writes where containers do.
probe_fluentd_logs() {
  runs "$FLUENTD" || return 0
  of_containers "$FLUENTD" 'function judge() { if (ready[container] != "true") print namespace }'
  [ -n "$OF_CONTAINERS" ] || return 0
  recent_lines "$FLUENTD" "$REFUSED"
  tell_evidence "$RECENT"
}

# probe_fluentd_config: a ConfigMap that a fluentd mounts, and that is not in its namespace or tells it nothing.
probe_fluentd_config() {
  runs "$FLUENTD" || return 0
  of_containers "$FLUENTD" 'function judge(  path) { for (path in mounts) if (config[mounts[path]] != "") print namespace, config[mounts[path]], phase == "Pending" ? "waits" : "runs" }'
  pc_maps=$OF_CONTAINERS
  pc_found=
  while IFS='	' read -r pc_namespace pc_map pc_state; do
    [ -n "$pc_map" ] || continue
    # shellcheck disable=SC2016 # for kubectl
    kube_answer -n "$pc_namespace" get configmap "$pc_map" --ignore-not-found \
      -o go-template='{{"is there\n"}}{{range $key, $value := .data}}{{"file "}}{{$key}}{{"\n"}}{{$value}}{{"\n"}}{{end}}'
    if [ -z "$ANSWER" ]; then
      [ "$pc_state" = runs ] || pc_found="$pc_found${pc_found:+$NL}fluentd waits for the ConfigMap $pc_map, and there is none in $pc_namespace"
    else
      pc_empty=$(printf '%s\n' "$ANSWER" | awk '$1 == "file" && NF == 2 { file = $2; if (file ~ /[.]conf$/) empty[file] = 1 } /^[ \t]*(<|@include)/ { delete empty[file] } END { for (file in empty) print file }' | sort | tr '\n' ' ')
      [ -z "$pc_empty" ] || pc_found="$pc_found${pc_found:+$NL}the ConfigMap $pc_namespace/$pc_map has nothing for fluentd to do in: ${pc_empty% }"
    fi
  done <<EOT
$pc_maps
EOT
  tell_evidence "$pc_found"
}

# probe_discovery: pods of one Elasticsearch that do not know each other.
probe_discovery() {
  runs "$ELASTICSEARCH" || return 0
  of_containers "$ELASTICSEARCH" 'function judge(  key) { key = namespace "\t" group; if (ready[container] == "true") { count[key]++; if (!(key in first)) first[key] = pod } }
  END { for (key in count) print key, first[key], count[key] }'
  pe_groups=$OF_CONTAINERS
  pe_found='' pe_silent=''
  while IFS='	' read -r pe_namespace pe_group pe_pod pe_count; do
    [ -n "$pe_pod" ] || continue
    pe_known=$(kube get --raw="/api/v1/namespaces/$pe_namespace/pods/$pe_pod:9200/proxy/_cluster/health?local=true" 2>/dev/null </dev/null |
      sed -n 's/.*"number_of_nodes" *: *\([0-9][0-9]*\).*/\1/p')
    if [ -z "$pe_known" ]; then
      pe_silent=yes
    elif [ "$pe_known" -lt "$pe_count" ]; then
      pe_found="$pe_found${pe_found:+$NL}the Elasticsearch $pe_namespace/${pe_group%-} has $pe_count pods, and $pe_pod knows $pe_known of them"
    fi
  done <<EOT
$pe_groups
EOT
  tell_evidence "$pe_found" || return
  [ -n "$pe_silent" ] || return 0
  recent_lines "$ELASTICSEARCH" 'no initial state was set|master not discovered|waiting for initial discovery state|failed to send ping to .*127\.0\.0\.1'
  tell_evidence "$RECENT"
}

# probe_kibana_start: one that is not done with its bundles yet.
probe_kibana_start() {
  runs "$KIBANA" || return 0
  of_containers "$KIBANA" 'function judge() { print namespace, pod, container, cpu }'
  pk_containers=$OF_CONTAINERS
  pk_found=
  while IFS='	' read -r pk_namespace pk_pod pk_container pk_cpu; do
    [ -n "$pk_pod" ] || continue
    pk_last=$(kube -n "$pk_namespace" logs "$pk_pod" -c "$pk_container" --tail=300 2>/dev/null </dev/null |
      awk '/Optimizing and caching bundles/ { busy = "yes" } /Optimization of .* complete/ { busy = "" } END { print busy }')
    [ -z "$pk_last" ] ||
      pk_found="$pk_found${pk_found:+$NL}$pk_namespace/$pk_pod is still optimizing and caching its bundles, with a CPU limit of ${pk_cpu:-none}: it goes on"
  done <<EOT
$pk_containers
EOT
  tell_evidence "$pk_found"
}

# probe_base_path: a Kibana that sends browsers where the API server has no such proxy.
probe_base_path() {
  runs "$KIBANA" || return 0
  of_containers "$KIBANA" 'function judge(  name, path) {
    path = ""
    for (name in env) if (name == "KIBANA_BASE_URL" || name == "SERVER_BASEPATH") path = env[name]
    gsub(/"/, "", path)
    if (path ~ /^\/api\/v1\//) print namespace, pod, path
  }'
  pb_pods=$OF_CONTAINERS
  [ -n "$pb_pods" ] || return 0
  kube_answer get --raw=/version
  pb_minor=$(printf '%s\n' "$ANSWER" | sed -n 's/.*"minor": *"\([0-9]*\).*/\1/p')
  pb_found=
  while IFS='	' read -r pb_namespace pb_pod pb_path; do
    pb_why=
    case $pb_path in
      /api/v1/proxy/namespaces/"$pb_namespace"/services/*)
        [ "${pb_minor:-0}" -lt 10 ] || pb_why="Kubernetes 1.$pb_minor has no such path"
        ;;
      /api/v1/namespaces/"$pb_namespace"/services/*/proxy | /api/v1/namespaces/"$pb_namespace"/services/*/proxy/) ;;
      /api/v1/proxy/namespaces/* | /api/v1/namespaces/*/proxy | /api/v1/namespaces/*/proxy/) pb_why="it runs in the namespace $pb_namespace" ;;
      *) pb_why='no proxy is there' ;;
    esac
    [ -z "$pb_why" ] || pb_found="$pb_found${pb_found:+$NL}the Kibana $pb_namespace/$pb_pod has the base path $pb_path, and $pb_why"
  done <<EOT
$pb_pods
EOT
  tell_evidence "$pb_found"
}

# probe_emptydir: an Elasticsearch that keeps data, and has no volume that outlives its pod.
probe_emptydir() {
  runs "$ELASTICSEARCH" || return 0
  of_containers "$ELASTICSEARCH" 'function judge(  path, kind, roles) {
    if (env["NODE_DATA"] == "\"false\"" || env["node.data"] == "\"false\"") return
    if ("node.roles" in env && env["node.roles"] != "" && env["node.roles"] !~ /data/) return
    for (path in mounts) {
      kind = kinds[mounts[path]]
      if (kind !~ / (emptyDir|configMap|secret|downwardAPI|projected) /) return
    }
    print "the Elasticsearch " namespace "/" pod " keeps its data in no volume that outlives the pod"
  }'
  tell_evidence "$OF_CONTAINERS"
}

# probe_map_count FILE FOLDER...: has this kernel too few maps, and did an Elasticsearch say so in a log that is still there?
probe_map_count() {
  pm_count=$(cat "$1" 2>/dev/null) || cannot "$1 cannot be read"
  [ "$pm_count" -lt 262144 ] || return 0
  shift
  for pm_folder in "$@"; do
    for pm_file in "$pm_folder"/*.log; do
      [ -s "$pm_file" ] || continue
      pm_line=$(tail -n 2000 "$pm_file" | grep -e 'max virtual memory areas vm.max_map_count' | tail -n 1 | cut -c 1-500)
      [ -z "$pm_line" ] || differs "vm.max_map_count is $pm_count, and ${pm_file##*/} says: $pm_line" || return
    done
  done
}
