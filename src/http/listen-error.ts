/** The server could not be opened at that host and port. The message says what to change. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  /** The system's code, like `EADDRINUSE`. */
  readonly code: string;
  readonly host: string;
  readonly port: number;

  constructor(host: string, port: number, cause: NodeJS.ErrnoException) {
    super(explain(host, port, cause), { cause });
    this.code = cause.code ?? 'unknown';
    this.host = host;
    this.port = port;
  }
}

function explain(host: string, port: number, { code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} of ${host} is in use: end what listens there, or choose another with --port (0: any free one)`;
    case 'EACCES':
      return `port ${port} of ${host} is not allowed to this user: choose another with --port, 1024 or higher`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${host} is no address of this machine: choose another with --host (port ${port} is chosen with --port)`;
    default:
      return `cannot listen at port ${port} of ${host}: ${message}: choose others with --port and --host`;
  }
}
