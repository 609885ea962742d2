import { ExitCode, ProvisionError } from '../errors.js';
import { labNames } from './destroy.js';
import { type Lab, openLab } from './model.js';
import { requireRoot } from './requirements.js';

/**
 * The lab that is meant: the one named, or the only one there is.
 * @throws ProvisionError LAB_ROOT, LAB_NONE, LAB_AMBIGUOUS
 */
export async function chooseLab(name: string | undefined): Promise<string> {
  requireRoot();
  if (name !== undefined) return name;
  const names = await labNames();
  const [only] = names;
  if (only !== undefined && names.length === 1) return only;
  if (only === undefined) {
    throw new ProvisionError('LAB_NONE', 'There is no lab on this machine.', {
      hint: '`provision lab create` makes one.',
      exitCode: ExitCode.usage,
    });
  }
  throw new ProvisionError('LAB_AMBIGUOUS', `There are several labs: ${names.toSorted().join(', ')}.`, {
    hint: 'Say which one with `--name`.',
    exitCode: ExitCode.usage,
  });
}

/** `chooseLab`, opened. */
export async function openChosen(name: string | undefined): Promise<Lab> {
  return openLab(await chooseLab(name));
}
