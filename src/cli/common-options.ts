import type { Argument, Option } from './command.js';
import { STAGES } from './stages.js';

/** The inventory, for most commands. */
export const INVENTORY_ARGUMENT: Argument = {
  name: 'inventory',
  description: 'the inventory file',
  required: false,
  default: 'inventory.yaml',
  complete: 'inventory',
};

export const HOST_OPTION: Option = {
  name: 'host',
  value: 'NAME',
  description: 'only these hosts (repeat, or separate by commas)',
  repeat: true,
};

export const FORKS_OPTION: Option = {
  name: 'forks',
  value: 'N',
  description: 'hosts worked on at once',
  default: '50',
};

export const ACCEPT_KEYS_OPTION: Option = {
  name: 'accept-new-host-keys',
  description: 'accept the keys of hosts that are not known yet; a changed key is always refused',
};

export const YES_OPTION: Option = {
  name: 'yes',
  short: 'y',
  description: 'do not ask before changing anything',
};

const STAGE_WORDS = { words: STAGES };

export const STAGE_OPTION: Option = {
  name: 'stage',
  value: 'STAGE',
  description: 'only these stages',
  repeat: true,
  complete: STAGE_WORDS,
};

/** What `plan` and `up` share. */
export const RUN_OPTIONS: readonly Option[] = [
  STAGE_OPTION,
  { name: 'from', value: 'STAGE', description: 'from this stage on', complete: STAGE_WORDS },
  { name: 'to', value: 'STAGE', description: 'up to this stage', complete: STAGE_WORDS },
  { name: 'skip', value: 'STAGE', description: 'all but these stages', repeat: true, complete: STAGE_WORDS },
  HOST_OPTION,
  FORKS_OPTION,
  YES_OPTION,
  {
    name: 'output',
    value: 'FORM',
    description: 'tty (live), plain (a line an event) or json (NDJSON); tty on a terminal, else plain',
    choices: ['tty', 'plain', 'json'],
    complete: { words: ['tty', 'plain', 'json'] },
  },
  ACCEPT_KEYS_OPTION,
];

/** What only a run that changes something takes. */
export const UP_OPTIONS: readonly Option[] = [
  {
    name: 'serial',
    description: 'work on one host after the other, play by play; the rest is left when one fails',
  },
  { name: 'keep-going', description: 'start the next play although a host failed' },
  { name: 'retry-failed', description: 'only the hosts that did not succeed in the last run' },
];
