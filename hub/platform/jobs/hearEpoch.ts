/** Registrations of other processes, heard of by a process that has appended nothing since. */
import { uuid7 } from '../../../machine/uuid7.ts';
import { type AuditLog, theHub } from '../../log/draft.ts';
import { entry } from '../../log/entry.ts';
import { readStateEpoch } from '../../log/store/head.ts';
import type { Database } from '../database/database.ts';

class Heard extends Error {}

/**
 * Makes this process know the epoch of the log, so that the next `refresh` of a registry reads what other processes have registered. What a
 * job does by an older registry can be final: it refuses a file, or forgets the rules of a dataset that it does not know.
 */
export async function hearEpoch(
  { database, audit }: { readonly database: Pick<Database, 'app' | 'now'>; readonly audit: AuditLog },
  operation: string,
): Promise<void> {
  const epoch = audit.epoch();
  if ((await readStateEpoch(database.app)) === epoch) return;
  const now = database.now();
  // the log never takes an entry under an epoch that is over: it reads the newer head, and returns the claim
  const draft = entry({
    exchange: uuid7(now),
    now,
    operation,
    kind: 'management',
    actor: theHub,
    facts: {},
    epoch,
    claims: { epoch },
    carried: undefined,
    decideAgain: () => {
      throw new Heard();
    },
  });
  await audit.append(draft).catch((error: unknown) => {
    if (!(error instanceof Heard)) throw error;
  });
}
