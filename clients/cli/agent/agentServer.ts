/**
 * A department's gateway on its own machine: it takes plain HTTP on loopback and sends signed calls over mutual TLS. It verifies signature
 * and receipt of a reply before it passes a byte on.
 */
import { once } from 'node:events';
import {
  createServer,
  STATUS_CODES,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Duplex } from 'node:stream';
import { encodeHeaderText } from '../../../certs/signatures/headers.ts';
import { problemDocument, Problem } from '../../../terms/problem.ts';
import type { ProblemCode } from '../../../terms/problemCatalogue.ts';
import type { DatongClient } from '../../sdk/datongClient.ts';
import { DatongProblem } from '../../sdk/datongProblem.ts';
import type { StoredExchange } from '../../sdk/storedExchange.ts';
import { RecordStream, type StreamPart } from '../../sdk/recordStream.ts';
import type { CallInput } from '../../sdk/signedCall.ts';
import { isOwnMachine } from '../../sdk/deprecation.ts';
import {
  limitAgent,
  usualLimits,
  type AgentLimits,
  type TakePlace,
  applicationOf,
  refuseStrangers,
  type Applications,
  Turns,
} from './agentLimits.ts';
import { defined } from '../../../terms/defined.ts';

export interface AgentServices {
  readonly client: Pick<DatongClient, 'call' | 'openStream'>;
  /** called at each request and before each answer, so a withdrawn token ends at once. @throws Problem agent_tokens_unusable */
  readonly applications: () => Applications | Promise<Applications>;
  /** stores request, reply and receipt */
  readonly keep: (stored: StoredExchange) => Promise<void>;
  /** reads a stream to its end, stores it, and reports each part; absent: streams are not stored */
  readonly keepStream?: (
    stream: RecordStream,
    reported: (part: StreamPart) => Promise<void>,
  ) => Promise<void>;
  /** called for each call, without any part of its body */
  readonly onCall: (line: { application: string; method: string; path: string; status: number }) => void;
}

/** Maximum bytes of a body: those of one part of an upload. */
const largestBody = 8 * 1024 * 1024;
const methods = ['GET', 'POST', 'PUT'] as const;
/** headers of the reply that an application can use, in addition to its type */
const passedOn = [
  'datong-exchange-id',
  'datong-receipt',
  'ratelimit',
  'ratelimit-policy',
  'retry-after',
] as const;

/** @param given other limits than the usual ones */
export function agentServer(services: AgentServices, given: Partial<AgentLimits> = {}): Server {
  const limits = { ...usualLimits, ...given };
  const server = createServer({
    requestTimeout: limits.requestWithin,
    headersTimeout: Math.min(limits.headersWithin, limits.requestWithin),
    connectionsCheckingInterval: Math.min(1_000, limits.headersWithin / 2),
  });
  const takePlace = limitAgent(server, limits);
  const turns = new Turns(limits.atOnce);
  server.on('clientError', answerParserError);
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    void serve(request, response, services, { takePlace, turns });
  });
  return server;
}

/** Answers requests that the HTTP parser refuses, such as raw Chinese in an address, with a problem instead of Node's bare status. */
function answerParserError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, headers, body } = refusal(
    new Problem(parserProblems[error.code ?? ''] ?? 'malformed_http'),
  );
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${body.length}`,
    'connection: close',
  ];
  socket.end(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body]), () => socket.destroy());
}

const parserProblems: Readonly<Record<string, ProblemCode>> = {
  HPE_INVALID_URL: 'target_malformed',
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
};

interface Passed {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  services: AgentServices,
  { takePlace, turns }: { readonly takePlace: TakePlace; readonly turns: Turns },
): Promise<void> {
  let application = '';
  const path = (request.url ?? '').replace(/\?.*$/, '');
  const reported = (status: number): void =>
    services.onCall({ application, method: request.method ?? '', path, status });
  let passed: Passed;
  try {
    application = refuseStrangers(request, await services.applications());
    takePlace(application, request, response);
    const checkToken = async (): Promise<void> => void applicationOf(request, await services.applications());
    const input = await inputOf(request);
    await checkToken();
    if (input.method === 'POST' && path.endsWith('/stream')) {
      const stream = await openedOr(input, services);
      if (stream instanceof RecordStream) {
        reported(await passStream(stream, response, services, checkToken));
        return;
      }
      passed = stream;
    } else
      passed = await turns.take(application, async (waited) => {
        // if the connection ended during the wait, or the token was withdrawn, no call is sent to the hub
        if (waited && request.socket.destroyed) throw new Problem('agent_hub_unreachable');
        if (waited) await checkToken();
        return forwarded(input, services);
      });
    await checkToken();
  } catch (error) {
    passed = refusal(error);
  }
  const { status, headers, body } = passed;
  response.writeHead(status, { ...headers, 'content-length': body.length, 'cache-control': 'no-store' });
  response.end(body);
  reported(status);
}

/** Passes each part on once it was verified. A stream without a valid end is cut, so that no program takes it for complete. */
async function passStream(
  stream: RecordStream,
  response: ServerResponse,
  { keepStream: storeStream = readStream }: AgentServices,
  checkToken: () => Promise<void>,
): Promise<number> {
  response.writeHead(200, {
    'content-type': 'application/x-ndjson',
    'datong-exchange-id': stream.exchange,
    'cache-control': 'no-store',
  });
  try {
    await storeStream(stream, async ({ records }) => {
      if (response.destroyed) throw new Problem('agent_hub_unreachable');
      await checkToken();
      const text = records.map((record) => `${JSON.stringify(record)}\n`).join('');
      if (!response.write(text)) await drained(response);
    });
    response.end();
    return 200;
  } catch (error) {
    response.destroy();
    return problemOf(error).status;
  } finally {
    // where it could not be stored, it was not read
    stream.close();
  }
}

/** Waits until the response takes more, or is closed. */
async function drained(response: ServerResponse): Promise<void> {
  const settled = new AbortController();
  const of = (event: string): Promise<unknown> => once(response, event, { signal: settled.signal });
  try {
    await Promise.race([of('drain'), of('close')]);
  } finally {
    // the other listener would stay for as long as the stream
    settled.abort();
  }
}

async function readStream(
  stream: RecordStream,
  reported: (part: StreamPart) => Promise<void>,
): Promise<void> {
  for await (const part of stream) await reported(part);
}

async function openedOr(input: CallInput, services: AgentServices): Promise<RecordStream | Passed> {
  try {
    return await services.client.openStream(input);
  } catch (error) {
    return refusedByHub(error, services);
  }
}

async function forwarded(input: CallInput, { client, keep }: AgentServices): Promise<Passed> {
  try {
    const { status, headers, body, kept: stored } = await client.call(input);
    await storeExchange(keep, stored);
    return { status, headers: { ...passedHeaders(headers), ...rangeOf(headers, status, body) }, body };
  } catch (error) {
    return refusedByHub(error, { keep });
  }
}

/** Passes on a refusal that the hub signed, unchanged. @throws everything else */
async function refusedByHub(error: unknown, { keep }: Pick<AgentServices, 'keep'>): Promise<Passed> {
  if (!(error instanceof DatongProblem)) throw error;
  if (error.kept === undefined) throw error;
  await storeExchange(keep, error.kept);
  const { status, rawHeaders, body } = error.kept.reply;
  const headers = new Map<string, string>();
  for (let i = 0; i < rawHeaders.length; i += 2)
    headers.set((rawHeaders[i] ?? '').toLowerCase(), rawHeaders[i + 1] ?? '');
  return { status, headers: passedHeaders(headers), body };
}

/** Stores an exchange. If that fails, the reply is not passed on: its proof would be missing. @throws Problem agent_not_kept */
async function storeExchange(keep: AgentServices['keep'], stored: StoredExchange): Promise<void> {
  try {
    await keep(stored);
  } catch (error) {
    throw new Problem('agent_not_kept', {}, { cause: error });
  }
}

/** The byte range of a file from a header that no signature covers; returned only where it matches the bytes received. */
function rangeOf(
  headers: ReadonlyMap<string, string>,
  status: number,
  { length }: Uint8Array,
): Record<string, string> {
  const range = headers.get('content-range') ?? '';
  const [, first, last] = /^bytes (\d{1,15})-(\d{1,15})\/\d{1,15}$/.exec(range) ?? [];
  if (status !== 206 || Number(last) - Number(first) + 1 !== length) return {};
  return { 'content-range': range, 'accept-ranges': 'bytes' };
}

function passedHeaders(headers: ReadonlyMap<string, string>): Record<string, string> {
  const type = headers.get('content-type');
  return {
    ...defined({ 'content-type': type }),
    ...Object.fromEntries(
      passedOn.flatMap((name) => {
        const value = headers.get(name);
        return value === undefined ? [] : [[name, value]];
      }),
    ),
  };
}

/** The call as it will be signed. @throws Problem */
async function inputOf(request: IncomingMessage): Promise<CallInput> {
  const method = methods.find((one) => one === request.method);
  const path = request.url ?? '';
  if (method === undefined || !address.test(path)) throw new Problem('agent_address_unknown');
  if (isOwnMachine(method, path.replace(/\?.*$/, ''))) throw new Problem('agent_own_call');
  const coding = request.headers['transfer-encoding'];
  if (coding !== undefined && coding.toLowerCase() !== 'chunked')
    throw new Problem('malformed_http', {}, { at: 'transfer-encoding', expected: 'chunked' });
  const body = await bodyOf(request);
  return {
    method,
    path,
    headers: signedHeaders(request),
    ...(body.length === 0 ? {} : { body }),
    receipt: method === 'PUT' ? 'optional' : 'required',
  };
}

/** Visible ASCII except # and backslash, and no dot segment that leaves /v1: every server on the way must read the signed path alike. */
const address = /^\/v1\/(?!(?:[^?]*\/)?(?:\.|%2e){1,2}(?:[/?]|$))[\x21\x22\x24-\x5b\x5d-\x7e]*$/i;

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > largestBody) throw new Problem('body_too_large', { limit: largestBody });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Only headers that the profile signs. Text beyond ASCII is encoded here, so that `curl -H 'datong-matter: 京教〔2026〕1号'` works. */
function signedHeaders({ headersDistinct }: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, values = []] of Object.entries(headersDistinct)) {
    if (name !== 'content-type' && name !== 'accept' && name !== 'range' && !name.startsWith('datong-'))
      continue;
    // the hub has no validator that this condition could name, so the range is ignored (RFC 9110 §13.1.5)
    if (name === 'range' && headersDistinct['if-range'] !== undefined) continue;
    const [value = ''] = values;
    if (values.length > 1) throw new Problem('header_duplicate', { name }, { at: name });
    if (name === 'accept' && value === '*/*') continue; // the value that curl sends by default
    const text = Buffer.from(value, 'latin1').toString('utf8');
    headers[name] = /^[\x20-\x7e]*$/.test(value) ? value : encodeHeaderText(name, text);
  }
  return headers;
}

function refusal(error: unknown): Passed {
  const problem = problemOf(error);
  return {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json', ...problem.extras.headers },
    body: Buffer.from(JSON.stringify(problemDocument(problem)), 'utf8'),
  };
}

function problemOf(error: unknown): Problem {
  // an unsigned reply is never passed on; the hub signs no reply to an unknown address or a wrong method
  if (error instanceof DatongProblem) {
    if (error.status === 404) return new Problem('not_found');
    if (error.status === 405) return new Problem('method_not_allowed');
    return new Problem('agent_reply_unsigned', { status: error.status });
  }
  if (error instanceof Problem)
    return error.code.startsWith('reply_')
      ? new Problem('agent_reply_untrusted', { code: error.code })
      : error;
  return new Problem('agent_hub_unreachable', {}, { cause: error });
}
