const NOTE = /^note: (.*\S)/;

/**
 * What a check that passes has to say to the operator: its lines `note: TEXT`. The host is as desired, and still there is
 * something to know, such as a daemon that is in the cluster and not in the inventory.
 */
export function notesOf(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => NOTE.exec(line)?.[1] ?? []);
}

/** Is this line of output one that will be told as a note when the task has ended? */
export function isNote(line: string): boolean {
  return NOTE.test(line);
}
