/**
 * Queries a provider's own service:
 *
 *   the values of the question into the template → signed by the hub → one allowed address → the provider's signature → the mapping → rows
 *
 * The signed parts of both sides are stored as proof, without the bodies. The holder of an answer can prove its delivery by its digest.
 */
import { createHash, randomBytes, randomInt } from 'node:crypto';
import { formatNamed } from '../../../../adapters/formats.ts';
import { once, type RecordBatch } from '../../../../adapters/reading/reader.ts';
import { translateRecords } from '../../../../adapters/translate.ts';
import type { CompiledMapping } from '../../../../adapters/mapping/compile.ts';
import type { ReplyMessage } from '../../../../certs/message.ts';
import {
  signRequest,
  verifyReply,
  type SigningKey,
  type VerificationKey,
} from '../../../../certs/signatures/index.ts';
import type { CompiledSchema } from '../../../../schemas/compile.ts';
import { encodeGb18030 } from '../../../../terms/gb18030.ts';
import { defined } from '../../../../terms/defined.ts';
import { Problem } from '../../../../terms/problem.ts';
import { filledBody, type LiveServiceDocument, type ServiceFilling } from '../../../domain/liveService.ts';
import type { FailedLiveRow } from '../../rows/store/liveQuarantine.ts';
import { Unanswered } from '../unanswered.ts';
import type { ServiceCalls } from './serviceCall.ts';
import type { ServicePlace } from './servicePlace.ts';

export interface ServiceParts {
  readonly document: LiveServiceDocument;
  readonly place: ServicePlace;
  readonly mapping: CompiledMapping;
  readonly compiled: CompiledSchema;
  readonly calls: ServiceCalls;
  /** the hub's signing key */
  readonly key: SigningKey;
  /** a signing key of the provider's department that is in force now */
  readonly keyOf: (keyid: string) => VerificationKey | undefined;
  /** rows of one answer */
  readonly maxRows: number;
}

export interface ServiceAsking {
  /** id of the consumer's call */
  readonly exchange: string;
  readonly filling: ServiceFilling;
  /** ms that are left */
  readonly patience: number;
  /** Unix milliseconds */
  readonly now: number;
  /** W3C Trace Context; undefined where the call is not traced */
  readonly traceparent: string | undefined;
}

/** The result of one request. */
export interface ServiceGiven {
  /** rows of the schema, in the order of the answer */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly failed: readonly FailedLiveRow[];
  /** received records, valid or not */
  readonly records: number;
  readonly statement: string;
}

/** @throws Unanswered */
export async function callService(
  parts: ServiceParts,
  { exchange, filling, patience, now, traceparent }: ServiceAsking,
): Promise<ServiceGiven> {
  const { document, place, calls, key } = parts;
  const text = filledBody(document, filling);
  const body = document.type.endsWith('=gb18030') ? encodeGb18030(text) : Buffer.from(text, 'utf8');
  const headers = signRequest({
    method: 'POST',
    targetUri: document.url,
    headers: {
      'content-type': document.xml === undefined ? 'application/json' : document.type,
      ...(document.soapAction === undefined ? {} : { soapaction: `"${document.soapAction}"` }),
      // identifies the call in the provider's own log
      'datong-idempotency-key': `${exchange}.${randomBytes(6).toString('hex')}`,
      ...defined({ traceparent }),
    },
    body,
    key,
    created: Math.floor(now / 1000),
    nonce: randomBytes(16).toString('base64url'),
  });
  const reply = await calls.send(place, {
    url: document.url,
    headers,
    body,
    patience: Math.min(patience, document.seconds * 1_000),
  });
  if (reply.status !== 200)
    throw new Unanswered(
      reply.status >= 500 || reply.status === 429 ? 'failed' : 'invalid',
      `status ${reply.status}`,
    );
  const statement = document.signs ? signedBy(parts, headers, reply) : unsigned(exchange, reply);
  return { ...(await rowsOf(parts, reply.body)), statement };
}

/** @throws Unanswered invalid. @returns both heads, with which the two signatures are verified again */
function signedBy(
  { document, keyOf }: ServiceParts,
  headers: Readonly<Record<string, string>>,
  reply: ReplyMessage,
): string {
  const request = { method: 'POST', targetUri: document.url, rawHeaders: Object.entries(headers).flat() };
  try {
    verifyReply(reply, { request, lookupKey: keyOf });
  } catch (error) {
    if (error instanceof Problem) throw new Unanswered('invalid', error.code);
    throw error;
  }
  const { status } = reply;
  return JSON.stringify({ request, reply: { status, rawHeaders: provenHeaders(reply.rawHeaders) } });
}

/** The parts that a reply's signature covers; other parts of a service's reply are not stored. */
const proven = new Set([
  ...['content-type', 'content-digest', 'datong-exchange-id', 'datong-receipt'],
  ...['signature-input', 'signature'],
]);

const provenHeaders = (rawHeaders: readonly string[]): readonly string[] =>
  rawHeaders.flatMap((name, i) =>
    i % 2 === 0 && proven.has(name.toLowerCase()) ? [name, rawHeaders[i + 1] ?? ''] : [],
  );

/** The hub's own statement on the received answer. */
const unsigned = (exchange: string, { body }: ReplyMessage): string =>
  JSON.stringify({ unsigned: true, exchange, sha256: createHash('sha256').update(body).digest('base64url') });

/** An answer may be a single line: records are identified by their number, from 1. */
async function* numbered(batches: AsyncIterable<RecordBatch>): AsyncGenerator<RecordBatch> {
  let before = 0;
  for await (const batch of batches) {
    for (let i = 0; i < batch.lines.length; i += 1) batch.lines[i] = before + i + 1;
    before += batch.lines.length + batch.bad.length;
    yield batch;
  }
}

/** @throws Unanswered invalid, with the rule that the whole answer breaks */
async function rowsOf(
  { mapping, compiled, maxRows }: ServiceParts,
  body: Uint8Array,
): Promise<Omit<ServiceGiven, 'statement'>> {
  const rows: Readonly<Record<string, unknown>>[] = [];
  const failed: FailedLiveRow[] = [];
  let records = 0;
  try {
    const read = formatNamed(mapping.format).read(once(body), mapping.options);
    for await (const batch of translateRecords(numbered(read), mapping, compiled, randomInt(2 ** 32))) {
      records += batch.records;
      if (records > maxRows) throw new Unanswered('invalid', 'rows.too-many');
      for (const row of batch.rows) rows.push(row);
      for (const { line, problems, raw } of batch.bad)
        failed.push({ place: line, problems: problems.map(({ field, rule }) => ({ field, rule })), raw });
    }
  } catch (error) {
    // problems of formats name lines and options, and do not repeat the content of the file
    if (error instanceof Problem) throw new Unanswered('invalid', error.code);
    throw error;
  }
  return { rows, failed, records };
}
