import type { PlaybookContext } from '../../src/engine/play.js';
import type { CephMembers } from './members.js';
import type { CephRelease } from './releases.js';

/** What the plays of this stage are made from. */
export interface CephContext extends PlaybookContext {
  readonly release: CephRelease;
  readonly members: CephMembers;
}
