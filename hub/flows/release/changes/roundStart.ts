/** Decides when a feed examines the rows again, and from where. */
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
  /** the counter that identifies the feed's owner */
  readonly counter: string;
  readonly now: number;
}

/**
 * Where a feed continues. One digest covers everything an answer depends on: terms, batch, deletions and consents. While it is unchanged,
 * a feed that is up to date has nothing to examine. A round restarts under changed terms, and for a snapshot when another batch is
 * current. For an upsert dataset it continues, and the next round finds rows that changed after they were passed.
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
 * The agreement's terms for the answer, the hub's key for row names, and the day (calendar of China), for masks that depend on the date.
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
