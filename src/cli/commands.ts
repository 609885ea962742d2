import type { Command } from './command.js';
import { completionCommand } from './commands/completion.js';
import { doctorCommand } from './commands/doctor.js';
import { explainCommand } from './commands/explain.js';
import { execCommand } from './commands/exec.js';
import { initCommand } from './commands/init.js';
import { kubeconfigCommand } from './commands/kubeconfig.js';
import { labCommand } from './commands/lab.js';
import { planCommand } from './commands/plan.js';
import { renderCommand } from './commands/render.js';
import { resetCommand } from './commands/reset.js';
import { sshCommand } from './commands/ssh.js';
import { stageCommand } from './commands/stage.js';
import { statusCommand } from './commands/status.js';
import { upCommand } from './commands/up.js';
import { validateCommand } from './commands/validate.js';

/** All commands, in the order in which one meets them. */
export const commands: readonly Command[] = [
  initCommand,
  validateCommand,
  planCommand,
  upCommand,
  stageCommand,
  statusCommand,
  doctorCommand,
  explainCommand,
  execCommand,
  sshCommand,
  kubeconfigCommand,
  renderCommand,
  resetCommand,
  labCommand,
  completionCommand,
];
