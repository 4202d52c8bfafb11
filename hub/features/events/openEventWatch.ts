/**
 * Pages of persons that stay open and are notified of changes of open events. One query every half second serves all pages of this process,
 * and none is made while no page is open. It reads the database, so it also finds what other processes stored.
 */
import { Poll } from '../../../machine/poll.ts';
import { Problem } from '../../../terms/problem.ts';
import type { Database } from '../../platform/database/database.ts';
import { eventsChangedSince, type ChangedEvent } from './store/openEventChanges.ts';

export interface WatchLimits {
  /** pages of one person, fewer than the six connections that a browser opens to a host, and in all */
  readonly maxOfPerson: number;
  readonly maxPages: number;
  /** milliseconds between two queries */
  readonly pollMs: number;
  /** milliseconds between two comments that keep the connection of a page open, counted from its beginning */
  readonly heartbeatMs: number;
  /** milliseconds between two messages by which a page reads the list again */
  readonly reloadMs: number;
}

const usual: WatchLimits = {
  maxOfPerson: 4,
  maxPages: 512,
  pollMs: 500,
  heartbeatMs: 15_000,
  reloadMs: 10_000,
};

/** Events that one message names, at most. */
const maxEvents = 1_000;
/** Milliseconds within which a change is committed after the time that its rows have. */
const overlapMs = 60_000;
/** A page that was away longer reads the list again. */
const maxAwayMs = 24 * 3_600_000;

/** Changes that one message reports to a page. */
export interface News {
  /** Unix milliseconds; a page that was away gives it to continue from there */
  readonly moment: number;
  readonly events: readonly ChangedEvent[];
  /** more changed than is named */
  readonly reload: boolean;
  /** a sign of life is due, with events or without */
  readonly isBeat: boolean;
}

/** One open page. */
class Page {
  readonly person: string;
  /** changes after this moment are news, except those that it has seen */
  from: number;
  private seen = new Map<string, number>();
  private readonly waiting = new Map<string, ChangedEvent>();
  private reload: boolean;
  /** more changed than is named, since the last message to reload */
  private isReloadDue = false;
  /** Unix milliseconds */
  private reloadedAt: number | undefined;
  private readonly reloadMs: number;
  private moment: number;
  private wake: () => void = () => undefined;

  constructor(person: string, from: number, now: number, reloadMs: number) {
    this.person = person;
    this.reloadMs = reloadMs;
    this.reload = from < now - maxAwayMs;
    this.reloadedAt = this.reload ? now : undefined;
    this.from = (this.reload ? now : from) - overlapMs;
    this.moment = now;
  }

  /** @param isWhole false: there are more changes than these */
  take(rows: readonly ChangedEvent[], now: number, isWhole: boolean): void {
    for (const row of rows) if (this.seen.get(row.id) !== row.changes) this.waiting.set(row.id, row);
    this.seen = new Map(rows.map(({ id, changes }) => [id, changes]));
    if (!isWhole || this.waiting.size > maxEvents) {
      this.isReloadDue = true;
      this.waiting.clear();
    }
    // the same events are found as long as they are in the overlap: the list is not read again for each query
    if (this.isReloadDue && now >= (this.reloadedAt ?? 0) + this.reloadMs) {
      this.reload = true;
      this.isReloadDue = false;
      this.reloadedAt = now;
    }
    this.from = now - overlapMs;
    this.moment = now;
    if (this.reload || this.waiting.size > 0) this.wake();
  }

  end(): void {
    this.wake();
  }

  /** Waits for news. @returns news without events when there is none in time */
  async next(milliseconds: number, signal: AbortSignal): Promise<Omit<News, 'isBeat'>> {
    if (!this.reload && this.waiting.size === 0 && !signal.aborted)
      await new Promise<void>((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          resolve();
        };
        const timer = setTimeout(done, milliseconds);
        this.wake = done;
        signal.addEventListener('abort', done);
      });
    const news = { moment: this.moment, events: [...this.waiting.values()], reload: this.reload };
    this.waiting.clear();
    this.reload = false;
    return news;
  }
}

export class OpenEventWatch {
  private readonly database: Pick<Database, 'app' | 'now'>;
  private readonly limits: WatchLimits;
  private readonly pages = new Set<Page>();
  private readonly poll: Poll;

  constructor(database: Pick<Database, 'app' | 'now'>, limits: Partial<WatchLimits> = {}) {
    this.database = database;
    this.limits = { ...usual, ...limits };
    this.poll = new Poll(
      this.limits.pollMs,
      () => this.look(),
      () => this.pages.size > 0,
    );
  }

  /** @throws Problem live_pages_too_many */
  admit(person: string): void {
    if (this.isFree(person)) return;
    const maxPages = this.limits.maxOfPerson;
    throw new Problem('live_pages_too_many', { most: maxPages }, { headers: { 'retry-after': '30' } });
  }

  /**
   * News of a page until it ends. Signs of life come at fixed times, so that they reveal nothing about events that are not shown.
   * @param since Unix milliseconds; undefined: now @param milliseconds until it ends
   */
  async *follow(
    person: string,
    since: number | undefined,
    milliseconds: number,
    signal: AbortSignal,
  ): AsyncGenerator<News> {
    const now = this.database.now();
    // several may have been admitted at once
    if (this.poll.isClosed || !this.isFree(person)) return;
    const page = new Page(person, Math.min(since ?? now, now), now, this.limits.reloadMs);
    const end = now + milliseconds;
    let beat = now + this.limits.heartbeatMs;
    this.pages.add(page);
    this.poll.begin(0);
    try {
      for (;;) {
        const left = end - this.database.now();
        if (left <= 0 || this.isOver(signal)) return;
        const news = await page.next(Math.min(left, Math.max(0, beat - this.database.now())), signal);
        const isBeat = this.database.now() >= beat;
        while (beat <= this.database.now()) beat += this.limits.heartbeatMs;
        if (this.isOver(signal)) return;
        if (isBeat || news.reload || news.events.length > 0) yield { ...news, isBeat };
      }
    } finally {
      this.pages.delete(page);
    }
  }

  /** Every page ends, and none begins any more. */
  close(): void {
    this.poll.close();
    for (const page of this.pages) page.end();
  }

  private isFree(person: string): boolean {
    const { maxOfPerson, maxPages } = this.limits;
    const own = [...this.pages].filter((page) => page.person === person).length;
    return own < maxOfPerson && this.pages.size < maxPages;
  }

  private isOver(signal: AbortSignal): boolean {
    return this.poll.isClosed || signal.aborted;
  }

  private async look(): Promise<void> {
    const to = this.database.now();
    // pages that were away begin where each of them was; the others have one beginning
    const byStart = new Map<number, Page[]>();
    for (const page of this.pages) byStart.set(page.from, [...(byStart.get(page.from) ?? []), page]);
    for (const [from, pages] of byStart) {
      // after a failed query `page.from` is unchanged, so the next query reports these changes
      const question = { from, to, maxEvents: maxEvents + 1 };
      const rows = await eventsChangedSince(this.database.app, question).catch(() => undefined);
      if (rows !== undefined)
        for (const page of pages) page.take(rows.slice(0, maxEvents), to, rows.length <= maxEvents);
    }
  }
}
