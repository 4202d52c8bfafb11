/**
 * Seals rows that decide something, and finds rows without a valid seal. A trigger reports each changed row to the session that changed
 * it. Before the commit this session writes the seals, so rows and seals change together. A database administrator has no key, so a row
 * that they change has no valid seal.
 *
 * It owns the key in memory and the newest versions of the sums. One instance serves all pools of a database.
 */
import type { KeyObject } from 'node:crypto';
import type { ClientBase, Pool, QueryResult } from 'pg';
import { Problem } from '../../../../terms/problem.ts';
import type { Reader } from '../reader.ts';
import { inSnapshot, snapshotOn, withConnection, type Transaction } from '../transaction.ts';
import { comparedChange, metConditions } from './comparedConditions.ts';
import { ComparedSessions, endWhereIdle } from './comparedSessions.ts';
import { conflictingRow } from './conflictingRow.ts';
import type { RowFinding } from './compareRows.ts';
import { compareTables } from './compareTables.ts';
import { DerivedTexts } from './derivedTexts.ts';
import { sealedNames, type SealedName } from './rules.ts';
import { sealRows, sealWhole } from './sealsOfChanges.ts';
import { refuseForeignCode } from './foreignCode.ts';
import { readSums, summedTables, writeSum, type SelectedRow } from './sealStore.ts';
import { ComparedCode } from './tableCode.ts';
import {
  isSameMac,
  rowMac,
  type Content,
  type KnownVersions,
  type TableDigests,
  type TableSum,
} from './seals.ts';
import { SumVersions } from './sumVersions.ts';
import {
  forget,
  kindOf,
  newSession,
  note,
  noted,
  plainText,
  withText,
  type Kind,
  type Session,
} from './session.ts';

/** What a checked read selects in addition. */
export interface Checked {
  readonly seal: string;
  /** whether the row meets the conditions of the read: an index may lead to another one */
  readonly met: boolean;
}

export class RowSealing {
  private key: KeyObject | undefined;
  private versions: SumVersions | undefined;
  private readonly sessions = new WeakMap<object, Session>();
  private readonly code = new ComparedCode();
  /** settings of sessions that differ from those of the hub */
  readonly comparedSessions = new ComparedSessions();
  private readonly kinds = new DerivedTexts(kindOf);
  private readonly changes = new DerivedTexts(comparedChange);
  private readonly conditions = new DerivedTexts(metConditions);
  private readonly conflicts = new DerivedTexts(conflictingRow);
  private suspicious = false;
  /** datasets whose pointer was put back, and that a publication has replaced before a comparison found it */
  readonly replacedPointers = new Set<string>();

  /** From now on rows are sealed, and rows without a seal do not count. */
  begin(key: KeyObject, versions: KnownVersions): void {
    this.key = key;
    this.versions = new SumVersions(versions);
  }

  /** undefined: nothing is sealed yet */
  get digests(): TableDigests | undefined {
    const { key, versions } = this;
    return key === undefined
      ? undefined
      : versions?.digests(key, (client, name, sum) => this.written(client, name, sum));
  }

  private written(client: object, name: string, sum: TableSum): void {
    this.sessions.get(client)?.written.set(name, sum);
    this.versions?.written(name, sum);
  }

  get isActive(): boolean {
    return this.key !== undefined;
  }

  /** Whether a row without a valid seal was found since the last call. */
  takeSuspicion(): boolean {
    const was = this.suspicious;
    this.suspicious = false;
    return was;
  }

  /** Records that rows without a matching digest were found. */
  suspect(): void {
    this.suspicious = true;
  }

  get isSuspicious(): boolean {
    return this.suspicious;
  }

  /** Watches every connection of a pool. */
  over(pool: Pool): void {
    known.set(pool, this);
    pool.on('connect', (client) => this.attach(client));
    const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<QueryResult>;
    const sealing = async (...args: unknown[]): Promise<QueryResult> => {
      const text = plainText(args);
      const kind = this.key === undefined || text === undefined ? 'other' : this.kinds.of(text);
      if (kind !== 'change' && kind !== 'several') return query(...args);
      return withConnection(pool, (client) =>
        (client.query as unknown as (...args: unknown[]) => Promise<QueryResult>)(...args),
      );
    };
    pool.query = ((...args: unknown[]) =>
      typeof args.at(-1) === 'function' ? query(...args) : sealing(...args)) as typeof pool.query;
  }

  /** Watches one connection. */
  private attach(client: ClientBase): void {
    if (this.sessions.has(client)) return;
    known.set(client, this);
    const session = newSession();
    this.sessions.set(client, session);
    client.on(
      'notice',
      (notice: { readonly code?: string | undefined; readonly message?: string | undefined }) => {
        if (notice.code !== noted || this.key === undefined) return;
        note(session.touched, notice.message);
        session.reports += 1;
      },
    );
    // before its commit was sent: the server has undone it
    client.on('end', () => this.rolledBack(session));
    const { connection } = client as unknown as { connection: NodeJS.EventEmitter };
    connection.on('readyForQuery', ({ status }: { status: string }) => {
      session.status = status;
      this.versions?.undoRefused(session);
      endWhereIdle(client, session);
    });
    // found at each call, like a driver's own method
    const query = (...args: unknown[]): Promise<QueryResult> =>
      Reflect.apply(
        (Object.getPrototypeOf(client) as { query: (...args: unknown[]) => Promise<QueryResult> }).query,
        client,
        args,
      );
    const watched = (...args: unknown[]): unknown => {
      const text = this.key === undefined ? undefined : plainText(args);
      if (text === undefined) return query(...args);
      const own: Own = { client, session, query };
      const end = args.at(-1);
      if (typeof end === 'function') {
        if (!this.comparedSessions.isDue(session)) return query(...args);
        void this.compare(own).then(() => query(...args), end as (error: unknown) => void);
        return undefined;
      }
      const kind = this.kinds.of(text);
      if (kind === 'other' && session.status !== 'I') return this.unchanging(own, args);
      if (kind === 'several' && session.status !== 'I') return query(...args);
      return this.run(own, kind, kind === 'change' ? withText(args, this.changes.of(text)) : args);
    };
    client.query = watched as typeof client.query;
  }

  /** @throws Problem rows_unauthenticated where the session has other settings than the hub's */
  private async compare({ client, session, query }: Own): Promise<void> {
    try {
      await this.comparedSessions.refuseAltered(client, { query }, session);
    } catch (error) {
      if (error instanceof Problem) this.suspicious = true;
      throw error;
    }
  }

  /**
   * A statement in a transaction that names no sealed table.
   * @throws Problem rows_unauthenticated where rows of one changed: it ran foreign code
   */
  private async unchanging({ client, session, query }: Own, args: unknown[]): Promise<QueryResult> {
    const { reports, changing } = session;
    const result = await query(...args);
    if (changing === 0 && session.reports > reports) {
      this.distrust(session);
      this.comparedSessions.refuse(client, session, 'foreign code in a statement of the hub');
    }
    return result;
  }

  /** Before a statement. @throws Problem rows_unauthenticated where it is not to run */
  private async prepare(own: Own, kind: Kind): Promise<void> {
    const { session } = own;
    // not after the statement: code that it runs could restore the settings
    if (kind === 'change' || kind === 'several' || this.comparedSessions.isDue(session))
      await this.compare(own);
    // a statement that was not watched changed them: foreign code, in a transaction that has ended
    if (session.status === 'I' && session.touched.size > 0) this.distrust(session);
    if (kind === 'rollback') this.rolledBack(session);
    if (kind === 'commit' && session.status === 'T') await this.sealTouched(own, null);
  }

  private async run(own: Own, kind: Kind, args: unknown[]): Promise<QueryResult> {
    const { session, query } = own;
    await this.prepare(own, kind);
    const commit = async (): Promise<void> => {
      await this.sealTouched(own, null);
      await this.commit(session, () => query('COMMIT'));
    };
    const alone = session.status === 'I' && kind === 'change';
    if (alone) await query('BEGIN');
    try {
      if (kind === 'commit') return await this.commit(session, () => query(...args));
      const result = kind === 'change' ? await this.change(own, args) : await query(...args);
      if (alone) {
        await commit();
      } else if (session.status === 'I' && session.touched.size > 0) {
        await this.sealAfter(kind, session, query, commit);
      }
      return result;
    } catch (error) {
      // a transaction that the caller began is for the caller to end
      if (alone) {
        this.rolledBack(session);
        await query('ROLLBACK').catch(() => undefined);
      }
      throw error;
    }
  }

  /**
   * A row that was not inserted because another one has its key.
   * @throws Problem rows_unauthenticated where no row has it: an index leads to a row of another key
   */
  private async change({ query, session }: Own, args: unknown[]): Promise<QueryResult> {
    for (let tries = 1; ; tries += 1) {
      session.changing += 1;
      const result = await query(...args).finally(() => (session.changing -= 1));
      const search = result.rowCount === 0 ? this.conflicts.of(plainText(args) ?? '') : null;
      if (search === null) return result;
      const [first, values] = args;
      const given = (values ?? (first as { readonly values?: unknown }).values) as readonly unknown[];
      const found = await query(
        search.text,
        search.parameters.map((number) => given[number - 1]),
      );
      if (found.rowCount !== 0) return result;
      // another transaction may have deleted the row in between
      if (tries > 1) throw this.refused(search.table);
    }
  }

  /** Rows that changed in a transaction that has ended. */
  private async sealAfter(
    kind: Kind,
    session: Session,
    query: (...args: unknown[]) => Promise<QueryResult>,
    commit: () => Promise<void>,
  ): Promise<void> {
    if (kind === 'several') {
      await query('BEGIN');
      await commit();
      return;
    }
    // the statement names no sealed table: foreign code changed the rows, and may have removed itself by now
    this.distrust(session);
  }

  private distrust(session: Session): void {
    this.suspicious = true;
    forget(session);
  }

  /** Only committed sums are recorded outside the database. */
  private commit(session: Session, work: () => Promise<QueryResult>): Promise<QueryResult> {
    const { written } = session;
    forget(session);
    const { versions } = this;
    if (versions === undefined) return work();
    return versions.commit(written, work, () => {
      session.refused = written;
      versions.undoRefused(session);
    });
  }

  private rolledBack(session: Session): void {
    this.versions?.undo(session.written);
    forget(session);
  }

  /**
   * Seals what the open transaction of a connection has changed so far.
   * @param entry id of the log entry that it changes with
   * @throws Problem rows_unauthenticated where a row had been changed past the hub before
   */
  async seal(client: Reader, entry: string): Promise<void> {
    const session = this.sessions.get(client);
    if (session === undefined) return;
    const query = client.query.bind(client) as unknown as Own['query'];
    await this.sealTouched({ client: client as unknown as ClientBase, session, query }, entry);
  }

  private async sealTouched(own: Own, entry: string | null): Promise<void> {
    const { key } = this;
    const { session } = own;
    const reader = { query: own.query } as unknown as Reader;
    const { touched } = session;
    session.touched = new Map();
    if (key === undefined || touched.size === 0) return;
    await this.compare(own);
    await refuseForeignCode(reader as unknown as ClientBase);
    await this.code.refuseAltered(reader as unknown as ClientBase);
    const names = [...touched.keys()].sort();
    const sums = await readSums(reader, key, names, true);
    for (const name of names) {
      const before = sums.get(name);
      // a table that this release seals for the first time: its rows are sealed together
      if (before === undefined) continue;
      // otherwise a few more changes would hide that the table was reset
      if (this.versions?.isNewest(name, before) !== true) throw this.refused(name);
      const sum = await sealRows(reader, name, touched.get(name) ?? new Map(), { entry, sum: before, key });
      if (sum === undefined) throw this.refused(name);
      const next = this.versions.next(name, before, sum);
      await writeSum(reader, key, name, next);
      session.written.set(name, next);
      this.versions.written(name, next);
    }
  }

  /**
   * Seals the rows of tables that were never sealed: of a new database, of an older release's database, or of a table that this release
   * seals for the first time.
   * @returns how many rows there were
   */
  async sealTables(reader: Reader, names: readonly SealedName[], entry: string): Promise<number> {
    const { digests } = this;
    if (digests === undefined) throw new TypeError('no key');
    let total = 0;
    for (const name of names) {
      const sum = await sealWhole(reader, name, entry, digests);
      this.written(reader, name, sum);
      total += sum.count;
    }
    return total;
  }

  /** Tables without a sum. Excludes those with a version in the state folder: they were sealed, and their sum was removed. */
  async unsealedTables(reader: Reader): Promise<SealedName[]> {
    const sealed = await summedTables(reader);
    return sealedNames.filter((name) => !sealed.has(name) && (this.versions?.known(name).version ?? 0) === 0);
  }

  /** The conditions of a read, as a column of it (`metConditions`). @throws TypeError for a statement whose conditions cannot be repeated */
  conditionsOf(text: string): string {
    return this.conditions.of(text);
  }

  /** Rows that meet their conditions (`conditionsOf`) and whose column "seal" (`sealOf`) is valid; the others count as absent. */
  authentic<R extends Checked>(name: SealedName, rows: readonly R[]): Omit<R, keyof Checked>[] {
    const { key: by } = this;
    return rows.flatMap(({ seal, met, ...row }) => {
      if (by === undefined) return [row];
      const [key, content, mac, entry] = JSON.parse(seal) as [string, Content, string | null, string | null];
      const expected = rowMac(by, name, { key, entry, content });
      if (met && isSameMac(mac === null ? null : Buffer.from(mac, 'hex'), expected)) return [row];
      this.suspicious = true;
      return [];
    });
  }

  /** Tables as of one moment. @param pool without a deadline for statements: the tables may be large */
  verifyAll(pool: Pool, names: readonly SealedName[] = sealedNames): Promise<RowFinding[]> {
    return inSnapshot(pool, (snapshot) => this.verify(snapshot, names));
  }

  /**
   * Compares all rows of tables with their seals, and these with the sum of the table, in both directions.
   * @param reader in a transaction of one snapshot
   * @param isCompared for the number of rows of a table
   */
  verify(
    reader: Reader,
    names: readonly SealedName[],
    isCompared: (rows: number) => boolean = () => true,
    onFound: (finding: RowFinding) => void = () => undefined,
    onRow?: (row: SelectedRow) => void,
  ): Promise<RowFinding[]> {
    const { key, versions } = this;
    if (key === undefined || versions === undefined) return Promise.resolve([]);
    const written = this.sessions.get(reader)?.written;
    return compareTables(reader, names, { key, versions, isCompared, onFound, onRow, written });
  }

  /**
   * For decisions that depend on the absence of a row: a rule that an administrator deleted must not look like one that never existed.
   * @param listener is given the rows that are compared, again from the first where the comparison is repeated
   * @throws Problem rows_unauthenticated where a row of these tables was changed past the hub
   */
  async refuseUnauthentic(
    reader: Reader,
    names: readonly SealedName[],
    listener?: ComparisonListener,
  ): Promise<void> {
    // the hub may commit an act between two statements; a real fault persists
    for (let look = 0; look < 3; look += 1) {
      listener?.onStart();
      const [first] = await this.verifyOn(reader, names, listener?.onRow);
      if (first === undefined) return;
      if (look < 2) continue;
      throw this.refused(first.table);
    }
  }

  /** In the transaction of a connection, or in one of its own on a connection of the pool. */
  private verifyOn(
    reader: Reader,
    names: readonly SealedName[],
    onRow?: (row: SelectedRow) => void,
  ): Promise<RowFinding[]> {
    const verify = (on: Reader): Promise<RowFinding[]> => this.verify(on, names, undefined, undefined, onRow);
    if ('totalCount' in reader) return inSnapshot(reader as unknown as Pool, verify);
    if (this.sessions.get(reader)?.status !== 'I') return verify(reader);
    return snapshotOn(reader as unknown as Transaction, verify);
  }

  private refused(table: SealedName): Problem {
    this.suspicious = true;
    return new Problem('rows_unauthenticated', { table });
  }
}

interface ComparisonListener {
  readonly onStart: () => void;
  readonly onRow: (row: SelectedRow) => void;
}

/** A connection with its session, and its query that is not watched. */
interface Own {
  readonly client: ClientBase;
  readonly session: Session;
  readonly query: (...args: unknown[]) => Promise<QueryResult>;
}

/** By pool and by connection, so that code that reads rows can find the `RowSealing` that checks them. */
const known = new WeakMap<object, RowSealing>();

/** The `RowSealing` of the database of a pool or connection. */
export const sealingOf = (reader: object): RowSealing | undefined => known.get(reader);

/** Statements of another object run on a pool, so their rows are checked as those of the pool. */
export function sealAs(reader: object, pool: object): void {
  const sealing = known.get(pool);
  if (sealing !== undefined) known.set(reader, sealing);
}

/** @throws Problem rows_unauthenticated, see `RowSealing` */
export const refuseUnauthentic = async (reader: Reader, names: readonly SealedName[]): Promise<void> =>
  sealingOf(reader)?.refuseUnauthentic(reader, names);
