import { scriptPath } from './paths.js';

/** A command line that first enters a control group; `createGroup` must have made it. */
export function joinGroup(group: string, argv: readonly string[]): string[] {
  return ['sh', scriptPath('join-cgroup.sh'), group, ...argv];
}
