import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

function sources(folder: string): string[] {
  const entries = readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' });
  return entries
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(`${root}${folder}/${name}`, 'utf8'));
}

it('docs/errors.md has every code that an error can have', () => {
  const page = readFileSync(`${root}docs/errors.md`, 'utf8');
  const codes = sources('src').flatMap((text) =>
    [...text.matchAll(/new ProvisionError\(\s*'([A-Z_]+)'/g)].map(([, code]) => code ?? ''),
  );
  expect(codes.length).toBeGreaterThan(30);
  for (const code of new Set(codes)) expect(page).toContain(code);
});
