# shellcheck shell=sh
# Labels and taints of nodes, by lines of what is wanted:
#   NODE label KEY=VALUE     NODE taint KEY=VALUE:EFFECT     NODE without KEY (no taint of that key)

TEMPLATE='{{range .items}}{{$n := .metadata.name}}{{range $k, $v := .metadata.labels}}{{$n}} label {{$k}}={{$v}}{{"\n"}}{{end}}{{range .spec.taints}}{{$n}} taint {{.key}}={{if .value}}{{.value}}{{end}}:{{.effect}}{{"\n"}}{{end}}{{$n}} node{{"\n"}}{{end}}'

# read_marks: the lines of all nodes as $MARKS.
read_marks() {
  MARKS=$(kube get nodes -o go-template="$TEMPLATE" 2>&1) || cannot "the nodes cannot be read: $MARKS"
}

# is_marked NODE KIND WORD: is it so?
is_marked() {
  case $2 in
    without)
      case $NL$MARKS$NL in
        *"$NL$1 taint $3="*) return 1 ;;
      esac
      ;;
    *)
      case $NL$MARKS$NL in
        *"$NL$1 $2 $3$NL"*) ;;
        *) return 1 ;;
      esac
      ;;
  esac
}

# is_node NODE
is_node() {
  case $NL$MARKS$NL in
    *"$NL$1 node$NL"*) ;;
    *) return 1 ;;
  esac
}

# check_marks: lines of what is wanted on standard input. A node that has yet to join gets its taints when it does, and no label.
check_marks() {
  cm_status=0
  while read -r cm_node cm_kind cm_word; do
    if pending kubeadm-init || pending "$cm_node:kubeadm-join" || ! is_node "$cm_node"; then
      [ "$cm_kind" != label ] || differs "$cm_node is to have the label $cm_word" || cm_status=1
      continue
    fi
    is_marked "$cm_node" "$cm_kind" "$cm_word" && continue
    cm_status=1
    case $cm_kind in
      without) differs "$cm_node has the taint $cm_word, which keeps pods away" || : ;;
      *) differs "$cm_node lacks the $cm_kind $cm_word" || : ;;
    esac
  done
  return "$cm_status"
}

# apply_marks: the same lines.
apply_marks() {
  am_status=0
  while read -r am_node am_kind am_word; do
    is_marked "$am_node" "$am_kind" "$am_word" && continue
    case $am_kind in
      label) kube label node "$am_node" "$am_word" --overwrite ;;
      taint) kube taint node "$am_node" "$am_word" --overwrite ;;
      without) kube taint node "$am_node" "$am_word-" ;;
    esac || am_status=2
  done
  return "$am_status"
}
