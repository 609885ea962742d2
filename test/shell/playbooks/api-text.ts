/** What the API server writes to ?pretty=1: each value in a line of its own, and what HTML would take for its own as numbers. */
export function apiText(value: object): string {
  const escaped = (text: string): string => `\\u00${text.charCodeAt(0).toString(16)}`;
  return `${JSON.stringify(value, null, 2).replaceAll(/[<>&]/g, escaped)}\n`;
}

/** A list as the API has it: the items do not say of what kind they are. */
export function listText(kind: string, items: readonly object[]): string {
  return apiText({
    kind: `${kind}List`,
    apiVersion: 'v1',
    metadata: { resourceVersion: '1' },
    items: items.map((item) => ({ ...item, kind: undefined, apiVersion: undefined })),
  });
}

/** How kubectl is asked for a list: words of a pattern of the shell. */
export const ASKS_FOR = { pods: '*--raw=/api/v1/pods[?]*', nodes: '*--raw=/api/v1/nodes[?]*' } as const;
