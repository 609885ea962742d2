# shellcheck shell=sh
# The certificates of a control plane, without their keys.

# print_certificates ROOT: a line "C PATH DATA" for each, with tabs; see certificates.ts. ROOT is empty but in tests.
print_certificates() {
  for pc_file in "$1"/etc/kubernetes/pki/*.crt "$1"/etc/kubernetes/pki/etcd/*.crt "$1"/var/lib/kubelet/pki/kubelet-client-current.pem; do
    [ -r "$pc_file" ] || continue
    printf 'C\t%s\t%s\n' "${pc_file#"$1"}" "$(sed -n '/-----BEGIN CERTIFICATE-----/,/-----END CERTIFICATE-----/p' "$pc_file" | sed -e '1d' -e '/-----END/,$d' | tr -d '\n')"
  done
  for pc_file in "$1"/etc/kubernetes/admin.conf "$1"/etc/kubernetes/controller-manager.conf "$1"/etc/kubernetes/scheduler.conf; do
    [ -r "$pc_file" ] || continue
    sed -n "s|^ *client-certificate-data: *\\(.*\\)|C$(printf '\t')${pc_file#"$1"}$(printf '\t')\\1|p" "$pc_file"
  done
}

# note_endings ROOT SECONDS HOW: a note for each certificate that ends within so many seconds, and HOW to renew them.
note_endings() {
  command -v openssl >/dev/null 2>&1 || return 0
  ne_any=no
  for ne_file in "$1"/etc/kubernetes/pki/*.crt "$1"/etc/kubernetes/pki/etcd/*.crt; do
    [ -r "$ne_file" ] || continue
    openssl x509 -noout -checkend "$2" -in "$ne_file" >/dev/null 2>&1 && continue
    ne_end=$(openssl x509 -noout -enddate -in "$ne_file" 2>/dev/null) || continue
    ne_any=yes
    printf 'note: the certificate in %s ends at %s\n' "${ne_file#"$1"}" "${ne_end#notAfter=}"
  done
  [ "$ne_any" = no ] || printf 'note: to renew the certificates: %s\n' "$3"
}
