import { execFileSync } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rawScript, sh } from '../../../../src/shell/script.js';
import { runScript, SHELLS, testHost } from '../../run-task.js';

const SCRIPT = fileURLToPath(new URL('../../../../playbooks/network/routes/pod-routes.sh', import.meta.url));

/** A network namespace needs root. */
const canUnshare = (() => {
  try {
    execFileSync('unshare', ['-n', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** Keeps the rules of a chain in a file of its name, and speaks as iptables does. */
const IPTABLES = `set -u
[ "$1" = -w ] && shift
table=filter
[ "$1" = -t ] && table=$2 && shift 2
verb=$1 chain=$2
shift 2
file=$RULES/$table.$chain
case $verb in
  -S) [ -e "$file" ] || exit 1; echo "-N $chain"; cat "$file" ;;
  -C) grep -q -x -e "-A $chain $*" "$file" 2>/dev/null ;;
  -A) echo "-A $chain $*" >>"$file" ;;
  -D) grep -q -x -e "-A $chain $*" "$file" 2>/dev/null || exit 1; sed -i '$d' "$file" ;;
  -F) [ -e "$file" ] && : >"$file" ;;
  -X) rm "$file" ;;
esac`;
const RESTORE = `table=
while read -r first rest; do
  case $first in
    -w) ;;
    '*'*) table=\${first#?} ;;
    :*) chain=\${first#:}; : >"$RULES/$table.$chain" ;;
    -A) echo "-A $rest" >>"$RULES/$table.\${rest%% *}" ;;
    COMMIT) ;;
    *) exit 1 ;;
  esac
done`;

const DATA = `node 10.9.0.11
node 10.9.0.12
node 10.9.0.13
pods 10.244.0.0/16
route 10.244.1.0/24 10.9.0.12
route 10.244.2.0/24 10.9.0.13
masquerade yes
`;

/** Runs words in a network of its own, which has one host address. */
async function inNetwork(shell: (typeof SHELLS)[number], words: string, data = DATA) {
  const host = await testHost();
  const bin = join(host.base, 'bin');
  const rules = join(host.base, 'rules');
  await mkdir(bin);
  await mkdir(rules);
  for (const [name, text] of [
    ['iptables', IPTABLES],
    ['iptables-restore', RESTORE],
  ] as const) {
    await writeFile(join(bin, name), `#!/bin/sh\n${text}\n`);
    await chmod(join(bin, name), 0o755);
  }
  const file = join(host.root, 'pod-routes');
  await writeFile(file, data);
  const interpreter = shell.command.join(' ');
  const script = sh`routes() { ${rawScript(interpreter)} ${SCRIPT} "$1"; }
ip link set lo up
ip link add host0 type veth peer name host1
ip addr add 10.9.0.11/24 dev host0
ip link set host0 up
ip link set host1 up
${rawScript(words)}`;
  return runScript(shell, host, script, {
    under: ['unshare', '-n'],
    env: {
      PATH: `${bin}:${process.env['PATH'] ?? ''}`,
      POD_ROUTES_FILE: file,
      RULES: rules,
    },
  });
}

/** busybox calls an `ip` of its own, which no node of Kubernetes has. */
const shells = SHELLS.filter(({ name }) => name !== 'busybox');

describe.each(canUnshare ? shells : [])('$name: routes to the pods of other nodes', (shell) => {
  it('are made, and then are as wanted', async () => {
    const { stdout, stderr } = await inNetwork(
      shell,
      `routes check; echo "check $?"; routes apply; echo "apply $?"; routes check; echo "check $?"
ip -4 route show | grep 10.244; cat "$RULES"/*; routes apply; echo "apply $?"; cat "$RULES"/filter.FORWARD`,
    );
    expect(stderr).toBe('');
    expect(
      stdout,
    ).toBe(`routes to the pods of other nodes: there are (), wanted are (10.244.1.0/24 10.9.0.12, 10.244.2.0/24 10.9.0.13)
the chain PROVISION-PODS of iptables does not let the packets of pods through
the chain PROVISION-PODS of the table nat does not masquerade as it should
check 1
apply 0
check 0
10.244.1.0/24 via 10.9.0.12 dev host0 proto 90 
10.244.2.0/24 via 10.9.0.13 dev host0 proto 90 
-A FORWARD -j PROVISION-PODS
-A PROVISION-PODS -s 10.244.0.0/16 -j ACCEPT
-A PROVISION-PODS -d 10.244.0.0/16 -j ACCEPT
-A POSTROUTING -j PROVISION-PODS
-A PROVISION-PODS -d 10.244.0.0/16 -j RETURN
-A PROVISION-PODS -d 10.9.0.11/32 -j RETURN
-A PROVISION-PODS -d 10.9.0.12/32 -j RETURN
-A PROVISION-PODS -d 10.9.0.13/32 -j RETURN
-A PROVISION-PODS -d 224.0.0.0/4 -j RETURN
-A PROVISION-PODS -s 10.244.0.0/16 -j MASQUERADE
apply 0
-A FORWARD -j PROVISION-PODS
`);
  });

  it('of a node that has gone are taken away, others stay', async () => {
    const { stdout } = await inNetwork(
      shell,
      `routes apply
ip -4 route add 10.99.0.0/24 via 10.9.0.13
sed -i /10.9.0.13/d "$POD_ROUTES_FILE"
routes check; echo "check $?"; routes apply; routes check; echo "check $?"; ip -4 route show | grep via`,
    );
    expect(
      stdout,
    ).toBe(`routes to the pods of other nodes: there are (10.244.1.0/24 10.9.0.12, 10.244.2.0/24 10.9.0.13), wanted are (10.244.1.0/24 10.9.0.12)
the chain PROVISION-PODS of the table nat does not masquerade as it should
check 1
check 0
10.99.0.0/24 via 10.9.0.13 dev host0 
10.244.1.0/24 via 10.9.0.12 dev host0 proto 90 
`);
  });

  it('fail when the way is not there', async () => {
    const { stdout } = await inNetwork(
      shell,
      'routes apply 2>/dev/null; echo "apply $?"',
      DATA.replace('10.244.2.0/24 10.9.0.13', '10.244.2.0/24 192.0.2.1'),
    );
    expect(stdout).toBe('apply 1\n');
  });

  it('are removed with all that belongs to them', async () => {
    const { stdout } = await inNetwork(
      shell,
      'routes apply; routes remove; echo "remove $?"; ip -4 route show proto 90; ls "$RULES"; cat "$RULES"/*; routes remove; echo "remove $?"',
    );
    expect(stdout).toBe('remove 0\nfilter.FORWARD\nnat.POSTROUTING\nremove 0\n');
  });

  it('where flannel masquerades, only let packets through', async () => {
    const { stdout } = await inNetwork(
      shell,
      'routes apply; echo "apply $?"; routes check; echo "check $?"; cat "$RULES"/*',
      'node 10.9.0.11\npods 10.244.0.0/16\nmasquerade no\n',
    );
    expect(stdout).toBe(`apply 0
check 0
-A FORWARD -j PROVISION-PODS
-A PROVISION-PODS -s 10.244.0.0/16 -j ACCEPT
-A PROVISION-PODS -d 10.244.0.0/16 -j ACCEPT
-A POSTROUTING -j PROVISION-PODS
`);
  });
});
