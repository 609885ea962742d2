import { readFileSync } from 'node:fs';

/** The shell functions that every task script finds defined; see library.sh. */
export const LIBRARY = readFileSync(new URL('./library.sh', import.meta.url), 'utf8');
