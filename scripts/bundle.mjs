// Puts the modules of the program into few files. Node.js takes a third of a second to load each of some 450 by itself, which is as long as a whole run
// that has nothing to do. What lies beside a module is read from where it is: import.meta.url stays that of the module.
import { relative } from 'node:path';
import { rolldown } from 'rolldown';

/** Packages with native parts, or that load their own files. */
const APART = /^(?:node:|ssh2$|node-ssh$|inquirer$|zx$|listr2$)/;

/** @param modules the compiled main module @param folder where the files go, with `provision.js` */
export async function bundle(modules, folder) {
  const ownPlace = {
    name: 'own-place',
    transform(code, id) {
      if (!code.includes('import.meta.url')) return null;
      const place = JSON.stringify(relative(folder, id));
      return code.replaceAll('import.meta.url', `new URL(${place}, import.meta.url).href`);
    },
  };
  const built = await rolldown({
    input: { provision: modules },
    external: APART,
    platform: 'node',
    plugins: [ownPlace],
    checks: { ineffectiveDynamicImport: false },
  });
  await built.write({
    dir: folder,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
  });
  await built.close();
}
