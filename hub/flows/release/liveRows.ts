/**
 * Rows that remain with their provider, requested under a permission:
 *
 *   question (filter pushed down) → the provider's answer, with its signature if the provider signs → the schema → the filter again →
 *     the subject
 *
 * If the agreement allows an answer to be reused for the same question, only the provider's answer is cached; every later step runs again.
 * Invalid rows are dropped, counted, and reported to the provider with place and rule. Rows that do not fit the schema are stored sealed
 * for the provider (getLiveQuarantine.ts). The consumer is informed of neither.
 */
import { Problem } from '../../../terms/problem.ts';
import type { Permission } from '../../../policies/decision.ts';
import type { Call } from '../../pipeline/call.ts';
import { measured } from '../../pipeline/trace.ts';
import type { Acting } from '../actingDepartment.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import type { LiveServiceRow } from '../../registry/store/liveServices.ts';
import type { FetchedRow } from '../rows/store/fetch.ts';
import { putLiveQuarantined } from '../rows/store/liveQuarantine.ts';
import { openCursor, sealCursor } from '../cursor.ts';
import { callConnector } from '../live/callConnector.ts';
import { checkRows, findingsOf, meets, maxFindings } from '../live/checkRows.ts';
import { receivedPart } from '../live/cachedParts.ts';
import { liveQuestion, type LivePart } from '../live/liveQuestion.ts';
import { queryService } from '../live/service/queryService.ts';
import type { GivenStatement, Page, RowSource, Query } from './rowSource.ts';
import { cursorContext, limitOf } from './requestedRows.ts';
import type { ReleaseServices } from './services.ts';

/** Rows of one question. */
const maxRows = 1_000;
/** Questions in addition to those that a page needs where no row is dropped. */
const spareQuestions = 3;

export function liveRows(
  services: ReleaseServices,
  dataset: LiveDataset,
  {
    head,
    exchange,
    caller,
    now,
    trace,
  }: Pick<Call<Acting>, 'head' | 'exchange' | 'caller' | 'now' | 'trace'>,
): RowSource {
  const { registry, live, held, cached, keys, database, sealer } = services;
  const {
    row: { id },
    service,
  } = dataset;
  const ask = held.of(head);
  const statements: GivenStatement[] = [];
  // its notes on the received rows grow with each question
  const source: { -readonly [Part in keyof RowSource]: RowSource[Part] } = {
    page,
    refuse: (query, permission) => {
      beginning(query, permission);
      liveQuestion(dataset, query, permission);
    },
    given: statements,
    notes: [],
    asOf: undefined,
  };
  const note = (what: string): void => {
    if (!source.notes.includes(what)) source.notes = [...source.notes, what];
  };
  const kind = dataset.schema.subject?.kind ?? '';
  const subjectHash = (value: string): Uint8Array => Buffer.from(keys.subjectHash(kind, value), 'hex');

  /** One question, and the usable part of its answer. */
  async function part(query: Query, permission: Permission, limit: number, after: string | undefined) {
    const question = liveQuestion(dataset, query, permission);
    const askProvider = (traceparent: string | undefined): Promise<LivePart> => {
      const requested = { dataset: id, exchange, question, limit, after, traceparent };
      return service === undefined
        ? callConnector(services, requested)
        : queryService(services, dataset, service, requested);
    };
    const reading = service === undefined ? [] : [service.digest, mappingDigest(dataset, service)];
    const body = JSON.stringify([question.fields, question.filter, limit, after, reading]);
    const { cacheSeconds = 0 } = permission.limits;
    // the digest of the document set covers all agreements; schema, mapping and code lists cover how the answer was read
    const place = JSON.stringify([
      ...[permission.policy, permission.plan, caller.department, id],
      ...[dataset.schema.urn, registry.current.codeLists.digest, body],
    ]);
    const taken = await ask(body, async () => {
      const known = cacheSeconds === 0 ? undefined : cached.find(place, cacheSeconds, now);
      if (known !== undefined) return known;
      const { received, ...fresh } = receivedPart(await measured(trace, 'ask provider', askProvider), now);
      if (cacheSeconds > 0) cached.store(place, cacheSeconds, fresh);
      return { ...fresh, received };
    });
    const { part: given, failedRows, at, received } = taken;
    if (cacheSeconds > 0) source.asOf = Math.min(source.asOf ?? at, at);
    if (received === undefined) note('provider-cached');
    const { answer, pushed, hubOnly } = given;
    const checked = checkRows(dataset, { ...question, filter: pushed }, answer, subjectHash);
    const rows = checked.rows.filter((row) =>
      hubOnly.every((one) => meets(one, dataset.schema.fields, row.record)),
    );
    const dropped = withoutNone({
      ...checked.dropped,
      invalid: (checked.dropped.invalid ?? 0) + failedRows,
      filtered: checked.rows.length - rows.length,
    });
    for (const [i, statement] of given.statements.entries())
      statements.push({ statement, dropped: i === 0 ? dropped : {} });
    if (!given.signed) note('provider-unsigned');
    const found = { rows, behind: given.behind };
    // reported to the provider and stored when it first arrived
    if (received === undefined) return found;
    const { failed, report } = received;
    const findings = [...checked.findings, ...findingsOf(failed)].slice(0, maxFindings);
    if (findings.length > 0) {
      await report({ dropped, findings });
      for (const [why, count] of Object.entries(dropped)) live.events.dropped?.(why, count);
    }
    const unusable = [...checked.failed, ...failed];
    if (unusable.length > 0) {
      const place = { dataset: id, exchange, now };
      const digestOf = (text: string): string => keys.subjectHash('live-row', text);
      await putLiveQuarantined(database.app, sealer, place, unusable, digestOf);
    }
    return found;
  }

  /** The cursor context of the page, and the place after which it begins. */
  function beginning(query: Query, permission: Permission) {
    if (query.sort !== undefined && query.sort.length > 0) throw new Problem('live_order', { dataset: id });
    const context = cursorContext(query, permission, id, caller.department);
    const { cursor } = query;
    return {
      context,
      after: cursor === undefined ? undefined : placeOf(openCursor(keys.cursor, context, cursor)),
    };
  }

  async function page(query: Query, permission: Permission): Promise<Page> {
    const limit = limitOf(query, permission);
    const { context, after: begun } = beginning(query, permission);
    const cursorAt = (after: unknown): string =>
      sealCursor(keys.cursor, context, { batch: undefined, position: { values: [after], row: 0 } });
    let after = begun;
    const rows: FetchedRow[] = [];
    for (let left = Math.ceil(limit / maxRows) + spareQuestions; left > 0; left -= 1) {
      const found = await part(query, permission, Math.min(limit - rows.length, maxRows), after);
      for (const row of found.rows) rows.push(row);
      after = found.behind;
      if (after === undefined || rows.length >= limit) break;
    }
    return {
      rows,
      nextCursor: after === undefined ? undefined : cursorAt(after),
      cursorAfter: ({ position }) => cursorAt(position.values[0]),
    };
  }

  return source;
}

/** The digest of the mapping version that reads a service's answers now; undefined where no version is readable. */
function mappingDigest({ mappings }: LiveDataset, { document }: LiveServiceRow): string | undefined {
  const mapping = mappings.get(document.mapping);
  return mapping?.compiled === undefined ? undefined : mapping.digest;
}

const withoutNone = (counts: Readonly<Record<string, number>>): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));

/** @throws Problem cursor_invalid: a cursor from the time when the rows were stored in the hub */
function placeOf({ position }: ReturnType<typeof openCursor>): string {
  const [after] = position.values;
  if (typeof after !== 'string') throw new Problem('cursor_invalid');
  return after;
}
