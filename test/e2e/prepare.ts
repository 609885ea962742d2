import { ensureKubernetes } from '../../src/lab/kubernetes/ensure.js';

/** Before the first test, which has a time limit: the lab's Kubernetes, which takes ten minutes to make where there is none yet. */
export async function setup(): Promise<void> {
  await ensureKubernetes((line) => void process.stderr.write(`${line}\n`));
}
