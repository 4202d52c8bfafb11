/** When a feed looks at the rows again, and from where. */
import { createHash } from 'node:crypto';
import type { Permission } from '../../../../policies/decision.ts';
import { Problem } from '../../../../terms/problem.ts';
import type { LiveDataset } from '../../../registry/snapshot.ts';
import { newestConsent, nextConsentTurn, rowSources } from './store/changeSources.ts';
import type { FeedPlace } from './store/feeds.ts';
import type { ConsentCheck } from '../consents.ts';
import { dayInChina } from '../../../../terms/civilDate.ts';
import type { ReleaseServices } from '../services.ts';
import { termsDigest } from '../streamPart.ts';
import { rowNames, type RowNames } from './rowNames.ts';

export interface RequestedRound {
  readonly permission: Permission;
  readonly dataset: LiveDataset;
  readonly check: ConsentCheck | undefined;
  /** whose feed it is */
  readonly counter: string;
  readonly now: number;
}

/**
 * Where a feed goes on. What an answer follows from is one digest: terms, batch, deletions and consents. While it stands, a feed that is in
 * step has nothing to look at. A round begins again under other terms, and over a snapshot when another batch is current; over an upsert
 * dataset it goes on, and the next one finds what moved behind it.
 * @throws Problem dataset_without_rows
 */
export async function goingOn(
  services: ReleaseServices,
  requested: RequestedRound,
  place: FeedPlace | undefined,
): Promise<FeedPlace> {
  const { row } = requested.dataset;
  const sources = await rowSources(services.database.app, row.id);
  const batch = sources?.batch ?? null;
  if (sources === undefined || batch === null) throw new Problem('dataset_without_rows', { dataset: row.id });
  const terms = feedTerms(
    requested.permission,
    rowNames(services.keys.cursor, requested.counter),
    requested.now,
  );
  const mark = await markOf(services, requested, [
    terms,
    batch,
    sources.deletions,
    ...(sources.calls === null ? [] : [sources.calls]),
  ]);
  const due = place?.recheck !== undefined && requested.now >= place.recheck;
  const stays =
    place?.terms === terms &&
    (place.phase === 'done' ? place.mark === mark && !due : row.mode === 'upsert' || place.batch === batch);
  if (stays) return place;
  const recheck = await recheckOf(services, requested);
  return { mark, terms, batch, phase: 'rows', ...(recheck === undefined ? {} : { recheck }) };
}

async function markOf(
  { database }: ReleaseServices,
  { check }: RequestedRound,
  rows: readonly string[],
): Promise<string> {
  const consents = check === undefined ? '' : await newestConsent(database.app, check.scope);
  return digestOf([...rows, consents]);
}

/**
 * What the agreement says of what leaves, the hub's key that rows are named by, and the day (calendar of China), for masks that follow the
 * calendar.
 * @param now Unix milliseconds
 */
export const feedTerms = (permission: Permission, { key }: Pick<RowNames, 'key'>, now: number): string =>
  digestOf([termsDigest(permission).toString('hex'), key, dayInChina(now)]);

const digestOf = (parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url');

const recheckOf = async (
  { database }: ReleaseServices,
  { check, now }: RequestedRound,
): Promise<number | undefined> =>
  check === undefined ? undefined : nextConsentTurn(database.app, check.scope, now);
