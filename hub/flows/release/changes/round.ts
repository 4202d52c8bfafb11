/**
 * Computes the difference between the masked rows that an agreement now grants and the rows that the consumer holds. First come new and
 * changed rows, in the order of the table. Then come held rows that this consumer may no longer receive, in the order of their names.
 */
import { randomInt } from 'node:crypto';
import { isMissingTable } from '../../../platform/database/failure.ts';
import { DecideAfresh } from '../../../pipeline/call.ts';
import type { ConsentCode } from '../../../../policies/consents/verdict.ts';
import { batchTable, datasetTable, layoutOf } from '../../../domain/rowTable/layout.ts';
import type { FeedPlace } from './store/feeds.ts';
import { heldAfter, heldDigests, type Change, type HeldRow } from './store/heldRows.ts';
import { fetchRows, type FetchedRow } from '../../rows/store/fetch.ts';
import { presentRows, type KeyedQuery, type KeyValues } from '../../rows/store/presentRows.ts';
import { verdictsOf, type Consented, type KnownConsentState } from '../consents.ts';
import { maskPage } from '../maskPage.ts';
import { columnsNamed, fieldsToRead } from '../requestedRows.ts';
import type { ReleaseServices } from '../services.ts';
import { goingOn, type RequestedRound } from './roundStart.ts';
import { keyIn, keyText, rowNames, type RowNames } from './rowNames.ts';

export interface RequestedChanges extends RequestedRound {
  /** id of the feed, and the changes of its newest answer if this call acknowledges it */
  readonly feed: string;
  readonly acknowledged: ReadonlyMap<string, Change>;
  /** maximum number of changes of one answer */
  readonly limit: number;
  /** the feed begins with these rows */
  readonly holdsNothing?: boolean;
}

const nothingHeld: ReadonlyMap<string, string> = new Map();

/** A change as it is returned. */
export type ReportedChange =
  | { readonly row: string; readonly op: 'put'; readonly record: Readonly<Record<string, unknown>> }
  | { readonly row: string; readonly op: 'gone' };

export interface Changes {
  readonly reported: readonly ReportedChange[];
  /** what the feed stores of them, each row once */
  readonly toStore: readonly Change[];
  /** keyed hash of each change's subject, in their order */
  readonly subjects: readonly (Uint8Array | undefined)[];
  /** consents that the returned rows are based on */
  readonly consented: Consented;
  readonly to: FeedPlace;
}

/** The current batch is no longer the one of the round. */
class BatchReplaced extends Error {}

interface Step {
  readonly place: FeedPlace;
  readonly rowsRead: number;
}

class Round {
  private readonly services: ReleaseServices;
  private readonly asked: RequestedChanges;
  private readonly names: RowNames;
  private readonly source: Omit<KeyedQuery, 'table'>;
  private readonly reported: ReportedChange[] = [];
  private readonly toStore = new Map<string, Change>();
  private readonly subjects: (Uint8Array | undefined)[] = [];
  private readonly withheld = new Map<ConsentCode, number>();
  private readonly decidedOn: KnownConsentState[] = [];

  constructor(services: ReleaseServices, requested: RequestedChanges) {
    this.services = services;
    this.asked = requested;
    this.names = rowNames(services.keys.cursor, requested.counter);
    const { permission, dataset } = requested;
    const layout = layoutOf(dataset.schema);
    const key = layout.key.map(({ field }) => field);
    this.source = {
      layout,
      columns: columnsNamed(layout, [...new Set([...fieldsToRead(permission), ...key])]),
      conditions: permission.rowFilter,
    };
  }

  isFull(): boolean {
    return this.reported.length >= this.asked.limit;
  }

  result(to: FeedPlace): Changes {
    const { reported, subjects, withheld, decidedOn } = this;
    return {
      reported,
      toStore: [...this.toStore.values()],
      subjects,
      consented: { withheld, decidedOn },
      to,
    };
  }

  /** Rows of the table after a place. */
  async rows(place: FeedPlace, maxRows: number): Promise<Step> {
    const { services, asked: requested, source } = this;
    const isSnapshot = requested.dataset.row.mode === 'snapshot';
    const { rows, current } = await fetchRows(services.database.app, {
      ...source,
      table: this.table(place),
      sort: [],
      after: typeof place.after === 'number' ? { values: [], row: place.after } : undefined,
      limit: maxRows,
      dataset: isSnapshot ? requested.dataset.row.id : undefined,
    });
    if (isSnapshot && current !== place.batch) throw new BatchReplaced();
    const stopped = await this.putChanged(await this.agreed(rows));
    const last = stopped ?? rows.at(-1);
    const { after: _, ...round } = place;
    // before a first copy nothing was held: rows that moved since it began are found by the next round
    const phase = place.copy === 'first' ? 'done' : 'gone';
    return stopped === undefined && rows.length < maxRows
      ? { place: { ...round, phase }, rowsRead: rows.length }
      : { place: { ...round, after: last?.position.row ?? 0 }, rowsRead: rows.length };
  }

  /** Adds the rows whose current content the consumer does not hold. @returns the row that filled the answer */
  private async putChanged(agreed: readonly Agreed[]): Promise<FetchedRow | undefined> {
    const { services, asked: requested, source, names } = this;
    const { permission, dataset, now, acknowledged } = requested;
    const page = { rows: agreed.map(({ row }) => row) };
    const { records } = maskPage(services, permission, dataset, page, now);
    const keys = agreed.map(({ row }) => keyText(source.layout, row.record));
    const ids = keys.map((key) => names.name(key));
    const held =
      requested.holdsNothing === true
        ? nothingHeld
        : await heldDigests(services.database.app, requested.feed, ids);
    for (const [at, { row, known }] of agreed.entries()) {
      const id = ids[at] ?? '';
      const record = records[at] ?? {};
      const digest = names.digest(id, record);
      const reported = acknowledged.get(id);
      if ((reported === undefined ? held.get(id) : reported.digest) === digest) continue;
      this.reported.push({ row: id, op: 'put', record });
      const key = services.sealer.seal(Buffer.from(keys[at] ?? '', 'utf8'), sealedFor(requested.feed, id));
      this.toStore.set(id, { row: id, digest, key, subject: row.subject ?? null });
      this.subjects.push(row.subject);
      if (known !== undefined) this.decidedOn.push(known);
      if (this.isFull()) return row;
    }
    return undefined;
  }

  /** Held rows after a place: returns those that this consumer would no longer receive. */
  async gone(place: FeedPlace, maxRows: number): Promise<Step> {
    const { services, asked: requested, source, names } = this;
    const after = typeof place.after === 'string' ? place.after : '';
    const stored = await heldAfter(services.database.app, requested.feed, after, maxRows);
    const isLast = stored.length < maxRows;
    const held = isLast ? this.heldNow(stored, after) : this.heldNow(stored, after, stored.at(-1)?.row);
    const keys = held.map(({ row, key }) => this.keyOf(row, key));
    const wanted = keys.flatMap((key) => (key === undefined ? [] : [key]));
    const found = await presentRows(services.database.app, { ...source, table: this.table(place) }, wanted);
    const there = new Set(
      (await this.agreed([...found.values()])).map(({ row }) => keyText(source.layout, row.record)),
    );
    // under another key of the hub the row had another name
    const isThere = (row: string, values: KeyValues | undefined): boolean => {
      const key = values === undefined ? undefined : JSON.stringify(values);
      return key !== undefined && there.has(key) && names.name(key) === row;
    };
    for (const [at, { row, subject, isReportedGone }] of held.entries()) {
      if (isThere(row, keys[at])) continue;
      this.toStore.set(row, { row, digest: null, key: null, subject });
      // the consumer has acknowledged the copy that reported it
      if (isReportedGone === true && place.copy === undefined) continue;
      this.reported.push({ row, op: 'gone' });
      this.subjects.push(subject ?? undefined);
      if (this.isFull()) return { place: { ...place, after: row }, rowsRead: held.length };
    }
    const { after: _, ...round } = place;
    return isLast
      ? { place: { ...round, phase: 'done' }, rowsRead: held.length }
      : { place: { ...round, after: stored.at(-1)?.row ?? '' }, rowsRead: held.length };
  }

  /** Stored rows, plus those acknowledged with this call that are not stored yet. @param to the last name of the portion */
  private heldNow(stored: readonly HeldRow[], after: string, to?: string): readonly HeldRow[] {
    const { acknowledged } = this.asked;
    if (acknowledged.size === 0) return stored;
    const fresh = [...acknowledged.values()].filter(
      (change): change is HeldRow =>
        change.digest !== null && change.row > after && (to === undefined || change.row <= to),
    );
    return [...stored.filter(({ row }) => !acknowledged.has(row)), ...fresh].sort((a, b) =>
      a.row < b.row ? -1 : 1,
    );
  }

  private keyOf(row: string, sealed: Uint8Array): KeyValues | undefined {
    const { services, asked: requested, source } = this;
    const plain = services.sealer.open(sealed, sealedFor(requested.feed, row));
    return keyIn(source.layout, Buffer.from(plain).toString('utf8'));
  }

  private async agreed(rows: readonly FetchedRow[]): Promise<readonly Agreed[]> {
    const { services, asked: requested, withheld } = this;
    if (requested.check === undefined) return rows.map((row) => ({ row, known: undefined }));
    return (await verdictsOf(services, requested.check, { rows })).flatMap((verdict) => {
      if (!('fault' in verdict)) return [verdict];
      withheld.set(verdict.fault, (withheld.get(verdict.fault) ?? 0) + 1);
      return [];
    });
  }

  private table(place: FeedPlace): KeyedQuery['table'] {
    const { row, schema } = this.asked.dataset;
    return row.mode === 'upsert' ? datasetTable(row.id, schema) : batchTable(place.batch);
  }
}

/* One answer of a feed: rounds over the rows, portion by portion, until it is full, up to date, or has examined enough rows. */

/** Rows that are read at once. */
const chunk = 1_000;

/**
 * Minimum of rows that one call examines; the maximum is twice as many. The number is random for each call, so that it discloses nothing
 * about subjects without consent.
 */
const minLooked = 5_000;

/** How often a round restarts because the batch was replaced during the round. */
const maxStarts = 5;

/** @throws Problem dataset_without_rows, mask_type_errors, masked_row_invalid; DecideAfresh where each round met another batch */
export async function nextChanges(
  services: ReleaseServices,
  requested: RequestedChanges,
  from: FeedPlace,
): Promise<Changes> {
  let start = from;
  for (let tries = 1; tries <= maxStarts; tries += 1) {
    try {
      return await roundFrom(services, requested, start);
    } catch (error) {
      if (!(error instanceof BatchReplaced || isMissingTable(error))) throw error;
    }
    start = await goingOn(services, requested, undefined);
    // rows of the previous batch are held
    if (from.copy !== undefined) start = { ...start, copy: 'again' };
  }
  throw new DecideAfresh('each attempt met another batch');
}

async function roundFrom(
  services: ReleaseServices,
  requested: RequestedChanges,
  from: FeedPlace,
): Promise<Changes> {
  const round = new Round(services, { ...requested, holdsNothing: from.copy === 'first' });
  let place = from;
  let left = minLooked + randomInt(minLooked);
  while (place.phase !== 'done' && left > 0 && !round.isFull()) {
    const step =
      place.phase === 'rows'
        ? await round.rows(place, Math.min(chunk, left))
        : await round.gone(place, Math.min(chunk, left));
    left -= step.rowsRead;
    place = step.place;
  }
  return round.result(place);
}

/** A row that may leave, and the consent it is based on. */
interface Agreed {
  readonly row: FetchedRow;
  readonly known: KnownConsentState | undefined;
}

const sealedFor = (feed: string, row: string): string => `change ${feed} ${row}`;
