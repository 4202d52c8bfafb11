/** HTTP/1.1 servers: limits against slow and oversized clients, errors of the parser, and checks of a request's head before routing. */
import { STATUS_CODES, type IncomingMessage, type Server, type ServerOptions } from 'node:http';
import { Socket } from 'node:net';
import { Problem } from '../../../../terms/problem.ts';
import { problemReply } from '../replies/reply.ts';
import { maxConnections } from './connectionLimits.ts';
import type { Connections } from './connections.ts';

/** Milliseconds and bytes. A part of an upload (≤ 8 MiB) must arrive within requestTimeout, so no address needs more. */
export const serverLimits = {
  maxHeaderSize: 16_384,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 1_000,
  insecureHTTPParser: false,
  requireHostHeader: false, // checkRequestHead refuses a missing one with a problem; Node would send a bare status
} as const satisfies ServerOptions;

/** Further limits of TLS listeners. An unfinished handshake times out, and HTTP/1.1 is the only protocol. */
export const tlsLimits = {
  handshakeTimeout: 10_000,
  minVersion: 'TLSv1.2',
  honorCipherOrder: true,
  ALPNProtocols: ['http/1.1'],
} as const;

/**
 * Names and values of header lines, counted separately. Node silently drops lines beyond its own limit, so more than this is rejected
 * first.
 */
export const maxRawHeaders = 200;

/** Sets limits that are properties of the server, not options. */
export function limitServer(server: Server): void {
  server.maxRequestsPerSocket = 10_000;
  // connectionLimits.ts makes room beyond its own limit; this is what the process accepts at all
  server.maxConnections = maxConnections + 1_024;
}

/** Which `Host` a listener accepts. @throws Problem host_mismatch */
export type HostCheck = (host: string | undefined) => void;

/** The exact host and port: signatures cover them. */
export function exactHost(origin: string): HostCheck {
  const { host: expected } = new URL(origin);
  return (host) => {
    if (host !== expected) throw hostMismatch(expected);
  };
}

const loopback: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * The host name of a configured origin, or loopback; any port, since a proxy may map it. A page of another name cannot reach the listener
 * by DNS rebinding.
 */
export function hostNameOf(origin: string): HostCheck {
  const { hostname: expected } = new URL(origin);
  return (host) => {
    const name = host?.replace(/:\d*$/, '').toLowerCase() ?? '';
    if (name !== expected && !loopback.has(name)) throw hostMismatch(expected);
  };
}

/** For listeners without a configured origin. HTTP/1.0 has no Host. */
export const anyHost: HostCheck = () => undefined;

const hostMismatch = (expected: string): Problem =>
  new Problem('host_mismatch', { expected }, { at: 'host', expected });

/**
 * Refuses requests that two readers, such as a proxy and the hub, could understand differently.
 * @throws Problem headers_too_many, malformed_http, header_duplicate, host_mismatch, target_malformed
 */
export function checkRequestHead(request: IncomingMessage, checkHost: HostCheck): void {
  const { headers, rawHeaders } = request;
  if (rawHeaders.length > maxRawHeaders) {
    throw new Problem('headers_too_many', { limit: maxRawHeaders / 2 }, { headers: { connection: 'close' } });
  }
  // the parser also accepts 0.9 and 2.0 in the request line
  if (request.httpVersionMajor !== 1) throw new Problem('malformed_http');
  checkTransferCoding(headers['transfer-encoding']);
  // Node accepts a second Host; a proxy in front may have used the other one
  if (countHosts(rawHeaders) > 1) throw new Problem('header_duplicate', { name: 'host' }, { at: 'host' });
  checkHost(headers.host);
  if (headers.host === undefined && request.httpVersionMinor > 0)
    throw new Problem('malformed_http', {}, { at: 'host' });
  if (request.url?.startsWith('/') !== true) throw new Problem('target_malformed');
}

/**
 * Chunked is the only transfer coding. Of any other (RFC 9112 §6.1) the parser would return the coded bytes, while a proxy in front may have
 * decoded them.
 */
function checkTransferCoding(coding: string | undefined): void {
  if (coding === undefined || coding.toLowerCase() === 'chunked') return;
  throw new Problem(
    'malformed_http',
    {},
    { at: 'transfer-encoding', expected: 'chunked', headers: { connection: 'close' } },
  );
}

function countHosts(rawHeaders: readonly string[]): number {
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? '';
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts;
}

interface ParserError extends NodeJS.ErrnoException {
  /** the bytes that the parser refused */
  readonly rawPacket?: Buffer;
}

/**
 * Answers what the HTTP parser refuses with a problem and closes the connection. There is no exchange and no log entry. Within another
 * reply, the client would read the answer as a part of that reply: such a connection is closed without an answer.
 */
export function answerClientErrors(
  server: Server,
  connections: Pick<Connections, 'isReplying'>,
  count: (code: string) => void,
): void {
  server.on('clientError', (error: ParserError, socket) => {
    count(error.code ?? 'unknown');
    // over broken TLS an answer could never be sent
    const broken = error.code === 'ECONNRESET' || error.code?.startsWith('ERR_SSL_') === true;
    const within = socket instanceof Socket && connections.isReplying(socket);
    if (broken || within || !socket.writable) {
      socket.destroy();
      return;
    }
    socket.end(bareReply(parserProblem(error)), () => socket.destroy());
  });
}

/** True if the request line has a byte beyond ASCII. */
const hasRawText = (packet: Buffer | undefined): boolean =>
  /^[^\r\n]*[\x80-\xff]/.test(packet?.toString('latin1') ?? '');

function parserProblem({ code, rawPacket }: ParserError): Problem {
  if (code === 'HPE_HEADER_OVERFLOW') return new Problem('headers_too_large');
  // text that was not escaped, such as raw Chinese; control characters stay malformed HTTP
  if (code === 'HPE_INVALID_URL' && hasRawText(rawPacket)) return new Problem('target_malformed');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new Problem('request_timeout');
  return new Problem('malformed_http');
}

function bareReply(problem: Problem): string {
  const { status, headers, body } = problemReply(problem);
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    `content-length: ${body.length}`,
    'connection: close',
  ];
  return `${lines.join('\r\n')}\r\n\r\n${Buffer.from(body).toString('utf8')}`;
}
