import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { commands } from '../../../src/cli/commands.js';
import { commandsPage } from '../../../src/cli/commands-page.js';

it('docs/commands.md is what the commands say (run "npm run docs")', () => {
  const page = readFileSync(new URL('../../../docs/commands.md', import.meta.url), 'utf8');
  expect(page).toBe(commandsPage(commands));
});
