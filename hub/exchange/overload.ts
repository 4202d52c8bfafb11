/** Calls refused before the log was asked leave one summary entry a second: how many, of which operations. */
import { uuid7 } from '../../terms/uuid7.ts';
import type { AuditLog, EntryDraft } from '../audit/draft.ts';

export interface Overload {
  count(operation: string): void;
  /** Writes what is still uncounted, and stops. */
  close(): Promise<void>;
}

interface OverloadDraft extends EntryDraft<OverloadDraft> {
  readonly calls: number;
}

export function overloadSummary(services: {
  readonly audit: AuditLog;
  readonly now: () => number;
}): Overload {
  let refused = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;

  async function write(): Promise<void> {
    timer = undefined;
    const counted = refused;
    refused = new Map();
    if (counted.size === 0) return;
    const now = services.now();
    const calls = [...counted.values()].reduce((sum, count) => sum + count, 0);
    const draft: OverloadDraft = {
      calls,
      leaf: {
        v: 1,
        id: uuid7(now),
        at: new Date(now).toISOString(),
        kind: 'overload',
        operation: 'overload',
        decision: 'deny',
        code: 'too_many_requests',
        actor: { staff: 'hub' },
        change: Object.fromEntries(counted),
      },
      claims: {},
      whenLost: () => draft,
    };
    await services.audit.append(draft).catch(() => undefined); // the calls themselves were already refused
  }

  return {
    count(operation) {
      refused.set(operation, (refused.get(operation) ?? 0) + 1);
      timer ??= setTimeout(() => void write(), 1000).unref();
    },
    async close() {
      clearTimeout(timer);
      await write();
    },
  };
}
