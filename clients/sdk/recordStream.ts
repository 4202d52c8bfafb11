/**
 * A stream as its consumer reads it: parts whose bytes were verified, then the end. It returns nothing that the hub's key has not signed. A
 * stream without a valid end is reported as incomplete, regardless of the parts received before.
 */
import { asIs, type Bilingual } from '../../terms/bilingual.ts';
import type { FaultWord } from '../../terms/factWords.ts';
import { createHash, type Hash, type JsonWebKey } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { RequestMessage } from '../../certs/message.ts';
import { verifyStreamStatement, type StreamNote, type StreamStatement } from '../../certs/streamEnd.ts';
import { readSignature, signatureHash } from '../../certs/signatures/index.ts';
import { publicJwk } from '../../certs/thumbprint.ts';
import type { ReceiptCheck } from '../../log/receipt/verifyReceipt.ts';
import { Problem } from '../../terms/problem.ts';
import type { CallServices, OpenedStream } from './signedCall.ts';
import { isObject } from '../../terms/isObject.ts';

/** Verified rows of one part. */
export interface StreamPart {
  readonly records: readonly Readonly<Record<string, unknown>>[];
  /** the lines of the stream, from the end of the part before to the end of this one's statement */
  readonly bytes: Uint8Array;
  /** rows so far, with these */
  readonly rows: number;
  /** `under-correction`: data of these rows' persons was reported as wrong. Positions count from 0 in the whole stream */
  readonly notes: readonly StreamNote[];
}

/** The verified end of a complete stream. */
export interface StreamEnd {
  readonly rows: number;
  readonly parts: number;
  /** of all bytes before the last line */
  readonly sha256: string;
  /** receipt of the last entry, which commits to those bytes */
  readonly receipt: string;
  readonly check: ReceiptCheck;
}

/** A part has 10,000 rows at most; a longer line or part is not from the hub. */
const maxPartLength = 64 * 1024 * 1024;

interface Statement {
  readonly kind: '$checkpoint' | '$end';
  readonly token: string;
  readonly receipt: string | undefined;
}

export class RecordStream implements AsyncIterable<StreamPart> {
  readonly exchange: string;
  /** fields that were not released, with the reason's code */
  readonly withheld: Readonly<Record<string, string>>;
  readonly obligations: readonly unknown[];
  private readonly opened: OpenedStream;
  private readonly services: CallServices;
  private readonly lines: AsyncGenerator<Buffer>;
  private readonly hash: Hash;
  private bytes = 0;
  private rows = 0;
  private parts = 0;
  private first: Buffer;
  private ended: StreamEnd | undefined;
  private verified: string | undefined;

  private constructor(
    opened: OpenedStream,
    services: CallServices,
    lines: AsyncGenerator<Buffer>,
    first: { readonly bytes: Buffer; readonly header: Readonly<Record<string, unknown>> },
  ) {
    this.exchange = opened.exchange;
    this.opened = opened;
    this.services = services;
    this.lines = lines;
    this.hash = createHash('sha256');
    this.take(first.bytes);
    this.first = first.bytes;
    const { withheld, obligations } = first.header;
    this.withheld = (withheld ?? {}) as Readonly<Record<string, string>>;
    this.obligations = (obligations ?? []) as readonly unknown[];
  }

  /** @throws Problem reply_stream_truncated, reply_stream_invalid */
  static async begin(opened: OpenedStream, services: CallServices): Promise<RecordStream> {
    const lines = linesOf(opened.response);
    const first = await lines.next();
    if (first.done === true) throw new Problem('reply_stream_truncated', { rows: 0 });
    const header = (parsed(first.value)['$stream'] ?? {}) as Readonly<Record<string, unknown>>;
    if (header['exchange'] !== opened.exchange) {
      opened.response.destroy();
      throw invalid('it is the stream of another exchange');
    }
    return new RecordStream(opened, services, lines, { bytes: first.value, header });
  }

  /** the request as it was signed */
  get request(): RequestMessage {
    return this.opened.request;
  }

  /** public key that it was signed with */
  get signingKey(): JsonWebKey {
    return publicJwk(this.services.key.privateKey);
  }

  /**
   * Cursor of the newest verified part: a stream that names it as `after` continues after it. Undefined before the first part. Store it
   * together with the rows of the part.
   */
  get cursor(): string | undefined {
    return this.verified;
  }

  /** rows verified so far, and the number of their parts */
  get delivered(): number {
    return this.rows;
  }

  get verifiedParts(): number {
    return this.parts;
  }

  /** The end, available once every part was read. @throws TypeError before */
  get end(): StreamEnd {
    if (this.ended === undefined) throw new TypeError('the stream was not read to its end');
    return this.ended;
  }

  /** @throws Problem reply_stream_truncated, reply_stream_invalid, reply_receipt_invalid, stream_aborted */
  async *[Symbol.asyncIterator](): AsyncGenerator<StreamPart, void> {
    try {
      for (;;) {
        const part = await this.part();
        if (part === undefined) return;
        yield part;
      }
    } finally {
      this.opened.response.destroy();
    }
  }

  /** Closes a stream that is not read to its end: it would stay open at the hub. */
  close(): void {
    this.opened.response.destroy();
  }

  /** Returns one record after the other. */
  async *records(): AsyncGenerator<Readonly<Record<string, unknown>>, void> {
    for await (const part of this) yield* part.records;
  }

  private async part(): Promise<StreamPart | undefined> {
    const records: Readonly<Record<string, unknown>>[] = [];
    const chunks: Buffer[] = [this.first];
    this.first = Buffer.alloc(0);
    let length = 0;
    for (;;) {
      const next = await this.lines.next();
      if (next.done === true) throw new Problem('reply_stream_truncated', { rows: this.rows });
      const line = next.value;
      length += line.length;
      if (length > maxPartLength) throw invalid('a part without end');
      const record = parsed(line);
      const signed = statementOf(record);
      if (signed === undefined) {
        this.take(line);
        chunks.push(line);
        records.push(record);
        continue;
      }
      const rows = this.rows + records.length;
      const statement = await this.verify(signed, rows);
      if (signed.kind === '$end') {
        if (records.length > 0) throw invalid('rows after the last part');
        await this.finish(signed, statement);
        return undefined;
      }
      this.take(line);
      chunks.push(line);
      this.rows = rows;
      this.parts += 1;
      this.verified = statement.cursor;
      return { records, bytes: Buffer.concat(chunks), rows, notes: statement.notes ?? [] };
    }
  }

  private take(line: Buffer): void {
    this.hash.update(line);
    this.bytes += line.length;
  }

  private async verify({ token, kind }: Statement, rows: number): Promise<StreamStatement> {
    const statement = await this.signed(token);
    const own = {
      stream: this.exchange,
      request: signatureHash(readSignature(this.opened.request).signature),
      parts: this.parts + (kind === '$checkpoint' ? 1 : 0),
      rows,
      bytes: this.bytes,
      sha256: this.hash.copy().digest('base64url'),
    } as const;
    for (const name of ['stream', 'request', 'parts', 'rows', 'bytes', 'sha256'] as const)
      if (statement[name] !== own[name])
        throw invalid({ zh: `${name} 与收到的不符`, en: `${name} is not what came` });
    if ((kind === '$checkpoint') !== (statement.state === 'part'))
      throw invalid(asIs(`${kind}: ${statement.state}`));
    return statement;
  }

  private async signed(token: string): Promise<StreamStatement> {
    const { hubKey, refreshHubKeys } = this.services;
    try {
      return await verifyStreamStatement(token, hubKey);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      await refreshHubKeys();
      try {
        return await verifyStreamStatement(token, hubKey);
      } catch {
        throw invalid('a statement is not signed by the hub');
      }
    }
  }

  private async finish(
    { receipt }: Statement,
    { state, code, rows, parts, sha256 }: StreamStatement,
  ): Promise<void> {
    if (receipt === undefined) throw new Problem('reply_receipt_missing');
    const digest = this.hash.digest();
    const check = await this.services.receipts.checkEnd(receipt, this.opened.request, digest);
    const reported = check.leaf?.stream;
    if (reported?.id !== this.exchange || reported.state !== state || reported.rows !== rows)
      throw new Problem('reply_receipt_invalid', { reason: 'its entry records another end' });
    if (state === 'aborted') throw new Problem('stream_aborted', { code: code ?? '' });
    this.ended = { rows, parts, sha256, receipt, check };
  }
}

/** Whole lines, with their line feed. A rest without one was cut off and is not a line. @throws Problem reply_stream_truncated */
async function* linesOf(response: Readable): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      let from = 0;
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
        yield rest.length === 0
          ? chunk.subarray(from, at + 1)
          : Buffer.concat([...rest, chunk.subarray(from, at + 1)]);
        rest = [];
        length = 0;
        from = at + 1;
      }
      if (from < chunk.length) rest.push(chunk.subarray(from));
      length += chunk.length - from;
      if (length > maxPartLength) throw invalid('a line without end');
    }
  } catch (error) {
    // a broken connection means a cut stream: the reader reports how far it was verified
    if (error instanceof Problem) throw error;
  }
}

function parsed(line: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line.toString('utf8'));
    if (isObject(value)) return value;
  } catch {
    // reported below
  }
  throw invalid('a line is no JSON object');
}

/** No field begins with `$`. */
function statementOf(record: Readonly<Record<string, unknown>>): Statement | undefined {
  const { $checkpoint, $end, receipt } = record;
  const kind = $end === undefined ? '$checkpoint' : '$end';
  const token = $end ?? $checkpoint;
  if (token === undefined) return undefined;
  if (typeof token !== 'string') throw invalid('a statement is no text');
  return { kind, token, receipt: typeof receipt === 'string' ? receipt : undefined };
}

const invalid = (reason: FaultWord | Bilingual): Problem => new Problem('reply_stream_invalid', { reason });
