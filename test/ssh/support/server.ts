import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect, type AddressInfo, type Socket } from 'node:net';
import ssh2, {
  type AuthContext,
  type Connection,
  type ServerChannel,
  type ServerConfig,
  type Session,
} from 'ssh2';

/** An ssh server in this process that runs real shells. */
export interface TestServer {
  readonly port: number;
  /** Commands in the order in which they were asked for. */
  readonly commands: readonly string[];
  /** Methods and users of each try to log in. */
  readonly tries: readonly string[];
  readonly connections: () => number;
  /** The most sessions that one connection ever had open at once. */
  readonly mostSessions: () => number;
  /** Breaks every connection with a reset. */
  readonly cut: () => void;
  readonly close: () => Promise<void>;
}

export interface ServerOptions {
  /** Private host key files. */
  readonly hostKeys: readonly string[];
  /** Decides each try to log in; accepts all when missing. */
  readonly authenticate?: (context: AuthContext) => void;
  /** Turns the command into what is really run; `sh -c command` when missing. */
  readonly program?: (command: string) => readonly string[];
  readonly uid?: number;
  readonly environment?: NodeJS.ProcessEnv;
  /** Sessions at once on one connection, as sshd's MaxSessions. */
  readonly maxSessions?: number;
  readonly algorithms?: ServerConfig['algorithms'];
  /** Takes the command instead of a shell. */
  readonly onExec?: (command: string, channel: ServerChannel, connection: Connection) => void;
  readonly forwarding?: boolean;
}

export async function startServer(options: ServerOptions): Promise<TestServer> {
  const commands: string[] = [];
  const tries: string[] = [];
  let mostSessions = 0;
  const sockets = new Set<Socket>();
  const children = new Set<ChildProcess>();
  const config: ServerConfig = { hostKeys: options.hostKeys.map((file) => readFileSync(file)) };
  if (options.algorithms !== undefined) config.algorithms = options.algorithms;

  const server = new ssh2.Server(config, (connection) => {
    let sessions = 0;
    connection.on('error', () => undefined);
    connection.on('authentication', (context) => {
      tries.push(`${context.method} ${context.username}`);
      if (options.authenticate === undefined) context.accept();
      else options.authenticate(context);
    });
    connection.on('session', (accept, reject) => {
      if (++sessions > (options.maxSessions ?? Number.POSITIVE_INFINITY)) {
        sessions--;
        return reject();
      }
      mostSessions = Math.max(mostSessions, sessions);
      const session = accept();
      session.on('close', () => sessions--);
      serve(session, connection);
    });
    connection.on('tcpip', (accept, reject, info) => {
      if (options.forwarding === false) return reject();
      const target = connect({ host: info.destIP, port: info.destPort, noDelay: true }, () => {
        const channel = accept();
        target.pipe(channel).pipe(target);
        channel.on('close', () => target.destroy());
        target.on('close', () => channel.end());
      });
      target.on('error', () => reject());
    });
  });

  function serve(session: Session, connection: Connection): void {
    session.on('exec', (accept, _reject, { command }) => {
      commands.push(command);
      const channel = accept();
      if (options.onExec !== undefined) return options.onExec(command, channel, connection);
      const [file = 'sh', ...args] = options.program?.(command) ?? ['sh', '-c', command];
      const identity = options.uid === undefined ? {} : { uid: options.uid, gid: options.uid };
      const env = options.environment ?? process.env;
      const child = spawn(file, args, { stdio: 'pipe', env, cwd: '/', ...identity });
      children.add(child);
      channel.pipe(child.stdin);
      child.stdin.on('error', () => undefined);
      child.stdout.on('data', (chunk: Buffer) => channel.write(chunk));
      child.stderr.on('data', (chunk: Buffer) => channel.stderr.write(chunk));
      child.on('close', (code, signal) => {
        children.delete(child);
        if (signal === null) channel.exit(code ?? 255);
        else channel.exit(signal.replace('SIG', ''));
        channel.end();
      });
    });
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // ssh2's server hides its sockets; they are needed to break connections.
  const raw: unknown = Reflect.get(server, '_srv');
  if (raw instanceof Object && 'on' in raw && typeof raw.on === 'function') {
    raw.on('connection', (socket: Socket) => {
      socket.setNoDelay(true);
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    });
  }
  const address: AddressInfo | string | null = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    port,
    commands,
    tries,
    connections: () => sockets.size,
    mostSessions: () => mostSessions,
    cut: () => sockets.forEach((socket) => socket.resetAndDestroy()),
    async close() {
      for (const child of children) child.kill('SIGKILL');
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
