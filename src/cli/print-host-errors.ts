import type { ProvisionError } from '../errors.js';
import { hostErrorsText } from '../report/failure-text.js';
import { linePrinter } from '../report/line-printer.js';
import type { Masker } from '../report/mask.js';
import type { Output } from './context.js';

/** What stood in the way on hosts, for commands that print their own results; alike ones stand together. */
export function printHostErrors(
  errors: ReadonlyMap<string, ProvisionError>,
  masker: Masker,
  output: Output,
): void {
  const masked = [...errors].map(([host, error]) => ({ host, error: masker.maskError(error) }));
  linePrinter(output)(hostErrorsText(masked));
}
