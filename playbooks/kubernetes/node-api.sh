# shellcheck shell=sh
# What the API server says to a node, in one conversation for all who ask: curl takes longer to start (18 ms on a host of the lab) than to be answered.

# server_of CONF
server_of() {
  sed -n '/^ *server: /{s/^ *server: *"\{0,1\}\([^"]*\)"\{0,1\} *$/\1/p;q;}' "$1"
}

# tokens_of PODS: "FILE TOKEN" of what the pods of this host were given, at most 100.
tokens_of() {
  to_count=0
  for to_file in "$1"/*/volumes/kubernetes.io~*/*/token; do
    to_token=
    [ -s "$to_file" ] && [ "$to_count" -lt 100 ] || continue
    read -r to_token <"$to_file" || [ -n "$to_token" ] || continue
    printf '%s %s\n' "$to_file" "$to_token"
    to_count=$((to_count + 1))
  done
}

# token_requests SERVER CA: of "NAME TOKEN" on standard input, one a line, what curl is to ask, as it reads it: the code that the API server answers to
# each, "CODE NAME". They go by standard input, since arguments can be read by everyone, and over one connection. It passes over a first "next".
token_requests() {
  tr_trust=insecure
  [ ! -r "$2" ] || tr_trust="cacert = \"$2\""
  awk -v server="$1" -v trust="$tr_trust" '
    NF == 2 {
      print "next"
      print trust
      print "silent\nnoproxy = \"*\"\nmax-time = 5\noutput = \"/dev/null\""
      printf "url = \"%s/api\"\nheader = \"Authorization: Bearer %s\"\nwrite-out = \"%%{http_code} %s\\n\"\n", server, $2, $1
    }'
}

# try_tokens SERVER CA: what it answers.
try_tokens() {
  token_requests "$1" "$2" | timeout 20 curl -K - 2>/dev/null
}

# pods_request SERVER CONF CA NODE: what curl is to ask for the pods of the node, with the headers before them; nothing where kubelet has its key in
# no file. To a client with the name of curl the API server would write each value in a line of its own.
pods_request() {
  pr_key=$(sed -n '/^ *client-certificate: *\//{s/^ *client-certificate: *//p;q;}' "$2")
  [ -r "$pr_key" ] && [ -r "$3" ] || return 0
  printf '%s\n' silent fail globoff include 'noproxy = "*"' 'max-time = 5' 'user-agent = "provision"' \
    "cacert = \"$3\"" "cert = \"$pr_key\"" "url = \"$1/api/v1/pods?fieldSelector=spec.nodeName=$4\"" 'write-out = "\n"'
}

# node_told CONF CA NODE PODS: "asked SERVER SECONDS", the headers of the first answer, the pods of the node in a line, "CODE FILE" for each token that
# they have, and "answered SECONDS". Doctor has asked once for all, as $NODE_TOLD.
node_told() {
  have curl && [ -r "$1" ] || return 1
  nt_server=$(server_of "$1")
  printf 'asked %s %s\n' "$nt_server" "$(date +%s)"
  {
    pods_request "$nt_server" "$1" "$2" "$3"
    tokens_of "$4" | token_requests "$nt_server" "$2"
  } | timeout 20 curl -K - 2>/dev/null
  printf '\nanswered %s\n' "$(date +%s)"
}

# refused_tokens CONF CA NODE PODS: the files of those that the API server does not take.
refused_tokens() {
  known NODE_TOLD node_told "$@" | sed -n 's/^401 //p'
}

# pods_of_node CONF CA NODE PODS: as the API has them.
pods_of_node() {
  known NODE_TOLD node_told "$@" | grep -e '^{' || node_kubectl "$1" get --raw="/api/v1/pods?fieldSelector=spec.nodeName=$3"
}

# node_kubectl CONF WORDS...: as the node itself.
node_kubectl() {
  nk_conf=$1
  shift
  timeout -k 5 10 env HOME=/proc/none kubectl --kubeconfig="$nk_conf" --request-timeout=5s "$@"
}
