/**
 * Rows that changed for a consumer, as events of the hub. The feeds of departments that subscribed to them are searched as a call of
 * `changes` would. Where such a call would have changes, the hub logs that, and publishHubEvents makes the event of the entry. The next
 * event follows the next call: it fetches everything that changed before it.
 */
import type { Identity } from '../../../identity/identity.ts';
import { retryStep } from '../../../flows/deliveries/retrySchedule.ts';
import { dueSearches, searchFeed, type DueSearch } from '../../../flows/release/changes/searchFeeds.ts';
import type { FeedPlace } from '../../../flows/release/changes/store/feeds.ts';
import {
  feedsToSearch,
  noteNotice,
  postponeSearch,
  storeSearch,
} from '../../../flows/release/changes/store/watchedFeeds.ts';
import type { ReleaseServices } from '../../../flows/release/services.ts';
import type { Job, JobRun } from '../../../platform/jobs/job.ts';
import { hubEventKind } from '../hubEvent.ts';
import { typesOfHub } from '../hubTypes.ts';
import { subscribersOf } from '../store/subscriptions.ts';

interface NoticeServices {
  readonly release: ReleaseServices;
  readonly identity: Pick<Identity, 'departments'>;
}

/** Feeds that are read at once. */
const maxFeeds = 500;
/** What one run does. */
interface NoticeLimits {
  /** portions of rows of one feed: a large dataset delays no other feed for long */
  readonly maxSteps: number;
  /** feeds; the next run begins after them */
  readonly maxSearches: number;
}
const usual: NoticeLimits = { maxSteps: 20, maxSearches: 200 };
/** When a search that failed is repeated. */
const schedule = { firstMs: 5_000, maxMs: 600_000 };

/** A search that is not finished. */
interface Begun {
  readonly turn: string;
  /** what it was based on when it began */
  readonly basis: string;
  readonly place: FeedPlace;
}

export function noticeChangedRows({ release, identity }: NoticeServices, limits: NoticeLimits = usual): Job {
  /** by feed; another process begins them anew */
  const begun = new Map<string, Begun>();
  /** counter of the last feed of the run before, where it had more than one run searches */
  let first = '';

  async function search(run: JobRun, due: DueSearch): Promise<{ readonly more: boolean }> {
    const { feed, permission } = due;
    const { turn } = feed;
    const known = begun.get(feed.id);
    begun.delete(feed.id);
    // Rows that change all the time do not begin it anew, or it would never reach the last ones. What changed since it began is another
    // basis than the stored one, so that the feed is searched again.
    const continued = known?.turn === turn ? known : undefined;
    const basis = continued?.basis ?? due.basis;
    const result = await searchFeed(
      release,
      { ...due, basis },
      { place: continued?.place, maxSteps: limits.maxSteps, signal: run.signal },
    );
    if ('place' in result) {
      begun.set(feed.id, { turn, basis, place: result.place });
      return { more: true };
    }
    if ('searched' in result) await storeSearch(release.database.app, feed, result.searched);
    else {
      const { plan } = permission;
      await run.act({
        dataset: plan.dataset,
        provider: plan.provider,
        consumer: plan.consumer,
        agreement: plan.agreement,
        facts: { purpose: plan.purpose },
        change: { act: 'changed', feed: feed.id },
        // the consumer fetched in the meantime
        work: async (transaction) => ((await noteNotice(transaction, feed)) ? undefined : 'skip'),
      });
    }
    return { more: false };
  }

  return {
    name: 'noticeChangedRows',
    every: 1_000,
    lease: 60_000,
    run: async (run) => {
      const { registry, database } = release;
      await registry.refresh();
      const types = typesOfHub({ registry, identity }).filter(
        ({ schema }) => hubEventKind(schema.urn) === 'changedRows',
      );
      const departments =
        types.length === 0
          ? []
          : await subscribersOf(
              database.app,
              types.map(({ row }) => row.id),
            );
      if (departments.length === 0) {
        begun.clear();
        return {};
      }
      const failures: unknown[] = [];
      // those before the first one have not had their turn
      let more = first !== '';
      let searches = 0;
      for (let after: string | undefined = first; after !== undefined;) {
        const page = { after, maxRows: maxFeeds, now: run.now() };
        const feeds = await feedsToSearch(database.app, departments, page);
        for (const due of await dueSearches(release, feeds, run.now())) {
          if (run.signal.aborted) return { failures };
          if (searches === limits.maxSearches) return { more: true, failures };
          searches += 1;
          first = due.feed.counter;
          try {
            const { more: goesOn } = await search(run, due);
            more ||= goesOn;
          } catch (error) {
            failures.push(error);
            const next = run.now() + retryStep(schedule, due.feed.failed + 1);
            await postponeSearch(database.app, due.feed, next);
          }
        }
        after = feeds.length < maxFeeds ? undefined : feeds.at(-1)?.counter;
      }
      first = '';
      return { more, failures };
    },
  };
}
