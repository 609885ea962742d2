import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { listText } from '../api-text.js';
import type { Pitfall } from '../../../../src/pitfalls/pitfall.js';
import type { Script } from '../../../../src/shell/script.js';
import { runScript, type ScriptResult, type Shell, type TestHost, testHost } from '../../run-task.js';

export interface Container {
  readonly image: string;
  readonly name?: string;
  readonly ready?: boolean;
  readonly restarts?: number;
  readonly cpu?: string;
  readonly args?: readonly string[];
  /** Path by volume. */
  readonly mounts?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly configMaps?: readonly string[];
}

export interface Pod {
  readonly name: string;
  readonly namespace?: string;
  readonly group?: string;
  readonly phase?: string;
  /** Volumes, as a manifest has them. */
  readonly volumes?: Readonly<Record<string, object>>;
  readonly containers: readonly Container[];
}

/** The pod, as the API has it. */
export function podObject(pod: Pod): object {
  const { name, namespace = 'default', group, phase = 'Running', volumes = {}, containers } = pod;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, ...(group === undefined ? {} : { generateName: group }) },
    spec: {
      volumes: Object.entries(volumes).map(([volume, source]) => ({ name: volume, ...source })),
      containers: containers.map((container) => ({
        name: container.name ?? 'main',
        image: container.image,
        resources: container.cpu === undefined ? {} : { limits: { cpu: container.cpu } },
        args: container.args,
        volumeMounts: Object.entries(container.mounts ?? {}).map(([volume, mountPath]) => ({
          name: volume,
          mountPath,
        })),
        env: Object.entries(container.env ?? {}).map(([variable, value]) => ({ name: variable, value })),
        envFrom: container.configMaps?.map((map) => ({ configMapRef: { name: map } })),
      })),
    },
    status: {
      phase,
      containerStatuses: containers.map(({ name: own = 'main', image, ready = true, restarts = 0 }) => ({
        name: own,
        image,
        ready,
        restartCount: restarts,
      })),
    },
  };
}

/** What kubectl answers, by its words without the options of every call; anything else ends with an error. */
export type Answers = Readonly<Record<string, string>>;

/** The answers for a cluster with these pods. */
export function answersFor(pods: readonly Pod[], more: Answers = {}): Answers {
  return {
    'get --raw=/api/v1/pods?pretty=1': listText('Pod', pods.map(podObject)),
    ...more,
  };
}

const KUBECTL = `#!/bin/sh
key=
skip=
for word in "$@"; do
  [ -z "$skip" ] || { skip=; continue; }
  case $word in
    --kubeconfig=* | --request-timeout=*) ;;
    -o) skip=yes ;;
    *) key="$key\${key:+ }$word" ;;
  esac
done
file=$(dirname "$0")/../answers/$(printf %s "$key" | tr -c 'A-Za-z0-9=.-' _)
[ -e "$file" ] || { echo "no answer to: $key" >&2; exit 1; }
cat "$file"
`;

/** Runs the script on a host whose kubectl gives these answers. */
export function runWithCluster(
  shell: Shell,
  host: TestHost,
  script: Script,
  answers: Answers,
): Promise<ScriptResult> {
  for (const folder of ['bin', 'answers']) mkdirSync(join(host.base, folder), { recursive: true });
  writeFileSync(join(host.base, 'bin/kubectl'), KUBECTL);
  chmodSync(join(host.base, 'bin/kubectl'), 0o755);
  for (const [words, answer] of Object.entries(answers)) {
    writeFileSync(join(host.base, 'answers', words.replaceAll(/[^A-Za-z0-9=.-]/g, '_')), answer);
  }
  return runScript(shell, host, script, { env: { PATH: `${join(host.base, 'bin')}:/usr/bin:/bin` } });
}

/** The cluster probes of some pitfalls, asked by id. @param healthy what else kubectl answers where nothing is wrong */
export function clusterProbes(shell: Shell, pitfalls: readonly Pitfall[], healthy: Answers) {
  const probe = async (id: string, answers: Answers): Promise<ScriptResult> => {
    const script = pitfalls.find((pitfall) => pitfall.id === id)?.clusterProbe?.script;
    if (script === undefined) throw new Error(`${id} asks no cluster`);
    return await runWithCluster(shell, await testHost(), script, answers);
  };
  /** The lines that it finds, of a cluster with these pods. */
  const found = async (id: string, pods: readonly Pod[], more: Answers = {}): Promise<readonly string[]> => {
    const result = await probe(id, answersFor(pods, { ...healthy, ...more }));
    expect(result).toMatchObject({ stderr: '' });
    expect([0, 1]).toContain(result.code);
    expect(result.code).toBe(result.stdout === '' ? 0 : 1);
    return result.stdout.split('\n').slice(0, -1);
  };
  return { probe, found };
}
