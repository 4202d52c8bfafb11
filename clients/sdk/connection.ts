import type { ClientRequest, IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { furtherRoot } from '../../certs/authority/furtherRoot.ts';
import type { ReplyMessage } from '../../certs/message.ts';

/** Options of a mutually authenticated connection to one hub. It trusts no authority but the hub's. */
export interface ConnectionOptions {
  /** PEM of the hub's root certificate */
  readonly ca: string;
  /** certificate chain and key of the TLS client, PEM; without them only the open and staff listeners answer */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** keep-alive sockets to one listener */
  readonly sockets?: number;
  /** milliseconds without a byte before a call is given up */
  readonly timeout?: number;
  /**
   * Stores a further certificate of the root (PEM): the hub delivered it, the root's own key signed it, and it lasts longer than `ca`. If
   * storing fails, the process still uses it and offers it again the next time.
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
  /** certificate and key that the client presents now */
  tls: ConnectionOptions['tls'];
  private agent: Agent;
  /** the root certificate that was stored last; one that could not be stored is offered again */
  private storedRoot: string;
  private options: ConnectionOptions;
  private readonly timeout: number;
  private isClosed = false;

  constructor(options: ConnectionOptions) {
    this.timeout = options.timeout ?? 60_000;
    this.options = options;
    this.storedRoot = options.ca;
    this.tls = options.tls;
    this.agent = agentOf(options);
  }

  /** PEM of the root certificate that is trusted */
  get ca(): string {
    return this.options.ca;
  }

  /** Presents this certificate from now on; calls under way end on their own sockets. */
  useCertificate(tls: NonNullable<ConnectionOptions['tls']>): void {
    this.tls = tls;
    this.changeAgent();
  }

  /**
   * Trusts a further certificate of the root from now on, if it is valid: same key, signed by that key, later end.
   * @param offered as a document of the hub names it
   */
  async hearRoot(offered: unknown): Promise<void> {
    const further = furtherRoot(this.storedRoot, offered, Date.now());
    if (further === undefined) return;
    try {
      await this.options.keepRoot?.(further);
      this.storedRoot = further;
    } catch {
      // the storing function reports its own failure; the certificate is proven by the root's key in any case
    }
    if (furtherRoot(this.ca, further, Date.now()) === undefined) return;
    this.options = { ...this.options, ca: further };
    this.changeAgent();
  }

  /** Later calls use new sockets; calls under way end on their own. */
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
        reject(this.isStale(request, error) ? new StaleSocket(error) : error);
      });
      request.end(outgoing.body);
    });
  }

  /**
   * Sends one request and returns the reply as soon as its head has arrived; the body stays unread until the caller reads it.
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
        reject(this.isStale(request, error) ? new StaleSocket(error) : error);
      });
      request.end(outgoing.body);
    });
  }

  /** Whether the hub just closed an idle socket without answering, so that the caller may sign and send again. */
  private isStale({ reusedSocket }: ClientRequest, { code }: NodeJS.ErrnoException): boolean {
    return !this.isClosed && reusedSocket && (code === 'ECONNRESET' || code === 'EPIPE');
  }

  /** Ends calls that wait for their answer; they are not sent again. */
  close(): void {
    this.isClosed = true;
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

/** A keep-alive socket was closed before the hub answered. */
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
