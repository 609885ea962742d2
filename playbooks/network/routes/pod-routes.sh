#!/bin/sh
# Written by provision. Routes to the pods of other nodes, and the firewall rules that let pods through.
# pod-routes apply|check|remove. What is wanted stands in /etc/provision/pod-routes, a line each:
#   pods NETWORK         the network of all pods
#   node ADDRESS         the private address of a node
#   route NETWORK VIA    the pods of another node, and its private address
#   masquerade yes|no    do packets of pods that leave the cluster get the node's address?
set -u
PATH=$PATH:/usr/sbin:/sbin
export PATH

FILE=${POD_ROUTES_FILE:-/etc/provision/pod-routes}
# By this number of ours in "proto" a route is known as one that this program made.
PROTO=90
CHAIN=PROVISION-PODS

wanted() {
  sed -n "s/^$1 //p" "$FILE"
}

# routes: those of ours that the kernel has, as NETWORK VIA. The kernel leaves out the length of a /32.
routes() {
  ip -4 route show proto "$PROTO" | sed -n 's/^\([0-9./]*\) via \([0-9.]*\) .*/\1 \2/p'
}

# filter_rules, nat_rules: of the chain, in order, as iptables -S prints them.
filter_rules() {
  for network in $(wanted pods); do
    printf -- '-A %s -s %s -j ACCEPT\n-A %s -d %s -j ACCEPT\n' "$CHAIN" "$network" "$CHAIN" "$network"
  done
}

nat_rules() {
  [ "$(wanted masquerade)" = yes ] || return 0
  for network in $(wanted pods); do
    printf -- '-A %s -d %s -j RETURN\n' "$CHAIN" "$network"
  done
  for address in $(wanted node); do
    printf -- '-A %s -d %s/32 -j RETURN\n' "$CHAIN" "$address"
  done
  printf -- '-A %s -d 224.0.0.0/4 -j RETURN\n' "$CHAIN"
  for network in $(wanted pods); do
    printf -- '-A %s -s %s -j MASQUERADE\n' "$CHAIN" "$network"
  done
}

in_line() {
  printf %s "$1" | tr '\n' ',' | sed 's/,/, /g'
}

# same_rules TABLE PARENT RULES: does the chain hold these, and is it called?
same_rules() {
  [ "$(iptables -w -t "$1" -S "$CHAIN" 2>/dev/null | sed '/^-N /d')" = "$3" ] || return 1
  iptables -w -t "$1" -C "$2" -j "$CHAIN" 2>/dev/null
}

check() {
  status=0
  now=$(routes | sort)
  declared=$(wanted route | sort)
  if [ "$now" != "$declared" ]; then
    echo "routes to the pods of other nodes: there are ($(in_line "$now")), wanted are ($(in_line "$declared"))"
    status=1
  fi
  same_rules filter FORWARD "$(filter_rules)" || { echo "the chain $CHAIN of iptables does not let the packets of pods through"; status=1; }
  same_rules nat POSTROUTING "$(nat_rules)" || { echo "the chain $CHAIN of the table nat does not masquerade as it should"; status=1; }
  return "$status"
}

# fill TABLE PARENT RULES: in one step, so that no packet meets half a chain. It is called once, last.
fill() {
  rules=$(printf '*%s\n:%s - [0:0]\n%s\nCOMMIT' "$1" "$CHAIN" "$3" | sed '/^$/d')
  # Before 1.6.2 it does not know how to wait for the lock.
  printf '%s\n' "$rules" | iptables-restore -w --noflush 2>/dev/null ||
    printf '%s\n' "$rules" | iptables-restore --noflush || return 1
  iptables -w -t "$1" -C "$2" -j "$CHAIN" 2>/dev/null || iptables -w -t "$1" -A "$2" -j "$CHAIN"
}

apply() {
  status=0
  wanted route | while read -r network via; do
    ip -4 route replace "$network" via "$via" proto "$PROTO" || exit 1
  done || status=1
  routes | while read -r network via; do
    wanted route | grep -q -x -F "$network $via" || ip -4 route del "$network" via "$via" proto "$PROTO" || exit 1
  done || status=1
  echo 1 >/proc/sys/net/ipv4/ip_forward || status=1
  fill filter FORWARD "$(filter_rules)" || status=1
  fill nat POSTROUTING "$(nat_rules)" || status=1
  return "$status"
}

remove() {
  ip -4 route flush proto "$PROTO"
  for place in filter/FORWARD nat/POSTROUTING; do
    table=${place%/*}
    while iptables -w -t "$table" -D "${place#*/}" -j "$CHAIN" 2>/dev/null; do :; done
    iptables -w -t "$table" -F "$CHAIN" 2>/dev/null
    iptables -w -t "$table" -X "$CHAIN" 2>/dev/null
  done
  return 0
}

case ${1-} in
  apply | check | remove) "$1" ;;
  *)
    echo "usage: $0 apply|check|remove"
    exit 2
    ;;
esac
