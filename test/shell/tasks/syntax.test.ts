import type { Task } from '../../../src/engine/task.js';
import { sh } from '../../../src/shell/script.js';
import { command } from '../../../src/tasks/command.js';
import { directory } from '../../../src/tasks/directory.js';
import { download } from '../../../src/tasks/download.js';
import { file } from '../../../src/tasks/file.js';
import { hostname } from '../../../src/tasks/hostname.js';
import { jsonMerge } from '../../../src/tasks/json-merge.js';
import { kernelModule } from '../../../src/tasks/kernel-module.js';
import { lineInFile } from '../../../src/tasks/line-in-file.js';
import { managedBlock } from '../../../src/tasks/managed-block.js';
import { mount } from '../../../src/tasks/mount.js';
import { swapOff } from '../../../src/tasks/swap-off.js';
import { symlink } from '../../../src/tasks/symlink.js';
import { sysctl } from '../../../src/tasks/sysctl.js';
import { timezone } from '../../../src/tasks/timezone.js';
import { waitFor } from '../../../src/tasks/wait-for.js';
import { ODD_LINE, ODD_NAME, ODD_TEXT } from './lifecycle.js';
import { describeSyntax } from './script-syntax.js';

const oddPath = `/odd/${ODD_NAME}`;
const odd = { path: oddPath, mode: '4755', owner: ODD_NAME, group: ODD_NAME };
const wait = { deadline: 5, description: ODD_TEXT };

/** Every constructor of this folder that concerns files and settings, with the oddest arguments it takes. */
const TASKS: readonly Task[] = [
  file({ id: 'file', ...odd, content: ODD_TEXT }),
  file({ id: 'file-private', ...odd, mode: '0600', content: ODD_TEXT }),
  file({ id: 'file-secret', ...odd, content: { secret: ODD_NAME } }),
  directory({ id: 'directory', ...odd }),
  symlink({ id: 'symlink', path: oddPath, target: ODD_NAME }),
  managedBlock({ id: 'managed-block', path: oddPath, name: ODD_LINE, content: ODD_TEXT, mode: '0600' }),
  managedBlock({ id: 'managed-block-removed', path: oddPath, name: ODD_LINE, content: '', create: false }),
  lineInFile({ id: 'line-in-file', path: oddPath, line: ODD_LINE, match: ODD_LINE }),
  lineInFile({ id: 'line-in-file-absent', path: oddPath, line: ODD_LINE, state: 'absent' }),
  jsonMerge({
    id: 'json-merge',
    path: oddPath,
    values: { [ODD_TEXT]: [ODD_TEXT, { a: ODD_LINE }] },
    remove: [ODD_NAME],
    mode: '0600',
  }),
  download({
    id: 'download',
    path: oddPath,
    url: `https://x.example/${ODD_NAME}`,
    sha256: 'a'.repeat(64),
    mode: '0755',
    proxy: ODD_LINE,
  }),
  sysctl({ id: 'sysctl', file: oddPath, settings: { 'a.b/c-d.e$(id)': ODD_LINE, "a/'b'": '' } }),
  kernelModule({ id: 'kernel-module', file: oddPath, names: ['a-b_c', { name: 'x', presentWhen: oddPath }] }),
  mount({ id: 'mount', path: oddPath, device: ODD_NAME, type: ODD_LINE, options: ODD_LINE }),
  swapOff({ id: 'swap-off' }),
  hostname({ id: 'hostname', name: ODD_LINE }),
  timezone({ id: 'timezone', name: ODD_LINE }),
  command({ id: 'command', title: ODD_LINE, check: sh`true ${ODD_TEXT}`, apply: sh`true ${ODD_TEXT}` }),
  waitFor({ id: 'wait-port', ...wait, port: 1, host: ODD_LINE }),
  waitFor({ id: 'wait-http', ...wait, http: ODD_LINE }),
  waitFor({ id: 'wait-command', ...wait, command: sh`true ${ODD_TEXT}` }),
];

describeSyntax({
  of: 'tasks with odd arguments',
  tasks: TASKS,
  files: [
    'library',
    'managed-block',
    'line-in-file',
    'timezone',
    'mount',
    'swap-off',
    'wait-for',
    'download',
  ],
});
