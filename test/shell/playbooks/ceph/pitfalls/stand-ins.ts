import { readFileSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lines, rawScript, type Script } from '../../../../../src/shell/script.js';
import { runScript, type ScriptResult, type Shell, type TestHost, testHost } from '../../../run-task.js';

const ROOT = new URL('../../../../../', import.meta.url);

function load(file: string): Script {
  return rawScript(readFileSync(new URL(file, ROOT), 'utf8'));
}

/** What cures have beside what probes have. */
const CURE = load('src/doctor/cure.sh');

/** A host on which programs are small shell texts; what they were called with is kept. */
export interface StandIns {
  readonly host: TestHost;
  /** A path below the root of the host. */
  readonly path: (...parts: readonly string[]) => string;
  /** Writes a file, and the folders above it. */
  readonly file: (path: string, text?: string) => Promise<string>;
  /** Makes the program print `answers[words]` for the words that it is called with, and end badly for others. */
  readonly says: (name: string, answers: Readonly<Record<string, unknown>>) => Promise<void>;
  /** Makes the program this shell text. */
  readonly program: (name: string, text: string) => Promise<void>;
  /** Calls functions of a file of the pitfalls. */
  readonly run: (shell: Shell, functions: readonly string[], call: Script) => Promise<ScriptResult>;
  /** A line for each call of a program: its name and its words. */
  readonly calls: () => Promise<readonly string[]>;
}

/** Options that are always there. */
const LIMITS =
  's/ --connect-timeout [0-9]*//; s/ --client_mount_timeout [0-9]* --rados_osd_op_timeout [0-9]*//; s/ --kubeconfig=[^ ]*//; s/ --request-timeout=[^ ]*//; s/^ //';

export async function standIns(): Promise<StandIns> {
  const host = await testHost();
  const bin = join(host.base, 'bin');
  const log = join(host.base, 'calls');
  await mkdir(bin);
  await writeFile(log, '');
  const file = async (path: string, text = ''): Promise<string> => {
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, text);
    return path;
  };
  const program = async (name: string, text: string): Promise<void> => {
    await writeFile(
      join(bin, name),
      `#!/bin/sh\nwords=$(printf ' %s' "$@" | sed '${LIMITS}')\nprintf '%s\\n' "${name} $words" >>${log}\n${text}\n`,
    );
    await chmod(join(bin, name), 0o755);
  };
  return {
    host,
    path: (...parts) => join(host.root, ...parts),
    file,
    program,
    says: async (name, answers) => {
      const texts = Object.entries(answers).map(([words, answer], index) => {
        const path = join(host.base, `${name}-${String(index)}`);
        const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
        return { words: words.replaceAll("'", `'\\''`), path, text };
      });
      for (const { path, text } of texts) await writeFile(path, `${text}\n`);
      const cases = texts.map(({ words, path }) => `  '${words}') cat ${path} ;;`);
      await program(
        name,
        `case $words in\n${cases.join('\n')}\n  *) echo "asked: $words" >&2; exit 1 ;;\nesac`,
      );
    },
    run: (shell, functions, call) =>
      runScript(shell, host, lines(...functions.map((name) => load(`playbooks/${name}`)), CURE, call), {
        env: { PATH: `${bin}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin` },
      }),
    calls: async () => (await readFile(log, 'utf8')).split('\n').slice(0, -1),
  };
}

/** Makes `ceph` answer the commands on its standard input, all at once as it does. */
export function cephAnswers(...answers: readonly unknown[]): string {
  return `cat >/dev/null\n${answers.map((answer) => `cat <<'ANSWER'\n${JSON.stringify(answer)}\nANSWER`).join('\n')}`;
}

/** As the API lists objects: the list says of what kind they are. */
export function listOf(kind: string, items: readonly unknown[]): object {
  return { kind: `${kind}List`, apiVersion: 'v1', items };
}

/** The commands of proposals, and what is refused. */
export function proposals(stdout: string): readonly string[] {
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const [kind = '', title = '', command] = line.split('\t');
      return kind === 'propose' ? (command ?? '') : `${kind}: ${title}`;
    });
}

const COMMON = ['ceph/cli.sh', 'ceph/told.sh', 'ceph/pitfalls/common.sh'] as const;
export const OSDS = [...COMMON, 'ceph/pitfalls/osds.sh'];
export const DEPLOY = [...OSDS, 'ceph/pitfalls/deploy.sh'];
export const CLUSTER = [...COMMON, 'ceph/pitfalls/cluster.sh'];
export const VOLUMES = [...COMMON, 'kubernetes/kubectl.sh', 'ceph/pitfalls/volumes.sh'];
export const IMAGES = [...VOLUMES, 'ceph/pitfalls/features.sh', 'ceph/pitfalls/images.sh'];
