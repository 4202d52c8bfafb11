/** Calls refused before they reach the log leave one summary entry a second: how many, and of which operations. */
import { uuid7 } from '../../machine/uuid7.ts';
import { type AuditLog, theHub } from '../log/draft.ts';
import { entry } from '../log/entry.ts';

export interface Overload {
  count(operation: string): void;
  /** Writes the remaining counts, and stops. */
  close(): Promise<void>;
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
    const summary = entry({
      exchange: uuid7(now),
      now,
      operation: 'overload',
      kind: 'overload',
      actor: theHub,
      code: 'too_many_requests',
      facts: { change: Object.fromEntries(counted) },
      carried: undefined,
    });
    await services.audit.append(summary).catch(() => undefined); // the calls themselves were already refused
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
