import type { StageStatus } from '../../src/engine/play.js';
import { sh } from '../../src/shell/script.js';

/** The engine's version, and whether it runs, as the init system says on hosts that have one. */
export const status: StageStatus = {
  column: {
    title: 'DOCKER',
    script: sh`if command -v systemctl >/dev/null 2>&1; then systemctl is-active docker 2>/dev/null
else service docker status >/dev/null 2>&1 && echo active
fi
:`,
    cell: (printed, { runtimes: { docker } }) =>
      docker === undefined ? '-' : `${docker} ${printed.trim() || 'unknown'}`,
  },
};
