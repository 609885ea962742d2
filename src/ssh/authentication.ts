import { existsSync } from 'node:fs';
import type { AnyAuthMethod, AuthenticationType, AuthHandlerMiddleware, ParsedKey } from 'ssh2';
import type { ProvisionError } from '../errors.js';
import type { Deadline } from './deadline.js';
import { place, unreachable } from './failures.js';
import { createKeyboardHandler, type AskOperator } from './keyboard.js';
import { publicKeyOf, shortPath, type KeyStore } from './keys.js';
import type { Target } from './target.js';

/** One way to log in, made ready only when its turn comes. */
interface Attempt {
  readonly label: string;
  readonly method: AuthenticationType;
  /** A string says why it cannot be tried. */
  readonly prepare: () => Promise<AnyAuthMethod | { readonly unusable: string }>;
}

export interface Authentication {
  readonly handler: AuthHandlerMiddleware;
  /** What was tried and why it was not enough, when the server has refused everything. */
  failure(cause?: unknown): ProvisionError;
}

export interface AuthenticationContext {
  readonly keys: KeyStore;
  readonly ask: AskOperator | undefined;
}

/** Plans how to log in to a target: what the inventory names first, then agent keys and default identities. */
export async function planAuthentication(
  target: Target,
  context: AuthenticationContext,
  deadline: Deadline,
): Promise<Authentication> {
  const waiting = await listAttempts(target, context, deadline);
  const tried: string[] = [];
  const unusable: string[] = [];
  let offered: readonly string[] = [];

  const next = async (allowed: readonly string[] | null): Promise<AnyAuthMethod | false> => {
    if (allowed !== null) offered = allowed;
    for (;;) {
      const index = waiting.findIndex(({ method }) => allowed === null || allowed.includes(wireName(method)));
      const attempt = waiting[index];
      if (attempt === undefined) return false;
      waiting.splice(index, 1);
      const prepared = await attempt.prepare();
      if (!('unusable' in prepared)) {
        tried.push(attempt.label);
        return prepared;
      }
      unusable.push(`${attempt.label}: ${prepared.unusable}`);
    }
  };
  // The refusal of "none" lists what the server takes: worth a round trip before a password, which is to be sent only once.
  let asked = waiting[0] !== undefined && wireName(waiting[0].method) === 'publickey';
  return {
    handler(left, _partial, proceed) {
      if (!asked) {
        asked = true;
        return proceed({ type: 'none', username: target.user });
      }
      // ssh2 takes `false` for "nothing left"; its types do not say so.
      const give = (method: AnyAuthMethod | false): unknown => Reflect.apply(proceed, undefined, [method]);
      next(left).then(give, () => give(false));
    },
    failure: (cause) => refused(target, tried, unusable, offered, cause),
  };
}

function wireName(method: AuthenticationType): string {
  return method === 'agent' ? 'publickey' : method;
}

async function listAttempts(
  target: Target,
  context: AuthenticationContext,
  deadline: Deadline,
): Promise<Attempt[]> {
  const agentKeys = target.agent === undefined ? [] : await context.keys.agentKeys(target.agent);
  const held = new Set<ParsedKey>();
  const identities = target.identityFiles.flatMap((file) => {
    if (!existsSync(file) && file !== target.requiredIdentity) return [];
    const blob = publicKeyOf(file);
    const inAgent = blob && agentKeys.find((key) => key.getPublicSSH().equals(blob));
    if (inAgent !== undefined) held.add(inAgent);
    return inAgent === undefined
      ? [fromFile(target, context, file, deadline)]
      : [fromAgent(target, context, inAgent)];
  });
  const others = target.identitiesOnly ? [] : agentKeys.filter((key) => !held.has(key));
  const rest = others.map((key) => fromAgent(target, context, key));
  const named = target.requiredIdentity === undefined ? [] : identities;
  const found = target.requiredIdentity === undefined ? [...rest, ...identities] : rest;
  const asking = withPassword(target, context, deadline);
  return target.password === undefined ? [...named, ...found, ...asking] : [...named, ...asking, ...found];
}

function fromFile(
  target: Target,
  { keys }: AuthenticationContext,
  file: string,
  deadline: Deadline,
): Attempt {
  return {
    label: `key ${shortPath(file)}`,
    method: 'publickey',
    async prepare() {
      const loaded = await deadline.pause(() => keys.load(file, target.passphrase));
      if ('unusable' in loaded) return loaded;
      return { type: 'publickey', username: target.user, key: loaded.key };
    },
  };
}

function fromAgent(target: Target, { keys }: AuthenticationContext, key: ParsedKey): Attempt {
  return {
    label: `agent key ${key.comment || key.type}`,
    method: 'agent',
    async prepare() {
      return { type: 'agent', username: target.user, agent: await keys.agentFor(target.agent ?? '', key) };
    },
  };
}

function withPassword(target: Target, { ask }: AuthenticationContext, deadline: Deadline): Attempt[] {
  const { password, user: username } = target;
  const asking: AskOperator | undefined = ask && ((...question) => deadline.pause(() => ask(...question)));
  let sent = false;
  const keyboard: Attempt = {
    label: 'keyboard-interactive',
    method: 'keyboard-interactive',
    async prepare() {
      const prompt = createKeyboardHandler(target.label, sent ? undefined : password, asking);
      return { type: 'keyboard-interactive', username, prompt };
    },
  };
  if (password === undefined) return ask === undefined ? [] : [keyboard];
  const plain: Attempt = {
    label: 'password',
    method: 'password',
    async prepare() {
      sent = true;
      return { type: 'password', username, password };
    },
  };
  return [plain, keyboard];
}

function refused(
  target: Target,
  tried: string[],
  unusable: string[],
  offered: readonly string[],
  cause: unknown,
): ProvisionError {
  const who = `${target.user} at ${place(target)}`;
  const refusal =
    tried.length > 0
      ? `${who} was refused with ${tried.join(', ')}`
      : `there is nothing to log in with as ${who}`;
  const left = unusable.length > 0 ? `; not usable: ${unusable.join('; ')}` : '';
  const accepts = offered.length > 0 ? `; the server accepts ${offered.join(', ')}` : '';
  return unreachable(
    target,
    'SSH_AUTH',
    `${refusal}${left}${accepts}`,
    hintFor(target, unusable, cause),
    cause,
  );
}

function hintFor(target: Target, unusable: readonly string[], cause: unknown): string {
  if (cause instanceof Error && /too many auth/i.test(cause.message)) {
    return `The server counts every key that is offered: set identityFile of ${target.host} in the inventory, or IdentitiesOnly in ~/.ssh/config.`;
  }
  const certificate = target.identityFiles.some((file) => existsSync(`${file}-cert.pub`));
  if (certificate || unusable.some((text) => text.endsWith('a security key'))) {
    return `Certificates and security keys need "transport: openssh" in the ssh settings of ${target.host}.`;
  }
  if (unusable.some((text) => text.endsWith('passphrase given') || text.endsWith('wrong passphrase'))) {
    return 'Load the key into an agent (ssh-add), or set passphrase in the inventory.';
  }
  return `Put your key on the host (ssh-copy-id -p ${target.port} ${target.user}@${target.address}), or check user, identityFile and password of ${target.host} in the inventory.`;
}
