import type { AuditLog, Actor } from '../log/draft.ts';
import { entry } from '../log/entry.ts';
import { Problem } from '../../terms/problem.ts';
import { uuid7 } from '../../machine/uuid7.ts';
import type { Act, ActContext } from './act.ts';

/**
 * Prepares an act and does it by its entry. What refuses it, before or in its transaction, becomes a denied entry.
 * @param now Unix milliseconds
 * @throws Problem of the act, once the denial is durable; log_unavailable, log_busy
 */
export async function perform<R>(
  audit: AuditLog,
  operation: string,
  actor: Actor,
  now: number,
  prepare: (context: ActContext) => Promise<Act<R>>,
): Promise<R> {
  const exchange = uuid7(now);
  const what = { exchange, now, operation, kind: 'management', actor, carried: undefined } as const;
  try {
    const { reply, change, work, bumpsEpoch } = await prepare({ exchange, now });
    await audit.append(entry({ ...what, facts: { change }, work, bumpsEpoch }));
    return reply;
  } catch (error) {
    if (!(error instanceof Problem) || error.status >= 500) throw error;
    await audit.append(entry({ ...what, code: error.code }));
    throw error;
  }
}
