/**
 * The bytes of a stream. A part is decided, read, masked and logged before a byte of it leaves; at the same time the pages of the next part are
 * read and masked. A slow reader costs two parts and two pages of memory, and no database connection.
 */
import { createHash } from 'node:crypto';
import { describedObligations } from '../../../policies/obligations/describedObligations.ts';
import { Problem } from '../../../terms/problem.ts';
import type { EntryToBe, StreamEntry, StreamPassage } from '../../pipeline/call.ts';
import { problemOf as anyProblem } from '../../pipeline/refused.ts';
import { closeStream } from './store/streams.ts';
import { PagePipeline } from './pagePipeline.ts';
import { isUnusedAgreement } from './allowedCall.ts';
import type { ReleaseServices } from './services.ts';
import type { ResumableStream } from './streamPlaces.ts';
import { makePart, type Masked, type Part, type StreamRequest, type Tally } from './streamPart.ts';

/** Makes the parts of one stream, one after another. */
export interface PartSource {
  /** values that did not fit their masks, from the calls that this one resumes */
  readonly typeErrors: number;
  /** whether all rows were sent */
  isWhole(): boolean;
  /** The next part. It is made again if the data of its decision changed before its entry is durable. @throws Problem */
  part(entry: EntryToBe, tally: Readonly<Tally>): Promise<Part>;
  /** Called once its entry is durable. @returns the sealed place after it */
  taken(part: Part, tally: Readonly<Tally>): string;
  stop(): void;
}
type PartsOf = (services: ReleaseServices, exchange: string) => PartSource;

/** The rows that an agreement grants, in the order of their table; the pages of the next part are read while one is logged. */
export const rowParts =
  (requested: ResumableStream): PartsOf =>
  (services, exchange) => {
    const { resumed, places } = requested;
    const ahead = new PagePipeline<Masked>(() => services.database.now());
    let cursor = resumed?.next ?? undefined;
    let isWhole = resumed?.next === null;
    return {
      typeErrors: resumed?.typeErrors ?? 0,
      isWhole: () => isWhole,
      part: (entry, tally) => makePart(services, requested, { exchange, entry, tally, cursor, ahead }),
      taken: ({ next }, { typeErrors }) => {
        cursor = next;
        isWhole = next === undefined;
        return places.seal({ next: next ?? null, typeErrors });
      },
      stop: () => ahead.stop(),
    };
  };

export async function* streamedParts(
  given: ReleaseServices,
  passage: StreamPassage,
  requested: StreamRequest,
  partsOf: PartsOf,
): AsyncGenerator<Uint8Array, void> {
  const { exchange, signal } = passage;
  const services = { ...given, database: { ...given.database, app: given.untilAborted(signal) } };
  const source = partsOf(services, exchange);
  const tally: Tally = { parts: 0, rows: 0, bytes: 0, typeErrors: source.typeErrors };
  const hash = createHash('sha256');
  const leaving = (bytes: Buffer): Buffer => {
    hash.update(bytes);
    tally.bytes += bytes.length;
    return bytes;
  };
  const digest = (): Buffer => hash.copy().digest();
  const statement = (
    state: 'part' | 'complete' | 'aborted',
    { code, cursor, notes = [] }: StatementContent = {},
  ): string => {
    const { parts, rows, bytes } = tally;
    const sha256 = digest().toString('base64url');
    return passage.sign({
      state,
      parts,
      rows,
      bytes,
      sha256,
      ...(code === undefined ? {} : { code }),
      ...(cursor === undefined ? {} : { cursor }),
      ...(notes.length === 0 ? {} : { notes }),
    });
  };
  let why: string | undefined = 'consumer_gone';
  let receipt: string;
  given.streams.begin(exchange);
  try {
    try {
      yield leaving(opening(passage, requested, given.database.now()));
      while (!source.isWhole()) {
        signal.throwIfAborted();
        if (given.streams.stopping) throw new Problem('hub_stopping');
        const part = await passage.part((entry) => source.part(entry, tally));
        tally.parts += 1;
        tally.rows += part.rows;
        tally.typeErrors += part.typeErrors;
        leaving(part.bytes);
        const cursor = source.taken(part, tally);
        const checkpoint = line({ $checkpoint: statement('part', { cursor, notes: part.notes }) });
        yield Buffer.concat([part.bytes, leaving(checkpoint)]);
      }
      why = undefined;
    } catch (error) {
      why = signal.aborted ? reasonOf(signal) : codeOf(given, exchange, error);
    } finally {
      if (why !== undefined && signal.aborted) why = reasonOf(signal);
      receipt = await passage.end(ending(exchange, requested, tally, why), digest());
    }
  } finally {
    source.stop();
    given.streams.end(exchange);
  }
  // if the reader disconnected, the `return` of this generator ended it; otherwise a signed end is sent, for success and failure
  yield line({
    $end: why === undefined ? statement('complete') : statement('aborted', { code: why }),
    receipt,
  });
}

/** The content of a statement besides the progress of the stream. */
interface StatementContent {
  readonly code?: string;
  readonly cursor?: string;
  readonly notes?: Part['notes'];
}

const line = (value: object): Buffer => Buffer.from(`${JSON.stringify(value)}\n`, 'utf8');
const reasonOf = ({ reason }: AbortSignal): string => (typeof reason === 'string' ? reason : 'consumer_gone');

/** The first line: what the answer to a query would contain besides its records. */
function opening({ exchange }: StreamPassage, { first }: StreamRequest, now: number): Buffer {
  const { withheld, obligations } = first;
  return line({
    $stream: {
      exchange,
      withheld,
      ...(obligations.length === 0 ? {} : { obligations: describedObligations(obligations, now) }),
    },
  });
}

/** Failures of the hub itself are reported to the operator, and sent to the consumer without their cause. */
function codeOf({ report }: ReleaseServices, exchange: string, error: unknown): string {
  const { code, status } = anyProblem(error);
  const isOfHub = status >= 500 && code !== 'hub_stopping' && !isUnusedAgreement(error);
  if (isOfHub) report({ exchange, operation: 'streamRecords', error });
  return code;
}

function ending(
  exchange: string,
  { facts }: StreamRequest,
  { parts, rows, bytes }: Tally,
  why: string | undefined,
): StreamEntry {
  const counts = { id: exchange, parts, rows, bytes };
  return {
    facts: {
      ...facts,
      stream: why === undefined ? { ...counts, state: 'complete' } : { ...counts, state: 'aborted', why },
    },
    work: async (transaction) => {
      await closeStream(transaction, exchange, { onlyAbandoned: false });
    },
  };
}
