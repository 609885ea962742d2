import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';

/** Chunks that an sshd sends between the login and the answer to the first program. */
const CHUNKS = 4;

/**
 * Spares the first program the 40 ms of a delayed acknowledgement. After the login sshd sends its host keys and notes about the
 * key in small packets, still without TCP_NODELAY (it sets that at the first program), so each waits until the one before is
 * acknowledged; and our system delays an acknowledgement when it has nothing to send. So something is sent:
 * the end of a forwarding that never was, to which no answer is asked for.
 */
export function nudgeAfterLogin(client: Client, socket: Duplex): void {
  let left = CHUNKS;
  const nudge = (): void => {
    if (left-- === 0) socket.off('data', nudge);
    else if (socket.writable) client.unforwardIn('localhost', 0);
  };
  socket.on('data', nudge);
}
