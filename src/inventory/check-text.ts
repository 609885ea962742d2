import type { Complaint, Format } from './kinds.js';

/** What is wrong with a text, in itself or in the eyes of its format. A nearest text is one that is valid. */
export function checkText(format: Format, text: string): Complaint | undefined {
  const complaint = firstComplaint(format, text);
  const nearest = complaint?.nearest;
  if (nearest === undefined || nearest === '[]' || firstComplaint(format, nearest) === undefined)
    return complaint;
  return { ...complaint, nearest: undefined };
}

function firstComplaint(format: Format, text: string): Complaint | undefined {
  if (text === '' && format.mayBeEmpty === true) return undefined;
  const complaint = checkSecret(format.severalLines === true ? text.replaceAll('\n', ' ') : text);
  if (complaint !== undefined) return complaint;
  if (text.trim() !== text && format.severalLines !== true)
    return { because: 'it begins or ends with a blank', nearest: text.trim() };
  return format.check(text);
}

/** A secret may be any text of one line. */
export function checkSecret(text: string): Complaint | undefined {
  if (text === '') return { because: 'it is empty' };
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (!/[\u0000-\u001f\u007f\u0085\u2028\u2029\ufeff]/.test(text) && text.isWellFormed()) return undefined;
  return { because: 'it has line breaks or other control characters in it' };
}

/** The same as one sentence, for a question on the terminal; undefined when nothing is wrong. */
export function explainText(format: Format, text: string): string | undefined {
  const complaint = checkText(format, text);
  if (complaint === undefined) return undefined;
  const because = complaint.because === undefined ? '' : `: ${complaint.because}`;
  const end =
    complaint.nearest === undefined ? `. Allowed: ${format.allowed}` : `; did you mean ${complaint.nearest}?`;
  return `This is not ${format.name}${because}${end}`;
}
