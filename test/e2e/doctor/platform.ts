import { expectDone } from '../ceph-lab.js';
import { isClusterWell, KUBECTL } from '../kube-lab.js';
import { type Outcome, provision } from '../provision.js';
import { type StagedLab, stagedLab } from '../staged-lab.js';
import { until } from '../until.js';

const STAGES = ['hosts', 'docker', 'kubernetes', 'ceph', 'network'];
/** The pool, image and client of Ceph that cases use. */
export const POOL = 'kube';

/** The point to which a platform can be put back. */
export const WELL = 'well';

/** What a doctor said. */
export interface DoctorSays extends Outcome {
  /** Ids, in the catalogue's order. */
  readonly found: readonly string[];
}

/** Three hosts with Docker, Kubernetes, Ceph and flannel, and a doctor for them. */
export interface Platform extends StagedLab {
  /** The name that its inventory has at the top. */
  readonly cluster: string;
  readonly kubectl: (words: string) => Promise<string>;
  /** Applies a manifest, given as data. */
  readonly apply: (...objects: readonly object[]) => Promise<void>;
  readonly doctor: (...options: string[]) => Promise<DoctorSays>;
  readonly fix: (id: string, ...options: string[]) => Promise<Outcome>;
  /** Nodes ready, pods running, HEALTH_OK. */
  readonly untilWell: (seconds?: number) => Promise<void>;
}

export async function platform(name: string): Promise<Platform> {
  const base = await stagedLab(name, 3, STAGES, (inventory) => {
    const { ceph } = inventory as unknown as { ceph: Record<string, unknown> };
    ceph['pools'] = { [POOL]: {} };
    ceph['images'] = { [`${POOL}/data`]: { size: '64M' } };
    ceph['clients'] = { [POOL]: { pools: [POOL] } };
  });
  const lab = withDoctor(base, `e2e-${name}`);
  try {
    expectDone(await lab.up());
    await lab.untilWell();
    await lab.snapshot(WELL);
    return lab;
  } catch (error) {
    await base.destroy();
    throw error;
  }
}

/** One host with a Docker that no longer knows the keys of old ones, and nothing on top. */
export async function dockerHost(name: string): Promise<Platform> {
  const base = await stagedLab(
    name,
    1,
    ['hosts', 'docker'],
    ({ hosts }) => {
      for (const host of Object.values(hosts)) host.roles = ['control-plane', 'worker'];
    },
    'trixie',
  );
  const lab = {
    ...withDoctor(base, `e2e-${name}`),
    untilWell: (seconds = 60) =>
      until('Docker well', seconds, async () =>
        (await base.said('node1', 'docker info')).includes('Server Version'),
      ),
  };
  try {
    expectDone(await lab.up());
    return lab;
  } catch (error) {
    await base.destroy();
    throw error;
  }
}

function withDoctor(base: StagedLab, cluster: string): Platform {
  const kubectl = (words: string): Promise<string> => base.on('node1', `${KUBECTL} ${words}`);
  return {
    ...base,
    cluster,
    kubectl,
    apply: async (...objects) => {
      const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
      await base.on('node1', `printf %s '${list.replaceAll("'", `'\\''`)}' | ${KUBECTL} apply -f -`);
    },
    doctor: async (...options) => {
      const outcome = await provision(base.folder, ['doctor', 'lab.yaml', '--output', 'json', ...options]);
      return { ...outcome, found: foundIn(outcome) };
    },
    fix: (id, ...options) =>
      provision(base.folder, ['doctor', 'lab.yaml', '--fix', id, '--yes', '--output', 'plain', ...options]),
    untilWell: (seconds = 300) => until('the platform well', seconds, () => isWell(base)),
  };
}

/** Ids that a doctor with `--output json` found. */
export function foundIn({ stdout, stderr }: Outcome): readonly string[] {
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  try {
    return (JSON.parse(last) as { found: readonly string[] }).found;
  } catch {
    throw new Error(`no summary:\n${stdout}${stderr}`);
  }
}

async function isWell(lab: StagedLab): Promise<boolean> {
  const health = await lab.said('node1', 'timeout 30 ceph --connect-timeout 10 health');
  return health.startsWith('HEALTH_OK') && isClusterWell(lab);
}
