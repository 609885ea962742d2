import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A TCP proxy with which a link can be broken, frozen, and put off. */
export interface Proxy {
  readonly port: number;
  /** Resets every connection; new ones are refused while `refuse` is on. */
  readonly cut: () => void;
  /** Nothing passes any more, and nobody is told. */
  readonly freeze: () => void;
  readonly refuse: (on: boolean) => void;
  readonly accepted: () => number;
  readonly close: () => Promise<void>;
}

export async function startProxy(target: number): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let refusing = false;
  let accepted = 0;
  const server = createServer({ noDelay: true }, (outer) => {
    accepted++;
    if (refusing) {
      outer.resetAndDestroy();
      return;
    }
    const inner = connect({ port: target, host: '127.0.0.1', noDelay: true });
    for (const [from, to] of [
      [outer, inner],
      [inner, outer],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address: AddressInfo | string | null = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    cut: () => sockets.forEach((socket) => socket.resetAndDestroy()),
    freeze: () => sockets.forEach((socket) => socket.unpipe().pause()),
    refuse: (on) => {
      refusing = on;
    },
    accepted: () => accepted,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
