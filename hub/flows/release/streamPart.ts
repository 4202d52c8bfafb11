/** One part of a stream or a file: decides, reads and masks it, and prepares the facts for its entry. */
import { createHash } from 'node:crypto';
import type { DecisionRequest, Permission } from '../../../policies/decision.ts';
import { entryFacts } from '../../../policies/entryFacts.ts';
import { rootOf } from '../../../policies/masks/rows/fieldPath.ts';
import { canonicalJsonOfRow, type CanonicalValue } from '../../../terms/canonicalJson.ts';
import { Problem } from '../../../terms/problem.ts';
import type { LeafFacts } from '../../log/entry.ts';
import type { EntryToBe, StreamEntry } from '../../pipeline/call.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import { ownCursors } from '../cursor.ts';
import { decided, hostedReleased } from './allowedCall.ts';
import { consentCheck, consentOfNamed, learnedByAsking } from './consents.ts';
import { claimEffects, entryClaim, privateFact } from './entryClaim.ts';
import { fetchConsented } from './fetchConsented.ts';
import { hostedRows } from './hostedRows.ts';
import { linesOf } from './linesOf.ts';
import { maskInThread } from './maskInThread.ts';
import { maskPage } from './maskPage.ts';
import type { PageBegun, PagePipeline } from './pagePipeline.ts';
import { personsOf, tokensOf, type Persons } from './pagePersons.ts';
import type { Page, Query } from './rowSource.ts';
import { quotasOf } from './quotas.ts';
import type { ColumnPage } from '../rows/store/rowsByColumn.ts';
import type { MaskedLines } from './threads/messages.ts';
import { underCorrection, type AnswerNote } from './underCorrection.ts';
import type { ReleaseServices } from './services.ts';

export interface StreamRequest {
  readonly request: DecisionRequest;
  readonly query: Query;
  /** the decision at the opening of the stream: if its terms change, the stream ends */
  readonly first: Permission;
  readonly department: string;
  /** the facts of the exchange for every entry of the stream */
  readonly facts: LeafFacts;
}

type Records = readonly Readonly<Record<string, unknown>>[];

/** How records are written where they are not one JSON object a line. */
export interface PartWriter {
  /** @param place `first`: no record precedes them */
  readonly write: (records: Records, place: { readonly first: boolean }) => Buffer;
  /** fields of their CSV lines, in their order */
  readonly csv: readonly string[];
}

export interface Part extends StreamEntry {
  readonly bytes: Buffer;
  readonly rows: number;
  readonly typeErrors: number;
  readonly next: string | undefined;
  /** for rows whose subjects have an open correction ticket, by their positions in the whole */
  readonly notes: readonly AnswerNote[];
}

/** Masked rows that are ready to leave if the decision allows it. */
export interface Masked {
  readonly bytes: Buffer;
  readonly rows: number;
  readonly typeErrors: number;
  readonly next: string | undefined;
  /** the subject of each row */
  readonly persons: Persons;
  /** log tokens of their subjects, concatenated */
  readonly subjects: Uint8Array;
}

/** Totals of what has left so far. */
export interface Tally {
  parts: number;
  rows: number;
  bytes: number;
  typeErrors: number;
}

interface PartPlace {
  readonly exchange: string;
  readonly entry: EntryToBe;
  readonly tally: Readonly<Tally>;
  readonly cursor: string | undefined;
  /** of this stream or file */
  readonly ahead: PagePipeline<Masked>;
}

/** Combines pages into one part. */
function together(pages: readonly Masked[]): Masked {
  const last = pages.at(-1);
  if (last === undefined) throw new TypeError('a part has a page');
  if (pages.length === 1) return last;
  return {
    bytes: Buffer.concat(pages.map(({ bytes }) => bytes)),
    rows: sumOf(pages.map(({ rows }) => rows)),
    typeErrors: sumOf(pages.map(({ typeErrors }) => typeErrors)),
    next: last.next,
    persons: () => pages.flatMap(({ persons }) => persons()),
    subjects: Buffer.concat(pages.map(({ subjects }) => subjects)),
  };
}

const sumOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

/** Converts a page masked by another thread into the form of one masked here. @param head precedes its first line */
const fromThread = (
  { bytes, typeErrors, subjects }: MaskedLines,
  { length, persons }: ColumnPage,
  next: string | undefined,
  head: Buffer,
): Masked => ({
  bytes:
    head.length > 0
      ? Buffer.concat([head, bytes])
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  rows: length,
  typeErrors,
  next,
  persons,
  subjects,
});

/** @param writer where the records are not one JSON object a line @throws Problem where the rows may no longer leave */
export async function makePart(
  services: ReleaseServices,
  requested: StreamRequest,
  { exchange, entry: { id, now }, tally, cursor, ahead }: PartPlace,
  writer?: PartWriter,
): Promise<Part> {
  const { registry, streams } = services;
  const { request, first, department } = requested;
  const permission = stillAllowed(registry, request, first, now);
  const dataset = hostedReleased(registry, permission);
  const limit = streams.limits.rowsOfPage * (dataset.schema.subject === undefined ? 10 : 1);
  // only this stream uses its cursors, and its terms were just checked
  const source = hostedRows(services, dataset, department, ownCursors);
  const asking = (from: string | undefined, rows = limit): Query => ({
    ...requested.query,
    limit: rows,
    ...(from === undefined ? {} : { cursor: from }),
  });
  const masked = async (page: Page, from: string | undefined, at: number): Promise<Masked> => {
    const { columns, nextCursor } = page;
    const place = { first: from === undefined };
    const lines =
      columns !== undefined
        ? await maskInThread(
            services.masking,
            registry.current,
            permission,
            dataset,
            columns,
            at,
            writer?.csv,
          )
        : undefined;
    // the text before the first line is written without a record
    if (lines !== undefined && columns !== undefined)
      return fromThread(lines, columns, nextCursor, writer?.write([], place) ?? Buffer.alloc(0));
    const { records, typeErrors } = maskPage(services, permission, dataset, page, at);
    return {
      bytes: writer?.write(records, place) ?? linesOf(records),
      rows: records.length,
      typeErrors,
      next: nextCursor,
      persons: personsOf(page),
      subjects: tokensOf(services, page, at),
    };
  };
  const check = consentCheck(permission, disclosedFields(permission, requested.query, dataset), now);
  // named subjects are checked first: nothing is prefetched
  const agreed =
    check === undefined
      ? undefined
      : await services.bulk.run(async () => {
          await consentOfNamed(services, check, permission, dataset);
          return fetchConsented(services, asking(cursor), permission, source, check, dataset);
        });
  // a quota of rows or bytes may be exceeded by up to one page
  const counts = quotasOf(permission, now, { rows: 0, bytes: 0 }).length > 0;
  const { pagesOfPart } = streams.limits;
  const maxPages = counts ? 1 : pagesOfPart;
  // larger pages halve the overhead of a page; a page masked in this thread would block other calls for longer
  const pagesRead = services.masking.thread.isReady ? Math.max(1, Math.floor(maxPages / 2)) : 1;
  const make = async (from: string | undefined, at: number): Promise<PageBegun<Masked>> => {
    // the first part is sent as soon as its page is ready
    const rows = from === undefined ? limit : limit * pagesRead;
    const page = await services.bulk.run(() => source.page(asking(from, rows), permission));
    return { next: page.nextCursor, made: masked(page, from, at) };
  };
  const basis = [permission.plan, dataset];
  const made =
    agreed === undefined
      ? together(await ahead.take({ cursor, now, maxPages: Math.floor(maxPages / pagesRead), basis, make }))
      : await masked(agreed.page, cursor, now);
  const { bytes, rows, typeErrors, next, subjects } = made;
  const tolerated = permission.limits.maskTypeErrors ?? 0;
  if (tally.typeErrors + typeErrors > tolerated)
    throw new Problem('mask_type_errors', { count: tally.typeErrors + typeErrors });
  const correction = underCorrection(services, dataset, permission, () => made.persons().map((one) => [one]));
  const notes = (correction.answer.notes ?? []).map(({ code, records }) => ({
    code,
    records: records.map((at) => tally.rows + at),
  }));
  const claim = entryClaim(check, agreed?.consented, source.given, { exchange: id });
  const stream = { id: exchange, state: 'part', parts: tally.parts + 1, rows, bytes: bytes.length } as const;
  const quotas = quotasOf(permission, now, { rows, bytes: bytes.length });
  return {
    bytes,
    rows,
    typeErrors,
    next,
    subjects,
    notes,
    facts: {
      ...entryFacts(request, permission),
      schema: dataset.schema.urn,
      rows: { delivered: rows, withheld: 0 },
      ...privateFact(claim),
      ...correction.facts,
      stream,
    },
    ...(quotas.length === 0 ? {} : { claims: { quotas } }),
    ...claimEffects(claim),
  };
}

/** Fields whose values the answer discloses. */
export const disclosedFields = (
  { fields }: Permission,
  query: Query,
  { schema }: LiveDataset,
): readonly string[] => [
  ...fields.map(({ field }) => rootOf(field)),
  ...learnedByAsking(query, schema.subject?.field),
];

/**
 * Decides a further part of an answer. @param first what its first part was decided by @param now Unix milliseconds, database clock
 * @throws Problem the denial, or stream_terms_changed
 */
export function stillAllowed(
  { current }: Pick<ReleaseServices['registry'], 'current'>,
  request: DecisionRequest,
  first: Permission,
  now: number,
): Permission {
  const { decision: permission, refusal } = decided(request, current, now);
  if (refusal !== undefined) throw refusal;
  if (termsOf(permission) !== termsOf(first)) throw new Problem('stream_terms_changed');
  return permission;
}

/** SHA-256 of all terms of an agreement that affect what leaves. */
export const termsDigest = (permission: Permission): Buffer =>
  createHash('sha256').update(termsOf(permission)).digest();

const terms = new WeakMap<Permission, string>();

/** All terms of an agreement that affect what leaves, as one text; other documents may have changed since. */
function termsOf(permission: Permission): string {
  const known = terms.get(permission);
  if (known !== undefined) return known;
  const { plan, fields, withheld, rowFilter, limits, storedFields, consent, basis, obligations } = permission;
  const all = { plan, fields, withheld, rowFilter, limits, storedFields, basis, obligations };
  const text = canonicalJsonOfRow(
    JSON.parse(JSON.stringify(consent === undefined ? all : { ...all, consent })) as CanonicalValue,
  );
  terms.set(permission, text);
  return text;
}
