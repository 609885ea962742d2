import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sh } from '../../../src/shell/script.js';
import { SHELLS, testHost } from '../run-task.js';
import { callFunctions } from './source.js';

const PROGRAM = readFileSync(new URL('../../../playbooks/hosts/mirror.awk', import.meta.url), 'utf8');
const ENVIRONMENT = {
  MIRROR: 'http://m.example.com/debian',
  MIRROR_SECURITY: 'http://m.example.com/debian-security',
  MIRROR_RELEASE: 'bookworm',
};

const LIST = `# See sources.list(5)
deb http://deb.debian.org/debian bookworm main contrib
deb-src [arch=amd64 signed-by=/usr/share/keyrings/d.gpg] http://deb.debian.org/debian bookworm-updates main
deb http://security.debian.org/debian-security bookworm-security main
# deb http://deb.debian.org/debian bookworm-backports main
deb https://download.docker.com/linux/debian bookworm stable
deb http://deb.debian.org/debian bullseye main
`;
const NEW_LIST = `# See sources.list(5)
deb http://m.example.com/debian bookworm main contrib
deb-src [arch=amd64 signed-by=/usr/share/keyrings/d.gpg] http://m.example.com/debian bookworm-updates main
deb http://m.example.com/debian-security bookworm-security main
# deb http://deb.debian.org/debian bookworm-backports main
deb https://download.docker.com/linux/debian bookworm stable
deb http://deb.debian.org/debian bullseye main
`;
const SOURCES = `Types: deb
# a comment
URIs: http://deb.debian.org/debian http://other.example.com/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://deb.debian.org/debian-security
Suites: bookworm-security
Components: main

Types: deb
URIs: http://deb.debian.org/debian
Suites: trixie
Components: main
`;

describe.each(SHELLS)('$name: the mirror in package sources', (shell) => {
  async function rewrite(name: string, text: string) {
    const host = await testHost();
    const file = join(host.root, name);
    await writeFile(file, text);
    const settings = { env: ENVIRONMENT };
    const show = sh`show_rewritten ${[PROGRAM, join(host.root, 'missing'), file]}`;
    const first = await callFunctions('hosts/mirror.sh', shell, host, show, settings);
    const apply = await callFunctions(
      'hosts/mirror.sh',
      shell,
      host,
      sh`rewrite ${[PROGRAM, file]}`,
      settings,
    );
    const again = await callFunctions('hosts/mirror.sh', shell, host, show, settings);
    expect([first.stderr, apply.stderr, apply.code]).toEqual(['', '', 0]);
    expect(again).toMatchObject({ code: 0, stdout: '' });
    return { code: first.code, diff: first.stdout, text: await readFile(file, 'utf8'), file, host };
  }

  it('replaces the addresses of the release, one line a source', async () => {
    const { code, diff, text, file, host } = await rewrite('sources.list', LIST);
    expect(code).toBe(1);
    expect(diff).toContain('+deb http://m.example.com/debian bookworm main contrib');
    expect(text).toBe(NEW_LIST);
    expect(await readFile(`${host.state}/backup/run-1${file}`, 'utf8')).toBe(LIST);
  });

  it('replaces them paragraph by paragraph', async () => {
    const { text } = await rewrite('debian.sources', SOURCES);
    expect(text).toBe(
      SOURCES.replace(
        'http://deb.debian.org/debian http://other.example.com/debian',
        'http://m.example.com/debian',
      ).replace('http://deb.debian.org/debian-security', 'http://m.example.com/debian-security'),
    );
  });

  it('leaves a file alone that has it', async () => {
    expect(await rewrite('sources.list', NEW_LIST)).toMatchObject({ code: 0, diff: '', text: NEW_LIST });
    expect(await rewrite('empty.sources', '')).toMatchObject({ code: 0, text: '' });
  });
});
