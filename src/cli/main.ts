#!/usr/bin/env node
import { commands } from './commands.js';
import { handleError } from './handle-error.js';
import { processContext } from './process-context.js';
import { runProgram } from './program.js';

const words = process.argv.slice(2);
const { context, dispose } = processContext(words.includes('--debug'));
try {
  process.exitCode = await runProgram(commands, words, context);
} catch (error) {
  process.exitCode = handleError(error, context);
} finally {
  dispose();
}
