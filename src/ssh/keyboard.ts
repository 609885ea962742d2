import type { KeyboardInteractiveCallback, Prompt } from 'ssh2';

/** Asks the operator what a server asks (a one-time password, say); undefined when there is nobody to ask. */
export type AskOperator = (host: string, question: string, echo: boolean) => Promise<string | undefined>;

export type KeyboardHandler = (
  name: string,
  instructions: string,
  language: string,
  prompts: Prompt[],
  finish: KeyboardInteractiveCallback,
) => void;

const MOST_ROUNDS = 5;
const NOT_THE_PASSWORD = /one.?time|otp|token|verification|code|challenge/i;

/**
 * Answers a server's questions. The first hidden one gets the password, unless it plainly asks for something else; the
 * rest are put to the operator. When there is no answer, none is given, and the server goes on to refuse: it must never
 * be left waiting.
 */
export function createKeyboardHandler(
  host: string,
  password: string | undefined,
  ask: AskOperator | undefined,
): KeyboardHandler {
  let unused = password;
  let rounds = 0;
  const answer = async ({ prompt, echo }: Prompt): Promise<string | undefined> => {
    if (unused !== undefined && echo !== true && !NOT_THE_PASSWORD.test(prompt)) {
      const once = unused;
      unused = undefined;
      return once;
    }
    return ask?.(host, prompt, echo === true);
  };
  const answerAll = async (prompts: readonly Prompt[]): Promise<string[]> => {
    const answers: string[] = [];
    for (const prompt of prompts) {
      const given = await answer(prompt);
      if (given === undefined) return [];
      answers.push(given);
    }
    return answers;
  };
  return (_name, _instructions, _language, prompts, finish) => {
    if (++rounds > MOST_ROUNDS) return finish([]);
    answerAll(prompts).then(finish, () => finish([]));
  };
}
