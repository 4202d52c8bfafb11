import type { IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { furtherRoot } from '../../certs/authority/furtherRoot.ts';
import type { ReplyMessage } from '../../certs/message.ts';

/** What opens a mutually authenticated connection to one hub and trusts no other authority than the hub's. */
export interface ConnectionOptions {
  /** PEM of the hub's root certificate */
  readonly ca: string;
  /** certificate chain and key of the TLS client, PEM; without them only the open and staff listeners answer */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** sockets kept open to one listener */
  readonly sockets?: number;
  /** milliseconds without a byte before a call is given up */
  readonly timeout?: number;
  /**
   * Keeps a further certificate of the root (PEM): the hub handed it over, the root's own key signed it, and it lasts longer than `ca`. It is
   * used even where keeping fails, as long as the process lives; it is then offered again the next time.
   */
  readonly keepRoot?: (pem: string) => Promise<void> | void;
}

export interface OutgoingRequest {
  readonly method: string;
  /** absolute, with the path and query exactly as signed */
  readonly uri: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Receipts travel in a header and grow with the log's height. */
const maxHeadersLength = 65_536;
/** No buffered reply of the hub is larger. */
const maxReplyLength = 64 * 1024 * 1024;

/** Keep-alive connections to one hub: a handshake costs as much as ten exchanges. */
export class Connection {
  /** what is shown of the client now */
  tls: ConnectionOptions['tls'];
  private agent: Agent;
  /** the root certificate that was kept last: what could not be kept is offered for it again */
  private keptRoot: string;
  private options: ConnectionOptions;
  private readonly timeout: number;

  constructor(options: ConnectionOptions) {
    this.timeout = options.timeout ?? 60_000;
    this.options = options;
    this.keptRoot = options.ca;
    this.tls = options.tls;
    this.agent = agentOf(options);
  }

  /** PEM of the root certificate that is trusted */
  get ca(): string {
    return this.options.ca;
  }

  /** Calls from now on show this certificate; those under way end on their own sockets. */
  useCertificate(tls: NonNullable<ConnectionOptions['tls']>): void {
    this.tls = tls;
    this.changeAgent();
  }

  /**
   * Trusts a further certificate of the root from now on, where it is one: of the same key, signed by it, with a later end.
   * @param offered as a document of the hub's names it
   */
  async hearRoot(offered: unknown): Promise<void> {
    const further = furtherRoot(this.keptRoot, offered, Date.now());
    if (further === undefined) return;
    try {
      await this.options.keepRoot?.(further);
      this.keptRoot = further;
    } catch {
      // whoever keeps it tells why; the root's key proves it all the same
    }
    if (furtherRoot(this.ca, further, Date.now()) === undefined) return;
    this.options = { ...this.options, ca: further };
    this.changeAgent();
  }

  /** Calls under way end on their own sockets. */
  private changeAgent(): void {
    const old = this.agent;
    this.agent = agentOf({ ...this.options, ...(this.tls === undefined ? {} : { tls: this.tls }) });
    for (const sockets of Object.values(old.freeSockets))
      for (const socket of sockets ?? []) socket.destroy();
    old.on('free', (socket: Socket) => socket.destroy());
  }

  /**
   * Sends one request and reads the whole reply.
   * @throws the network's or TLS's own error (with `code`), `ETIMEDOUT` after the silence allowed
   */
  send(outgoing: OutgoingRequest): Promise<ReplyMessage> {
    const { origin } = new URL(outgoing.uri);
    return new Promise((resolve, reject) => {
      const request = httpsRequest(
        origin,
        {
          path: outgoing.uri.slice(origin.length),
          method: outgoing.method,
          headers: {
            ...outgoing.headers,
            ...(outgoing.body.length > 0 ? { 'content-length': outgoing.body.length } : {}),
          },
          agent: this.agent,
          timeout: this.timeout,
          maxHeaderSize: maxHeadersLength,
        },
        (response) => {
          const chunks: Buffer[] = [];
          let bytes = 0;
          response.on('data', (chunk: Buffer) => {
            bytes += chunk.length;
            if (bytes > maxReplyLength) request.destroy(networkError('EMSGSIZE', 'the reply is too large'));
            else chunks.push(chunk);
          });
          response.on('end', () => {
            if (!response.complete) return;
            resolve({
              status: response.statusCode ?? 0,
              rawHeaders: response.rawHeaders,
              body: Buffer.concat(chunks),
            });
          });
          response.on('error', reject);
        },
      );
      request.on('timeout', () =>
        request.destroy(networkError('ETIMEDOUT', 'the hub did not answer in time')),
      );
      request.on('error', (error: NodeJS.ErrnoException) => {
        // an idle socket that the hub closed just now: nothing was answered, so the caller may sign and send again
        const stale = request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
        reject(stale ? new StaleSocket(error) : error);
      });
      request.end(outgoing.body);
    });
  }

  /**
   * Sends one request and hands the reply over as soon as its head is there; the body waits until it is read.
   * @throws as `send`
   */
  open(outgoing: OutgoingRequest): Promise<IncomingMessage> {
    const { origin } = new URL(outgoing.uri);
    return new Promise((resolve, reject) => {
      const request = httpsRequest(
        origin,
        {
          path: outgoing.uri.slice(origin.length),
          method: outgoing.method,
          headers: { ...outgoing.headers, 'content-length': outgoing.body.length },
          agent: this.agent,
          maxHeaderSize: maxHeadersLength,
        },
        (response) => {
          request.setTimeout(0);
          resolve(response);
        },
      );
      request.setTimeout(this.timeout, () =>
        request.destroy(networkError('ETIMEDOUT', 'the hub did not answer in time')),
      );
      request.on('error', (error: NodeJS.ErrnoException) => {
        const stale = request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
        reject(stale ? new StaleSocket(error) : error);
      });
      request.end(outgoing.body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

const agentOf = (options: ConnectionOptions): Agent =>
  new Agent({
    keepAlive: true,
    maxSockets: options.sockets ?? 16,
    scheduling: 'lifo',
    ca: options.ca,
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['http/1.1'],
    ...options.tls,
  });

/** A kept socket turned out to be closed before the hub answered. */
export class StaleSocket extends Error {
  readonly code: string | undefined;

  constructor(cause: NodeJS.ErrnoException) {
    super(cause.message, { cause });
    this.name = 'StaleSocket';
    this.code = cause.code;
  }
}

function networkError(code: string, message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(message), { code });
}
