import type { Task } from '../../../src/engine/task.js';
import { aptKey } from '../../../src/tasks/apt-key.js';
import { aptRepository } from '../../../src/tasks/apt-repository.js';
import { packages } from '../../../src/tasks/packages.js';
import { restartService } from '../../../src/tasks/restart-service.js';
import { service } from '../../../src/tasks/service.js';
import { sshAuthorizedKey } from '../../../src/tasks/ssh-authorized-key.js';
import { sudoers } from '../../../src/tasks/sudoers.js';
import { user } from '../../../src/tasks/user.js';
import { ODD_LINE, ODD_NAME, ODD_TEXT } from './lifecycle.js';
import { describeSyntax } from './script-syntax.js';

const KEY = `-----BEGIN PGP PUBLIC KEY BLOCK-----\nComment: ${ODD_LINE}\n\nmDMEZ0AA\n-----END PGP PUBLIC KEY BLOCK-----\n`;
const oddFolder = `/odd/${ODD_NAME}`;
const words = ODD_LINE.replaceAll(/[\s[\]#]/g, '');

/** Every constructor that concerns packages, services and accounts, with the oddest arguments it takes. */
const TASKS: readonly Task[] = [
  aptKey({ id: 'apt-key', path: `${oddFolder}/k.asc`, key: KEY }),
  aptKey({ id: 'apt-key-binary', path: `${oddFolder}/k.gpg`, key: KEY }),
  aptKey({
    id: 'apt-key-url',
    path: `${oddFolder}/k.gpg`,
    key: { url: `https://x.example/${ODD_NAME}`, sha256: 'a'.repeat(64) },
  }),
  aptRepository({
    id: 'apt-repository',
    file: `${oddFolder}/r.list`,
    uris: [words],
    suites: [words],
    components: [words],
    signedBy: words,
    fields: { Trusted: words },
  }),
  packages({
    id: 'packages',
    install: ['a+b-c.d', { name: 'libstdc++6', version: '5:1.2~rc-3+b*?' }],
    hold: true,
    lockTimeout: 1.5,
    maskUnits: ['a@b\\x2dc:d.service', 'x.socket'],
    update: false,
    recommends: true,
  }),
  service({ id: 'service', unit: 'a@b\\x2dc:d_e.service', enabled: true, running: false }),
  restartService({
    id: 'restart-service',
    unit: 'a@b\\x2dc:d_e.service',
    reads: [oddFolder, '/b'],
    tasks: ['one', 'two'],
    reload: true,
  }),
  user({
    id: 'user',
    name: 'a.b-c_D',
    shell: '/b in/$(id)',
    home: "/it's",
    groups: ['g-1', 'G.2'],
    system: true,
  }),
  sudoers({ id: 'sudoers', name: '-odd_name', content: ODD_TEXT }),
  sshAuthorizedKey({
    id: 'ssh-key',
    user: 'a.b',
    key: `command="${ODD_LINE}" ssh-rsa AAAAB3+/a== ${ODD_LINE}`,
  }),
];

describeSyntax({
  of: 'system tasks with odd arguments',
  tasks: TASKS,
  files: [
    'apt',
    'packages-apply',
    'packages-check',
    'restart-service',
    'service-apply',
    'service-check',
    'ssh-authorized-key',
    'unit',
    'unit-apply',
    'user',
    'user-apply',
    'user-check',
  ],
  // Variables that another of the files sets or reads.
  exclude: ['SC2034', 'SC2153', 'SC2154'],
});
