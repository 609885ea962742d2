import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sh } from '../../../src/shell/script.js';
import { runScript, type ScriptSettings, type Shell, type TestHost } from '../run-task.js';

/** A package with nothing in it but scripts. */
export interface TestPackage {
  readonly name: string;
  readonly version: string;
  readonly postinst?: string | undefined;
  readonly depends?: string | undefined;
  readonly recommends?: string | undefined;
}

/** Puts packages into the test's package source, a folder that apt reads. */
export async function publish(host: TestHost, ...list: readonly TestPackage[]): Promise<string> {
  const source = join(host.root, 'source');
  await mkdir(source, { recursive: true });
  for (const each of list) await build(host, source, each);
  const stanzas = (await readdir(source))
    .filter((name) => name.endsWith('.deb'))
    .map(async (name) => stanza(source, name, await readFile(join(source, name))));
  await writeFile(join(source, 'Packages'), (await Promise.all(stanzas)).join('\n'));
  return source;
}

async function build(host: TestHost, source: string, each: TestPackage): Promise<void> {
  const control = join(host.base, 'deb', `${each.name}-${each.version}`, 'DEBIAN');
  await mkdir(control, { recursive: true });
  const fields = [
    `Package: ${each.name}`,
    `Version: ${each.version}`,
    'Architecture: all',
    'Maintainer: nobody <nobody@localhost>',
    ...(each.depends === undefined ? [] : [`Depends: ${each.depends}`]),
    ...(each.recommends === undefined ? [] : [`Recommends: ${each.recommends}`]),
    'Description: for a test',
    '',
  ];
  await writeFile(join(control, 'control'), fields.join('\n'));
  if (each.postinst !== undefined) {
    await writeFile(join(control, 'postinst'), `#!/bin/sh\n${each.postinst}\n`);
    await chmod(join(control, 'postinst'), 0o755);
  }
  const built = spawnSync('dpkg-deb', ['--root-owner-group', '-b', join(control, '..'), source]);
  if (built.status !== 0) throw new Error(built.stderr.toString());
}

function stanza(source: string, name: string, content: Buffer): string {
  const fields = ['Package', 'Version', 'Architecture', 'Depends', 'Recommends'];
  const told = spawnSync('dpkg-deb', ['-f', join(source, name), ...fields], { encoding: 'utf8' });
  return `${told.stdout}Filename: ./${name}
Size: ${content.length}
SHA256: ${createHash('sha256').update(content).digest('hex')}
`;
}

/** The folder becomes the only package source of the copied root. */
export async function useOnly(
  shell: Shell,
  host: TestHost,
  source: string,
  settings: ScriptSettings,
): Promise<void> {
  const result = await runScript(
    shell,
    host,
    sh`rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/* /var/lib/apt/lists/* /usr/sbin/policy-rc.d
echo 'APT::Sandbox::User "root";' >/etc/apt/apt.conf.d/99-test
printf '%s\n' ${`deb [trusted=yes] file:${source} ./`} >/etc/apt/sources.list`,
    settings,
  );
  if (result.code !== 0) throw new Error(result.stdout + result.stderr);
}
