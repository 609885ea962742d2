// Writes the pages of docs/ that are made from the code. Run by `npm run docs` after the build.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { commands } from '../dist/src/cli/commands.js';
import { commandsPage } from '../dist/src/cli/commands-page.js';
import { inventoryJsonSchema } from '../dist/src/inventory/json-schema.js';
import { catalogue } from '../dist/src/pitfalls/catalogue.js';
import { pitfallsPage } from '../dist/src/pitfalls/pitfalls-page.js';
import { inventoryReference } from '../dist/src/inventory/reference.js';

const pages = {
  'commands.md': commandsPage(commands),
  'pitfalls.md': pitfallsPage(catalogue),
  'inventory.md': inventoryReference(),
  'inventory.schema.json': `${JSON.stringify(inventoryJsonSchema(), undefined, 2)}\n`,
};

for (const [name, text] of Object.entries(pages)) {
  const path = fileURLToPath(new URL(`../docs/${name}`, import.meta.url));
  writeFileSync(path, text);
  console.log(`docs/${name}`);
}
