/**
 * Watches what a commit guarantees. A server that waits for a standby which is away answers every read and no commit, so readiness commits
 * something. Where the configuration requires a synchronous standby, a server that names none is refused: a failover would lose what it
 * acknowledged.
 */
import { Problem } from '../../../terms/problem.ts';
import { refuseWithoutStandby } from './session.ts';
import { asLogin, type DatabaseAddress } from './connection.ts';
import { failureOf } from './failure.ts';
import type { Pool } from 'pg';
import type { Reader } from './reader.ts';

/** ms in which a commit must be durable; readiness answers within two seconds */
const deadline = 1_500;
const late = `no commit within ${deadline / 1000} s`;
/**
 * A probe that got no answer ends soon. After a failover its connection may lead to a server that is gone, and no other probe begins before
 * it has ended: the hub would stay out of service while the new server answers.
 */
const deadlines = { connectMs: deadline, statementMs: deadline + 500 };
/** ms between two checks of the server's setting */
const every = 5_000;

/** ms that the probe waits for a lock, within its deadline */
const lockPatience = 500;
/** ms that a statement of the hub waits for a lock before its holder counts, and that a holder does nothing */
const [waitMs, idleMs] = [1_000, 2_000];
const locked = 'locked: another session holds a lock on a table of the hub';

/**
 * Tables of the hub, not those of extensions or of others; the newest partition of the log, which each entry is written to. Jobs create the
 * tables of the schema "rows".
 */
const tables = `SELECT string_agg(format('ONLY public.%I', c.relname), ', ' ORDER BY c.oid) AS names FROM pg_class AS c
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relowner = to_regrole('datong_owner')
   AND (NOT c.relispartition OR c.oid IN (SELECT max(i.inhrelid) FROM pg_inherits AS i GROUP BY i.inhparent))`;

/**
 * A statement of the hub that waits for a lock of another login, of a prepared transaction (which has no process), or of a transaction that
 * does nothing. Locks of rows and advisory locks show only in such a wait. A transaction of the hub that works ends by itself.
 */
const foreignLock = `SELECT FROM pg_stat_activity AS waiting JOIN pg_locks AS wanted ON wanted.pid = waiting.pid AND NOT wanted.granted
    CROSS JOIN LATERAL unnest(pg_blocking_pids(waiting.pid)) AS holder (pid)
     LEFT JOIN pg_stat_activity AS held ON held.pid = holder.pid
 WHERE waiting.usename IN (session_user, 'datong_app') AND waiting.datname = current_database()
   AND waiting.wait_event_type = 'Lock' AND waiting.wait_event IN ('transactionid', 'tuple', 'advisory')
   AND wanted.waitstart < clock_timestamp() - interval '${waitMs} ms'
   AND (held.usename IS NULL OR held.usename NOT IN (session_user, 'datong_app')
        OR held.state LIKE 'idle in transaction%' AND held.state_change < clock_timestamp() - interval '${idleMs} ms')
 LIMIT 1`;

/**
 * Commits a record without content: a transaction that writes nothing would not wait for the disk or a standby. Before that it takes the
 * locks with which the hub writes. A lock that a superuser holds would let every call end at its deadline.
 */
async function commitSomething(login: Reader, onLocks: (waits: boolean) => void): Promise<string> {
  try {
    onLocks(true);
    // as the login itself: another role does not see what its sessions wait for
    if ((await login.query(foreignLock)).rowCount !== 0) return locked;
    await login.query(`BEGIN; SET LOCAL ROLE datong_owner; SET LOCAL lock_timeout = ${lockPatience}`);
    const { rows } = await login.query<{ names: string | null }>(tables);
    if (typeof rows[0]?.names === 'string')
      await login.query(`LOCK TABLE ${rows[0].names} IN ROW EXCLUSIVE MODE`);
    await login.query('SELECT FROM audit_head WHERE id = 1 FOR NO KEY UPDATE');
    onLocks(false);
    await login.query("SELECT pg_logical_emit_message(true, 'datong', '')");
    await login.query('COMMIT');
    return 'ok';
  } catch (error) {
    if (failureOf(error) === 'lock_timeout') return locked;
    throw error;
  }
}

export class CommitWatch {
  private readonly app: Pool;
  private readonly address: DatabaseAddress;
  private readonly timer: NodeJS.Timeout | undefined;
  private missing: Problem | undefined;
  private probing: Promise<string> | undefined;
  /** true while the connection of a probe is open */
  private waiting = false;

  /**
   * @param address of the server itself, not of a pooler: a probe opens a separate connection outside the pools
   * @param needsStandby true: the configuration requires a synchronous standby
   */
  constructor(app: Pool, address: DatabaseAddress, needsStandby: boolean) {
    this.app = app;
    this.address = address;
    if (needsStandby) this.timer = setInterval(() => void this.look(), every).unref();
  }

  /** standby_missing while a required standby is not configured: nothing is appended. */
  trouble(): Problem | undefined {
    return this.missing;
  }

  /** Reads the server's setting now. While the database does not answer, the last result stays. */
  async look(): Promise<void> {
    try {
      await refuseWithoutStandby(this.app);
      this.missing = undefined;
    } catch (error) {
      if (error instanceof Problem && error.code === 'standby_missing') this.missing = error;
    }
  }

  /** `ok`, or why a commit does not become durable. One probe at a time; its callers share the result. @throws the database's errors */
  state(): Promise<string> {
    return (this.probing ??= this.probe().finally(() => (this.probing = undefined)));
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /**
   * Cancels a commit that waits. The connection belongs to the probe alone, so no statement of another caller can be hit. As the same
   * login: another role may not cancel its statements.
   */
  private async end(pid: number): Promise<void> {
    const cancel = (login: Reader): Promise<unknown> => login.query('SELECT pg_cancel_backend($1)', [pid]);
    await asLogin(this.address, cancel, deadlines).catch(() => undefined);
  }

  private async probe(): Promise<string> {
    if (this.missing !== undefined) return this.missing.code;
    // the previous probe still waits for the server: another connection would only be added to it
    if (this.waiting) return late;
    this.waiting = true;
    let pid: number | undefined;
    let isLate = false;
    let step = late;
    const commit = async (login: Reader): Promise<string> => {
      // the login may have a weaker setting than the roles of the pools
      const { rows } = await login.query<{ pid: number }>(
        `SELECT pg_backend_pid() AS pid, set_config('synchronous_commit',
                CASE current_setting('synchronous_commit') WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false)`,
      );
      pid = rows[0]?.pid;
      if (isLate) return late;
      return commitSomething(login, (waits) => (step = waits ? locked : late));
    };
    const committed = asLogin(this.address, commit, deadlines).finally(() => (this.waiting = false));
    let timer: NodeJS.Timeout | undefined;
    const deadlinePassed = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve(late), deadline);
    });
    try {
      const result = await Promise.race([committed, deadlinePassed]);
      if (result === 'ok') return result;
      // ends the wait, so that probes do not accumulate in the server
      isLate = true;
      committed.catch(() => undefined);
      if (pid !== undefined) void this.end(pid);
      return result === late ? step : result;
    } finally {
      clearTimeout(timer);
    }
  }
}
