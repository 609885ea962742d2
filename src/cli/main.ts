#!/usr/bin/env node
import { commands } from './commands.js';
import { handleError } from './handle-error.js';
import { processContext } from './process-context.js';
import { runProgram } from './program.js';

const words = process.argv.slice(2);
// Words after "--" are another program's.
const ours = words.includes('--') ? words.slice(0, words.indexOf('--')) : words;
const { context, dispose } = processContext(ours.includes('--debug'));
try {
  process.exitCode = await runProgram(commands, words, context);
} catch (error) {
  process.exitCode = handleError(error, context);
} finally {
  dispose();
}
