/**
 * Counts reads of staff that show no personal data, in place of an entry each. A count is durable before the reply leaves. Calls that
 * arrive while a transaction runs are counted together in the next one. Rows of the counts are sealed.
 */
import { withTransaction } from '../platform/database/transaction.ts';
import type { Database } from '../platform/database/database.ts';
import type { OpenedAuditLog } from './openAuditLog.ts';
import { addViews, committedEpoch, type Viewed } from './store/viewCounts.ts';

export interface View extends Omit<Viewed, 'views'> {
  /** state_epoch under which the call was decided */
  readonly epoch: number;
}

interface Waiting {
  readonly view: View;
  readonly settle: (isCounted: boolean) => void;
}

/** maximum number of calls that one transaction counts */
const maxTogether = 1_000;

export class ViewCounts {
  private readonly database: Pick<Database, 'app' | 'clock' | 'commits'>;
  private readonly audit: Pick<OpenedAuditLog, 'broken'>;
  private readonly report: (error: unknown) => void;
  private waiting: Waiting[] = [];
  private running = false;

  constructor(
    database: Pick<Database, 'app' | 'clock' | 'commits'>,
    audit: Pick<OpenedAuditLog, 'broken'>,
    report: (error: unknown) => void,
  ) {
    this.database = database;
    this.audit = audit;
    this.report = report;
  }

  /**
   * @returns true once the count is durable. False: the call was not counted and needs an entry, because the state of the hub changed since
   *   the decision, or because the log accepts no entries; the append then refuses the call.
   */
  count(view: View): Promise<boolean> {
    const { clock, commits } = this.database;
    if ((this.audit.broken() ?? clock.trouble() ?? commits.trouble()) !== undefined)
      return Promise.resolve(false);
    return new Promise((settle) => {
      this.waiting.push({ view, settle });
      if (!this.running) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.running = true;
    while (this.waiting.length > 0) {
      const together = this.waiting.splice(0, maxTogether);
      const epoch = await this.store(together.map(({ view }) => view));
      for (const { view, settle } of together) settle(view.epoch === epoch);
    }
    this.running = false;
  }

  /** @returns the epoch of the views that were counted; undefined: none was */
  private async store(views: readonly View[]): Promise<number | undefined> {
    try {
      return await withTransaction(this.database.app, async (transaction) => {
        const epoch = await committedEpoch(transaction);
        const counts = sums(views.filter((view) => view.epoch === epoch));
        if (counts.length > 0) await addViews(transaction, counts);
        return epoch;
      });
    } catch (error) {
      this.report(error);
      return undefined;
    }
  }
}

/** One count for all views of the same person, day and operation. */
function sums(views: readonly View[]): Viewed[] {
  const counts = new Map<string, Viewed>();
  for (const { day, person, operation, department } of views) {
    const key = JSON.stringify([day, person, operation]);
    const before = counts.get(key)?.views ?? 0;
    counts.set(key, { day, person, operation, department, views: before + 1 });
  }
  return [...counts.values()];
}
