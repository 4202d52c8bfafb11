/**
 * The bytes of a stream. A part is decided, read, masked and logged before a byte of it leaves, and the next one is made when this one is
 * gone: what a slow reader costs is one part in memory, and no connection to the database.
 */
import { createHash } from 'node:crypto';
import { decide } from '../../../policies/decide.ts';
import type { DecisionRequest, Permission } from '../../../policies/decision.ts';
import { entryFacts } from '../../../policies/entryFacts.ts';
import { rootOf } from '../../../policies/masks/rows/fieldPath.ts';
import { saidObligations } from '../../../policies/obligations/saidObligations.ts';
import { canonicalJson, type CanonicalValue } from '../../../terms/canonicalJson.ts';
import { Problem } from '../../../terms/problem.ts';
import type { LeafFacts } from '../../audit/entry.ts';
import type { EntryToBe, StreamEntry, StreamPassage } from '../../gate/call.ts';
import { problemOf as anyProblem } from '../../gate/refused.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import { closeStream } from '../../store/streams/closeStream.ts';
import { problemOf, releasedDataset } from './allowedCall.ts';
import { consentCheck, consentClaim, consentOfNamed, toldByAsking } from './consents.ts';
import { fetchConsented } from './fetchConsented.ts';
import { fetchPage } from './fetchPage.ts';
import { maskPage } from './maskPage.ts';
import type { Query } from './query.ts';
import { quotasOf } from './quotas.ts';
import type { ReleaseServices } from './services.ts';

export interface StreamAsked {
  readonly request: DecisionRequest;
  readonly query: Query;
  /** as it was decided when the stream opened: its terms hold to the end, or the stream ends */
  readonly first: Permission;
  readonly department: string;
  /** what every entry of the stream says of the exchange */
  readonly facts: LeafFacts;
}

interface Part extends StreamEntry {
  readonly bytes: Buffer;
  readonly rows: number;
  readonly typeErrors: number;
  readonly next: string | undefined;
}

/** What left so far. */
interface Tally {
  parts: number;
  rows: number;
  bytes: number;
  typeErrors: number;
}

export async function* streamedParts(
  given: ReleaseServices,
  passage: StreamPassage,
  asked: StreamAsked,
): AsyncGenerator<Uint8Array, void> {
  const { exchange, signal } = passage;
  const services = { ...given, database: { ...given.database, app: given.untilAborted(signal) } };
  const tally: Tally = { parts: 0, rows: 0, bytes: 0, typeErrors: 0 };
  const hash = createHash('sha256');
  const leaving = (bytes: Buffer): Buffer => {
    hash.update(bytes);
    tally.bytes += bytes.length;
    return bytes;
  };
  const digest = (): Buffer => hash.copy().digest();
  const statement = (state: 'part' | 'complete' | 'aborted', code?: string): string => {
    const { parts, rows, bytes } = tally;
    const sha256 = digest().toString('base64url');
    return passage.sign({ state, parts, rows, bytes, sha256, ...(code === undefined ? {} : { code }) });
  };
  let why: string | undefined = 'consumer_gone';
  let receipt: string;
  given.streams.begin(exchange);
  try {
    try {
      yield leaving(opening(passage, asked, given.database.now()));
      let cursor: string | undefined;
      do {
        signal.throwIfAborted();
        if (given.streams.stopping) throw new Problem('hub_stopping');
        const from = cursor;
        const part = await passage.part((entry) =>
          services.bulk.run(() => makePart(services, asked, { exchange, entry, tally, cursor: from })),
        );
        tally.parts += 1;
        tally.rows += part.rows;
        tally.typeErrors += part.typeErrors;
        leaving(part.bytes);
        const checkpoint = line({ $checkpoint: statement('part') });
        yield Buffer.concat([part.bytes, leaving(checkpoint)]);
        cursor = part.next;
      } while (cursor !== undefined);
      why = undefined;
    } catch (error) {
      why = signal.aborted ? reasonOf(signal) : codeOf(given, exchange, error);
    } finally {
      if (why !== undefined && signal.aborted) why = reasonOf(signal);
      receipt = await passage.end(ending(exchange, asked, tally, why), digest());
    }
  } finally {
    given.streams.end(exchange);
  }
  // whoever is gone was left by the `return` of this generator; for the others the end is said, good or bad
  yield line({ $end: why === undefined ? statement('complete') : statement('aborted', why), receipt });
}

const line = (value: object): Buffer => Buffer.from(`${JSON.stringify(value)}\n`, 'utf8');
const reasonOf = ({ reason }: AbortSignal): string => (typeof reason === 'string' ? reason : 'consumer_gone');

/** The first line: what the answer to a query would say beside its records. */
function opening({ exchange }: StreamPassage, { first }: StreamAsked, now: number): Buffer {
  const { withheld, obligations } = first;
  return line({
    $stream: {
      exchange,
      withheld,
      ...(obligations.length === 0 ? {} : { obligations: saidObligations(obligations, now) }),
    },
  });
}

/** What is the hub's own fault is reported, and told without its cause. */
function codeOf({ report }: ReleaseServices, exchange: string, error: unknown): string {
  const { code, status } = anyProblem(error);
  if (status >= 500 && code !== 'hub_stopping') report({ exchange, operation: 'streamRecords', error });
  return code;
}

function ending(
  exchange: string,
  { facts }: StreamAsked,
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

interface PartPlace {
  readonly exchange: string;
  readonly entry: EntryToBe;
  readonly tally: Readonly<Tally>;
  readonly cursor: string | undefined;
}

/** One record a line. */
function asLines(records: readonly object[]): Buffer {
  let text = '';
  for (const record of records) text += `${JSON.stringify(record)}\n`;
  return Buffer.from(text, 'utf8');
}

/** @throws Problem where the rows may not leave any more */
export async function makePart(
  services: ReleaseServices,
  asked: StreamAsked,
  { exchange, entry: { id, now }, tally, cursor }: PartPlace,
  write: (records: readonly Readonly<Record<string, unknown>>[]) => Buffer = asLines,
): Promise<Part> {
  const { registry, keys, streams } = services;
  const { request, first, department } = asked;
  const decision = decide(request, registry.current.plans, now);
  if (decision.effect === 'deny') throw problemOf(decision);
  if (termsOf(decision) !== termsOf(first)) throw new Problem('stream_terms_changed');
  const dataset = releasedDataset(registry, decision);
  const limit = streams.limits.rowsOfPart * (dataset.schema.subject === undefined ? 10 : 1);
  const query = { ...asked.query, limit, ...(cursor === undefined ? {} : { cursor }) };
  // a cursor is bound to the documents it was made under; that these terms still hold was just seen
  const permission = { ...decision, policy: first.policy };
  const check = consentCheck(permission, fieldsTold(permission, asked.query, dataset), now);
  if (check !== undefined) await consentOfNamed(services, check, permission, dataset);
  const { page, consented } =
    check === undefined
      ? { page: await fetchPage(services, query, permission, dataset, department), consented: undefined }
      : await fetchConsented(services, query, permission, dataset, department, check);
  const { records, typeErrors } = maskPage(services, permission, dataset, page, now);
  const tolerated = permission.limits.maskTypeErrors ?? 0;
  if (tally.typeErrors + typeErrors > tolerated)
    throw new Problem('mask_type_errors', { count: tally.typeErrors + typeErrors });
  const claim =
    check === undefined || consented === undefined ? undefined : consentClaim(check, consented, id);
  const bytes = write(records);
  const rows = records.length;
  const stream = { id: exchange, state: 'part', parts: tally.parts + 1, rows, bytes: bytes.length } as const;
  const quotas = quotasOf(permission, now, { rows, bytes: bytes.length });
  return {
    bytes,
    rows,
    typeErrors,
    next: page.nextCursor,
    facts: {
      ...entryFacts(request, decision),
      schema: dataset.schema.urn,
      rows: { delivered: rows, withheld: 0 },
      ...(claim === undefined ? {} : { private: claim.private }),
      stream,
    },
    subjects: page.rows.flatMap(({ subject }) =>
      subject === undefined ? [] : [keys.logToken(subject, now)],
    ),
    ...(quotas.length === 0 ? {} : { claims: { quotas } }),
    work: claim?.work,
    confirm: claim?.confirm,
  };
}

/** Fields whose values the answer tells. */
export const fieldsTold = (
  { fields }: Permission,
  query: Query,
  { schema }: LiveDataset,
): readonly string[] => [
  ...fields.map(({ field }) => rootOf(field)),
  ...toldByAsking(query, schema.subject?.field),
];

/** SHA-256 of everything that an agreement says of what leaves. */
export const termsDigest = (permission: Permission): Buffer =>
  createHash('sha256').update(termsOf(permission)).digest();

const terms = new WeakMap<Permission, string>();

/** Everything that an agreement says of what leaves, as one text; other documents may have changed around it. */
function termsOf(permission: Permission): string {
  const known = terms.get(permission);
  if (known !== undefined) return known;
  const { plan, fields, withheld, rowFilter, limits, storedFields, consent, basis, obligations } = permission;
  const all = { plan, fields, withheld, rowFilter, limits, storedFields, basis, obligations };
  const text = canonicalJson(
    JSON.parse(JSON.stringify(consent === undefined ? all : { ...all, consent })) as CanonicalValue,
  );
  terms.set(permission, text);
  return text;
}
