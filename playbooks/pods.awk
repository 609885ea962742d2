# Of a list of pods, lines with fields that are parted by tabs. A line belongs to the container, and a container to the pod, before it:
# pod NAMESPACE NAME GENERATE-NAME PHASE, volume NAME KEYS CONFIGMAP, container NAME IMAGE CPU-LIMIT, arg TEXT, mount VOLUME PATH,
# env NAME VALUE, from KIND NAME. Before the volumes stand: condition MESSAGE, status CONTAINER READY RESTARTS, waiting IMAGE REASON MESSAGE.
# Texts of people are in quotes. Needs api-text.awk.

BEGIN {
  OFS = "\t"
  POD = ".items[]"
  VOLUME = POD ".spec.volumes[]"
  CONTAINER = POD ".spec.containers[]"
  STATUS = POD ".status"
}

function value(path, text) {
  told[path] = text
  if (path == CONTAINER ".command[]" || path == CONTAINER ".args[]") arguments = arguments "arg\t" readable(text) "\n"
  if (index(path, VOLUME ".") == 1) volume_key(substr(path, length(VOLUME ".") + 1))
}

# volume_key PATH: the first word of it, once.
function volume_key(rest) {
  sub(/[.[].*/, "", rest)
  if (index(" " keys, " " rest " ") == 0) keys = keys rest " "
}

# waits STATUS: why the container that this is the status of has not begun.
function waits(status,  image, reason, message) {
  image = taken(status ".image")
  reason = taken(status ".state.waiting.reason")
  message = taken(status ".state.waiting.message")
  return reason == "" ? "" : "waiting\t" image "\t" reason "\t" message "\n"
}

function closed(path,  text, name) {
  if (path == STATUS ".conditions[]") {
    text = taken(path ".message")
    if (text != "") conditions = conditions "condition\t" text "\n"
  } else if (path == STATUS ".initContainerStatuses[]") {
    beginnings = beginnings waits(path)
  } else if (path == STATUS ".containerStatuses[]") {
    states = states "status\t" taken(path ".name") "\t" taken(path ".ready") "\t" taken(path ".restartCount") "\n" waits(path)
  } else if (path == VOLUME) {
    volumes = volumes "volume\t" taken(path ".name") "\t" keys "\t" taken(path ".configMap.name") "\n"
    keys = ""
  } else if (path == CONTAINER ".volumeMounts[]") {
    mounts = mounts "mount\t" taken(path ".name") "\t" taken(path ".mountPath") "\n"
  } else if (path == CONTAINER ".env[]") {
    text = readable(told[path ".value"])
    taken(path ".value")
    variables = variables "env\t" taken(path ".name") "\t" (text == "\"\"" ? "" : text) "\n"
  } else if (path == CONTAINER ".envFrom[]") {
    text = taken(path ".configMapRef.name")
    if (text != "") sources = sources "from\tconfigmap\t" text "\n"
    text = taken(path ".secretRef.name")
    if (text != "") sources = sources "from\tsecret\t" text "\n"
  } else if (path == CONTAINER) {
    containers = containers "container\t" taken(path ".name") "\t" taken(path ".image") "\t" taken(path ".resources.limits.cpu") "\n" arguments mounts variables sources
    arguments = mounts = variables = sources = ""
  } else if (path == POD) {
    print "pod", taken(POD ".metadata.namespace"), taken(POD ".metadata.name"), taken(POD ".metadata.generateName"), taken(STATUS ".phase")
    printf "%s", conditions beginnings states volumes containers
    conditions = beginnings = states = volumes = containers = ""
  }
}
