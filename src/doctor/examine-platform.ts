import type { Playbook } from '../engine/play.js';
import type { RunRequest } from '../engine/run-request.js';
import type { ProvisionError } from '../errors.js';
import type { Host, Inventory } from '../inventory/inventory.js';
import type { Environment, HostProbe, Pitfall } from '../pitfalls/pitfall.js';
import { groupBy } from '../report/group-alike.js';
import type { Script } from '../shell/script.js';
import { askOperator } from './ask-operator.js';
import { askHosts, type ClusterProgram, type Waiting } from './ask-hosts.js';
import { type Answers, examination, type Question } from './examine.js';

/** What the doctor looks for, and where. */
export interface Scope {
  /** Every stage that the program knows. */
  readonly playbooks: readonly Playbook[];
  /** Those that are looked for. */
  readonly pitfalls: readonly Pitfall[];
  /** Hours of logs that are read for traces; undefined: none. */
  readonly logs: number | undefined;
  /** Of the operator's machine. */
  readonly env: Environment;
}

/** What was answered. */
export interface Examined {
  /** Of each host itself. */
  readonly hosts: Answers;
  /** Of the clusters, by the host that was asked. */
  readonly clusters: Answers;
  /** Of the operator's machine; empty where single hosts are asked for. */
  readonly operator: Answers;
  readonly errors: ReadonlyMap<string, ProvisionError>;
}

/** Asks every host and this machine about itself, and the clusters on hosts that can ask them, all at once. Changes nothing. */
export async function examinePlatform(
  request: RunRequest,
  mask: (text: string) => string,
  scope: Scope,
  waiting?: Waiting,
): Promise<Examined> {
  const { inventory } = request;
  const here = request.hosts.length === 0 ? scope.pitfalls : [];
  const inquiry = {
    program: (name: string) => hostProgram(name, inventory, scope),
    clusters: clusterPrograms(scope),
  };
  const [asked, operator] = await Promise.all([
    askHosts(request, mask, inquiry, waiting),
    askOperator(inventory, here, scope.env),
  ]);
  return { ...asked, operator };
}

function hostProgram(
  name: string,
  inventory: Inventory,
  { playbooks, pitfalls, logs }: Scope,
): string | undefined {
  const host = inventory.hosts.find((each) => each.name === name);
  if (host === undefined) return undefined;
  const concerned = playbooks.filter(({ hosts }) => hosts(inventory).some((each) => each.name === name));
  const access = concerned.flatMap((playbook) =>
    playbook.access === undefined ? [] : [question('access', playbook.stage, playbook.access)],
  );
  const probes = pitfalls
    .filter(({ stage }) => isConcerned(stage, playbooks, concerned))
    .flatMap(({ id, probe }) =>
      probe === undefined ? [] : [question('probe', id, scriptOf(probe, inventory, host))],
    );
  return examination([...access, ...probes], { logs });
}

/** Pitfalls of a stage that has no playbook may show on any host. */
function isConcerned(stage: string, playbooks: readonly Playbook[], concerned: readonly Playbook[]): boolean {
  const isStage = (playbook: Playbook): boolean => playbook.stage === stage;
  return concerned.some(isStage) || !playbooks.some(isStage);
}

/** Clusters do not wait for each other. */
function clusterPrograms({ playbooks, pitfalls, logs }: Scope): readonly ClusterProgram[] {
  const asked = pitfalls.flatMap(({ id, clusterProbe }) =>
    clusterProbe === undefined ? [] : [{ id, ...clusterProbe }],
  );
  const programs = groupBy(asked, ({ asks }) => asks.join(' ')).map((group) => ({
    asks: group[0]?.asks ?? [],
    program: examination(group.map(({ id, script }) => question('probe', id, script))),
  }));
  const told = playbooks.flatMap(({ stage, clusterLog }) =>
    clusterLog === undefined ? [] : [{ asks: [stage], program: examination([], { clusters: [clusterLog] }) }],
  );
  return logs === undefined ? programs : [...programs, ...told];
}

function question(kind: Question['kind'], name: string, script: Script): Question {
  return { kind, name, script };
}

function scriptOf(probe: HostProbe, inventory: Inventory, host: Host): Script {
  return typeof probe === 'function' ? probe(inventory, host) : probe;
}
