import type { Playbook } from '../src/engine/play.js';
import { ceph } from './ceph/playbook.js';
import { docker } from './docker/playbook.js';
import { kubernetes } from './kubernetes/playbook.js';
import { network } from './network/playbook.js';
import { hosts } from './hosts/playbook.js';

/** The stages, in the order in which they run. */
export const playbooks: readonly Playbook[] = [hosts, docker, kubernetes, ceph, network];
