/** Runs named works one after the other; those that wait share one transaction. Owns the queues. */
import { isConnectionLoss } from '../../platform/database/failure.ts';
import type { FlushPlan } from './planFlush.ts';
import type { Waiting } from './waiting.ts';

/** works in one transaction */
const maxTogether = 32;

export interface TurnParts {
  /** writes all of them or none; a string: one of them lost a claim, and nothing was written */
  readonly write: (drafts: readonly Waiting[]) => Promise<FlushPlan | string>;
  readonly settle: (plan: FlushPlan) => void;
  /** writes one draft, or rejects it with the reason; never rejects itself */
  readonly alone: (draft: Waiting) => Promise<void>;
  /** the answer to the commit of a draft was lost: settles it, or rejects it; never rejects itself */
  readonly lookUp: (draft: Waiting, error: unknown) => Promise<void>;
}

export class WorksInTurn {
  private readonly queues = new Map<string, Waiting[]>();
  private readonly parts: TurnParts;

  constructor(parts: TurnParts) {
    this.parts = parts;
  }

  /** Runs a work at once, or in turn if it shares a name with others. */
  add(waiting: Waiting): void {
    const { together: name } = waiting;
    const queue = name === undefined ? undefined : this.queues.get(name);
    if (name === undefined) void this.parts.alone(waiting);
    else if (queue !== undefined) queue.push(waiting);
    else {
      const fresh = [waiting];
      this.queues.set(name, fresh);
      void this.run(name, fresh);
    }
  }

  private async run(name: string, queue: Waiting[]): Promise<void> {
    // callers of the same tick share one transaction
    await new Promise(setImmediate);
    while (queue.length > 0) {
      const drafts = queue.splice(0, maxTogether);
      if (drafts.length > 1 && (await this.wrote(drafts))) continue;
      for (const draft of drafts) await this.parts.alone(draft);
    }
    this.queues.delete(name);
  }

  /** @returns false if nothing was written: each is then tried alone, with its own outcome */
  private async wrote(drafts: readonly Waiting[]): Promise<boolean> {
    const { write, settle, lookUp } = this.parts;
    try {
      const written = await write(drafts);
      if (typeof written === 'string') return false;
      settle(written);
      return true;
    } catch (error) {
      if (!isConnectionLoss(error)) return false;
      for (const draft of drafts) await lookUp(draft, error);
      return true;
    }
  }
}
