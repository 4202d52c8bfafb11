/**
 * Searches feeds for changes without a call of their consumer: whether the next call of `changes` would have any. Nothing leaves. Each
 * search is decided as the newest call was signed, and compares masked rows as a call does.
 */
import { createHash } from 'node:crypto';
import type { Permission } from '../../../../policies/decision.ts';
import { Problem } from '../../../../terms/problem.ts';
import type { LiveDataset } from '../../../registry/snapshot.ts';
import { decided, hostedReleased } from '../allowedCall.ts';
import { consentCheck, type ConsentCheck } from '../consents.ts';
import { quotaCounter } from '../quotas.ts';
import type { ReleaseServices } from '../services.ts';
import { disclosedFields } from '../streamPart.ts';
import { nextChanges } from './round.ts';
import { feedTerms, goingOn } from './roundStart.ts';
import { rowNames } from './rowNames.ts';
import { sourceMarks } from './store/changeSources.ts';
import type { FeedPlace } from './store/feeds.ts';
import { reportedChanges } from './store/heldRows.ts';
import type { SearchedFeed, WatchedFeed } from './store/watchedFeeds.ts';

/** A feed whose consumer may receive changes. */
interface Judged {
  readonly feed: WatchedFeed;
  readonly permission: Permission;
  readonly dataset: LiveDataset;
  readonly check: ConsentCheck | undefined;
  /** when it was decided, Unix milliseconds: the search compares rows as they are masked then */
  readonly now: number;
}

/** A feed to be searched now. */
export interface DueSearch extends Judged {
  /** everything that its changes depend on, as it was before the search */
  readonly basis: string;
}

/** Of these feeds, those whose consumer may receive changes now and that depend on something else than at their last search. */
export async function dueSearches(
  services: ReleaseServices,
  feeds: readonly WatchedFeed[],
  now: number,
): Promise<readonly DueSearch[]> {
  const judged = feeds.flatMap((feed) => judgedFeed(services, feed, now) ?? []);
  if (judged.length === 0) return [];
  const marks = await sourceMarks(
    services.database.app,
    judged.map(({ dataset, check }) => ({ dataset: dataset.row.id, scope: check?.scope })),
  );
  return judged.flatMap((one, at) => {
    const { feed, permission } = one;
    const terms = feedTerms(permission, rowNames(services.keys.cursor, feed.counter), now);
    const basis = createHash('sha256')
      .update(JSON.stringify([feed.id, terms, marks[at]]))
      .digest('base64url');
    const { searched } = feed;
    const isSearched = searched?.basis === basis && now < (searched.recheck ?? Infinity);
    return isSearched ? [] : [{ ...one, basis }];
  });
}

/** @returns undefined where its consumer may receive nothing now */
function judgedFeed(services: ReleaseServices, feed: WatchedFeed, now: number): Judged | undefined {
  const { asked, counter, department } = feed;
  const request = {
    consumer: department,
    dataset: feed.dataset,
    agreement: asked.agreement,
    purpose: asked.purpose,
    onBehalfOf: asked.onBehalfOf,
    matter: asked.matter,
    fields: asked.fields,
    limit: undefined,
    filter: [],
    sort: [],
    changes: true as const,
  };
  const { decision: permission, refusal } = decided(request, services.registry.current, now);
  if (refusal !== undefined || quotaCounter(permission.plan) !== counter) return undefined;
  try {
    const dataset = hostedReleased(services.registry, permission);
    const check = consentCheck(permission, disclosedFields(permission, {}, dataset), now);
    return { feed, permission, dataset, check, now };
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

/** How far a search is: changed, unchanged, or where it goes on. */
export type SearchResult =
  { readonly isChanged: true } | { readonly searched: SearchedFeed } | { readonly place: FeedPlace };

/**
 * Searches a feed from a place, for at most `maxSteps` portions of rows. The newest answer counts as taken.
 * @throws Problem dataset_without_rows, mask_type_errors, masked_row_invalid; DecideAfresh where each round met another batch
 */
export async function searchFeed(
  services: ReleaseServices,
  { feed, permission, dataset, check, now, basis }: DueSearch,
  {
    place: begun,
    maxSteps,
    signal,
  }: {
    readonly place: FeedPlace | undefined;
    readonly maxSteps: number;
    readonly signal: AbortSignal;
  },
): Promise<SearchResult> {
  const reported = await reportedChanges(services.database.app, feed.id);
  const requested = {
    permission,
    dataset,
    check,
    counter: feed.counter,
    now,
    feed: feed.id,
    acknowledged: new Map(reported.map((change) => [change.row, change])),
    limit: 1,
  };
  let place = await goingOn(services, requested, begun ?? feed.toldPlace);
  for (let steps = 0; place.phase !== 'done'; steps += 1) {
    if (steps === maxSteps || signal.aborted) return { place };
    const from = place;
    const { reported: found, to } = await services.bulk.run(() => nextChanges(services, requested, from));
    if (found.length > 0) return { isChanged: true };
    place = to;
  }
  return { searched: { basis, recheck: place.recheck } };
}
