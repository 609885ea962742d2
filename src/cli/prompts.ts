import type { Prompts } from './context.js';

/** Questions by inquirer, loaded when the first one is asked. They go to standard error: standard output is for results. */
export const terminalPrompts: Prompts = {
  confirm: (message, initial = false) => ask<boolean>({ type: 'confirm', message, default: initial }),
  input: (message, { initial, validate } = {}) =>
    ask<string>({
      type: 'input',
      message,
      ...(initial === undefined ? {} : { default: initial }),
      ...(validate === undefined ? {} : { validate }),
    }),
  select: (message, choices, initial) =>
    ask<string>({
      type: 'select',
      message,
      choices: [...choices],
      ...(initial === undefined ? {} : { default: initial }),
    }),
  checkbox: (message, choices, initial = []) =>
    ask<string[]>({
      type: 'checkbox',
      message,
      choices: choices.map((name) => ({ name, value: name, checked: initial.includes(name) })),
    }),
  password: (message) => ask<string>({ type: 'password', message, mask: true }),
};

async function ask<Answer>(question: Record<string, unknown>): Promise<Answer> {
  const { createPromptModule } = await import('inquirer');
  const prompt = createPromptModule({ output: process.stderr });
  const answers = (await prompt([{ ...question, name: 'answer' }] as never)) as { answer: Answer };
  return answers.answer;
}
