/** ssh2, loaded when the first connection needs it: it costs 60 ms that `provision --version` must not pay. */
export async function loadSsh2(): Promise<typeof import('ssh2')> {
  const { default: ssh2 } = await import('ssh2');
  return ssh2;
}

/** node-ssh, loaded when the first connection needs it. */
export async function loadNodeSsh(): Promise<typeof import('node-ssh')> {
  return import('node-ssh');
}
