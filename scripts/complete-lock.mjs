// Adds to package-lock.json the optional packages of other platforms that `npm install` left out. npm does so when the
// registry in use does not carry them, and `npm ci` then refuses the file everywhere. Run it after `npm install`.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = fileURLToPath(new URL('../package-lock.json', import.meta.url));
const lock = JSON.parse(readFileSync(path, 'utf8'));

const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const PROCESSORS = ['arm64', 'x64', 'ia32', 'ppc64', 'riscv64', 's390x', 'arm'];

/** What the name of a platform's package says: binding-linux-arm64-musl. */
function platform(name) {
  const words = name.split(/[/-]/);
  const os = SYSTEMS.find((each) => words.includes(each));
  const cpu = PROCESSORS.find((each) => words.includes(each));
  if (os === undefined || cpu === undefined) return undefined;
  const libc =
    os === 'linux'
      ? name.includes('musl')
        ? ['musl']
        : name.includes('gnu')
          ? ['glibc']
          : undefined
      : undefined;
  return { cpu: [cpu], os: [os], ...(libc === undefined ? {} : { libc }) };
}

let added = 0;
for (const parent of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    const key = `node_modules/${name}`;
    const where = platform(name);
    if (lock.packages[key] !== undefined || where === undefined) continue;
    lock.packages[key] = { version, ...(parent.dev === true ? { dev: true } : {}), ...where, optional: true };
    added += 1;
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(path, `${JSON.stringify(lock, undefined, 2)}\n`);
console.log(`package-lock.json: ${added} packages of other platforms added`);
