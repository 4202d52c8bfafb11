/**
 * Compares the settings of the hub's own sessions while they are in use (`foreignIn`). Code of a superuser may have changed them and then have
 * removed itself, so that a later statement reads other tables or runs other code, which the catalogue does not show. Such a session ends.
 */
import pg, { type ClientBase } from 'pg';
import { Problem } from '../../../../terms/problem.ts';
import type { Reader } from '../reader.ts';
import { foreignIn } from '../usedSession.ts';
import type { Session } from './session.ts';

export class ComparedSessions {
  /** ms after which a session is compared again before its next statement outside a transaction */
  every = 5_000;
  private readonly found = new Set<string>();

  /** What was found and is not recorded yet. */
  get findings(): readonly string[] {
    return [...this.found];
  }

  markRecorded(findings: readonly string[]): void {
    for (const one of findings) this.found.delete(one);
  }

  isDue(session: Session): boolean {
    return session.status === 'I' && performance.now() - session.comparedAt > this.every;
  }

  /** @throws Problem rows_unauthenticated where the session has other settings; the session ends */
  async refuseAltered(client: ClientBase, reader: Reader, session: Session): Promise<void> {
    session.comparedAt = performance.now();
    // in a transaction that failed, the next statement reports it
    if (session.status === 'E') return;
    const foreign = await foreignIn(reader);
    if (foreign !== undefined) this.refuse(client, session, `${foreign} of a session of the hub`);
  }

  /** The session ends, after its transaction. @throws Problem rows_unauthenticated */
  refuse(client: ClientBase, session: Session, what: string): never {
    this.found.add(what);
    session.ends = true;
    endWhereIdle(client, session);
    throw new Problem('rows_unauthenticated', { table: what });
  }
}

/** Ends a session that is to end, once it is in no transaction. */
export function endWhereIdle(client: ClientBase, session: Session): void {
  if (session.ends && session.status === 'I' && client instanceof pg.Client)
    client.connection.stream.destroy();
}
