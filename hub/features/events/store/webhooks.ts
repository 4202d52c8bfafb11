/** SQL of webhooks: their configuration, which is sealed, and where their deliveries are. */
import { sealedRows } from '../../../platform/database/authenticated/sealedRows.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import type { ClaimRequest } from '../../../domain/claimRequest.ts';
import { isDue } from '../../../flows/deliveries/store/isDue.ts';
import { momentAt, momentOf, readMoment, readMomentOrNull } from '../../../platform/database/values.ts';

/** A webhook as it is configured. */
export interface WebhookRow {
  readonly subscription: string;
  /** sealed */
  readonly url: Buffer;
  /** events of one message, at most */
  readonly batch: number;
  /** sealed */
  readonly secret: Buffer;
  readonly formerSecret: Buffer | null;
  /** Unix milliseconds */
  readonly formerUntil: number | null;
  readonly certificate: string;
  readonly keyid: string;
  /** Unix milliseconds; null: the endpoint has not answered the challenge */
  readonly provenAt: number | null;
}

type StoredWebhook = Omit<WebhookRow, 'formerUntil' | 'provenAt'> & {
  readonly until: string | null;
  readonly proven: string | null;
};

/** @returns undefined where there is none, or where its row was changed by others than the hub */
export async function webhookOf(reader: Reader, subscription: string): Promise<WebhookRow | undefined> {
  const rows = await sealedRows<StoredWebhook>(
    reader,
    'webhook',
    `SELECT subscription, url, batch, secret, former_secret AS "formerSecret", certificate, keyid,
            ${momentOf('former_until')} AS until, ${momentOf('proven_at')} AS proven
       FROM webhook WHERE subscription = $1`,
    [subscription],
  );
  return rows.map(({ until, proven, ...row }) => ({
    ...row,
    formerUntil: readMomentOrNull(until),
    provenAt: readMomentOrNull(proven),
  }))[0];
}

/** The first delivery is due at once. It begins where its subscription does. */
export async function insertWebhook(
  transaction: Transaction,
  row: Pick<WebhookRow, 'subscription' | 'url' | 'batch' | 'secret' | 'certificate' | 'keyid'>,
): Promise<void> {
  await transaction.query(
    'INSERT INTO webhook (subscription, url, batch, secret, certificate, keyid) VALUES ($1, $2, $3, $4, $5, $6)',
    [row.subscription, row.url, row.batch, row.secret, row.certificate, row.keyid],
  );
  await transaction.query(
    'INSERT INTO webhook_state (subscription, position) SELECT id, acknowledged FROM subscription WHERE id = $1',
    [row.subscription],
  );
}

/** The endpoint answered the challenge. @returns false where it had before */
export async function proveWebhook(transaction: Transaction, subscription: string): Promise<boolean> {
  const { rowCount } = await transaction.query(
    'UPDATE webhook SET proven_at = now() WHERE subscription = $1 AND proven_at IS NULL',
    [subscription],
  );
  return rowCount === 1;
}

/** From now on this certificate and key vouch for the webhook. */
export async function vouchFor(
  transaction: Transaction,
  subscription: string,
  { certificate, keyid }: Pick<WebhookRow, 'certificate' | 'keyid'>,
): Promise<void> {
  await transaction.query('UPDATE webhook SET certificate = $2, keyid = $3 WHERE subscription = $1', [
    subscription,
    certificate,
    keyid,
  ]);
}

/**
 * The former secret signs too until `until`. Within an overlap that is the one that receivers use, and not the one that is replaced now.
 * @param until Unix milliseconds @param now Unix milliseconds
 */
export async function rotateWebhookSecret(
  transaction: Transaction,
  subscription: string,
  secret: Buffer,
  { until, now }: { readonly until: number; readonly now: number },
): Promise<void> {
  await transaction.query(
    `UPDATE webhook SET former_secret = CASE WHEN former_until > ${momentAt('$4')} THEN former_secret ELSE secret END,
            former_until = ${momentAt('$3')}, secret = $2
      WHERE subscription = $1`,
    [subscription, secret, until, now],
  );
}

/** Where the deliveries of a webhook are, as both sides see it. */
export interface WebhookState {
  readonly subscription: string;
  /** sealed */
  readonly url: Buffer;
  readonly batch: number;
  /** number of the event up to which all were delivered, withheld or became dead letters */
  readonly position: bigint;
  /** number of the newest event of the topic */
  readonly newest: bigint;
  readonly deadLetters: number;
  readonly trouble: string | null;
  readonly status: number | null;
  /** Unix milliseconds */
  readonly provenAt: number | null;
  readonly pausedAt: number | null;
  readonly nextAt: number;
  readonly failingSince: number | null;
  readonly deliveredAt: number | null;
}

/** Of these subscriptions, those that have a webhook. */
export async function webhookStates(
  reader: Reader,
  subscriptions: readonly string[],
): Promise<ReadonlyMap<string, WebhookState>> {
  const { rows } = await reader.query<{
    readonly subscription: string;
    readonly url: Buffer;
    readonly batch: number;
    readonly position: string;
    readonly newest: string;
    readonly deadLetters: string;
    readonly trouble: string | null;
    readonly status: number | null;
    readonly provenAt: string | null;
    readonly pausedAt: string | null;
    readonly nextAt: string;
    readonly failingSince: string | null;
    readonly deliveredAt: string | null;
  }>(
    `SELECT w.subscription, w.url, w.batch, d.position, t.last_sequence AS newest, d.trouble, d.status,
            ${momentOf('w.proven_at')} AS "provenAt", ${momentOf('d.paused_at')} AS "pausedAt", ${momentOf('d.next_at')} AS "nextAt",
            ${momentOf('d.failing_since')} AS "failingSince", ${momentOf('d.delivered_at')} AS "deliveredAt",
            (SELECT count(*) FROM dead_letter AS l WHERE l.subscription = w.subscription AND l.state = 'dead') AS "deadLetters"
       FROM webhook AS w JOIN webhook_state AS d ON d.subscription = w.subscription
       JOIN subscription AS s ON s.id = w.subscription JOIN topic AS t ON t.id = s.topic
      WHERE w.subscription = ANY ($1::uuid[])`,
    [subscriptions],
  );
  return new Map(
    rows.map((row) => [
      row.subscription,
      {
        subscription: row.subscription,
        url: row.url,
        batch: row.batch,
        trouble: row.trouble,
        status: row.status,
        position: BigInt(row.position),
        newest: BigInt(row.newest),
        deadLetters: Number(row.deadLetters),
        provenAt: readMomentOrNull(row.provenAt),
        pausedAt: readMomentOrNull(row.pausedAt),
        nextAt: readMoment(row.nextAt),
        failingSince: readMomentOrNull(row.failingSince),
        deliveredAt: readMomentOrNull(row.deliveredAt),
      },
    ]),
  );
}

/** @param at Unix milliseconds */
export async function pauseWebhook(
  transaction: Transaction,
  subscription: string,
  at: number,
): Promise<void> {
  await transaction.query(`UPDATE webhook_state SET paused_at = ${momentAt('$2')} WHERE subscription = $1`, [
    subscription,
    at,
  ]);
}

/** The next attempt is made at once. It is not forgotten since when the endpoint fails, and a paused webhook stays paused. */
export async function retryWebhook(transaction: Transaction, subscription: string): Promise<void> {
  await transaction.query('UPDATE webhook_state SET next_at = now(), attempts = 0 WHERE subscription = $1', [
    subscription,
  ]);
}

/** It is not paused any more, and what is next is sent at once, as if nothing had failed. */
export async function resumeWebhook(transaction: Transaction, subscription: string): Promise<void> {
  await transaction.query(
    `UPDATE webhook_state SET paused_at = NULL, next_at = now(), attempts = 0, failing_since = NULL, trouble = NULL, status = NULL
      WHERE subscription = $1`,
    [subscription],
  );
}

/** A webhook that one process works for until its lease ends. */
export interface Claimed {
  readonly subscription: string;
  readonly department: string;
  readonly position: bigint;
  /** number of the newest event of the topic when it was claimed */
  readonly newest: bigint;
  readonly attempts: number;
  /** Unix milliseconds */
  readonly failingSince: number | null;
  readonly trouble: string | null;
  /** dead letters are to be sent again */
  readonly letters: boolean;
  readonly fencing: string;
  /** when it was due: another time means that an attempt was asked for since it was claimed */
  readonly dueAt: string;
}

/**
 * Takes webhooks that have something to deliver and for which no process works, those that are due for longest first.
 * @param request its owners are departments
 */
export async function claimWebhooks(
  reader: Reader,
  { until, maxClaimed, failing, full, latest }: ClaimRequest,
): Promise<readonly Claimed[]> {
  const { rows } = await reader.query<
    Omit<Claimed, 'position' | 'newest' | 'failingSince'> & {
      readonly position: string;
      readonly newest: string;
      readonly failing: string | null;
    }
  >(
    `UPDATE webhook_state AS d SET leased_until = ${momentAt('$1')}, fencing = d.fencing + 1
       FROM (SELECT d.subscription, s.department, t.last_sequence FROM webhook_state AS d
               JOIN subscription AS s ON s.id = d.subscription JOIN topic AS t ON t.id = s.topic
               JOIN webhook AS w ON w.subscription = d.subscription
              WHERE ${isDue('$1', '$5')} AND d.paused_at IS NULL
                AND s.ended_at IS NULL AND NOT s.department = ANY ($4)
                AND (d.failing_since IS NOT NULL) = $3
                AND (t.last_sequence > d.position OR w.proven_at IS NULL OR EXISTS (
                  SELECT 1 FROM dead_letter AS l WHERE l.subscription = d.subscription AND l.state = 'waiting'))
              ORDER BY d.next_at LIMIT $2 FOR UPDATE OF d SKIP LOCKED) AS due
      WHERE d.subscription = due.subscription
      RETURNING d.subscription, due.department, d.position, due.last_sequence AS newest, d.attempts, ${momentOf('d.failing_since')} AS failing, d.trouble, d.fencing, d.next_at::text AS "dueAt",
        EXISTS (SELECT 1 FROM dead_letter AS l WHERE l.subscription = d.subscription AND l.state = 'waiting') AS letters`,
    [until, maxClaimed, failing, full, latest],
  );
  return rows.map(({ position, newest, failing: since, ...row }) => ({
    ...row,
    position: BigInt(position),
    newest: BigInt(newest),
    failingSince: readMomentOrNull(since),
  }));
}

/** Whether any webhook may ever have something to deliver. */
export async function anyWebhooks(reader: Reader): Promise<boolean> {
  const { rows } = await reader.query<{ any: boolean }>(
    'SELECT EXISTS (SELECT 1 FROM webhook_state AS d JOIN subscription AS s ON s.id = d.subscription WHERE s.ended_at IS NULL) AS any',
  );
  return rows[0]?.any === true;
}

/**
 * Everything up to a place is delivered, withheld or a dead letter. The lease is prolonged. Only the holder of the lease moves it.
 * @param delivered whether a message was taken
 * @returns whether it may go on: not where it was paused or has ended, or another process works for it by now
 */
export async function advanceWebhook(
  reader: Reader,
  { subscription, fencing }: Pick<Claimed, 'subscription' | 'fencing'>,
  {
    position,
    until,
    delivered,
  }: { readonly position: bigint; readonly until: number; readonly delivered: boolean },
): Promise<boolean> {
  const { rows } = await reader.query<{ on: boolean }>(
    `UPDATE webhook_state AS d SET position = greatest(position, $3), leased_until = ${momentAt('$4')}
       ${delivered ? ', attempts = 0, failing_since = NULL, trouble = NULL, status = NULL, delivered_at = now()' : ''}
      WHERE subscription = $1 AND fencing = $2
      RETURNING paused_at IS NULL AND EXISTS (SELECT 1 FROM subscription AS s WHERE s.id = d.subscription AND s.ended_at IS NULL) AS on`,
    [subscription, fencing, String(position), until],
  );
  return rows[0]?.on === true;
}

/** Nothing more to do now: other processes may take it at once. */
export async function releaseWebhook(
  reader: Reader,
  { subscription, fencing }: Pick<Claimed, 'subscription' | 'fencing'>,
): Promise<void> {
  await reader.query(
    'UPDATE webhook_state SET leased_until = now() WHERE subscription = $1 AND fencing = $2',
    [subscription, fencing],
  );
}

/** What stopped the deliveries of a webhook for now. Moments are Unix milliseconds. */
export interface Setback {
  readonly trouble: string;
  readonly status: number | null;
  readonly next: number;
  readonly attempts: number;
  readonly failingSince: number | null;
}

/** Notes why nothing is delivered, and when it is tried again: at once where that was asked for during the attempt. */
export async function setBackWebhook(
  reader: Reader,
  { subscription, fencing, dueAt }: Pick<Claimed, 'subscription' | 'fencing' | 'dueAt'>,
  { trouble, status, next, attempts, failingSince }: Setback,
): Promise<void> {
  await reader.query(
    `UPDATE webhook_state SET trouble = $3, status = $4, failing_since = ${momentAt('$7')},
            next_at = CASE WHEN next_at = $8::timestamptz THEN ${momentAt('$5')} ELSE next_at END,
            attempts = CASE WHEN next_at = $8::timestamptz THEN $6 ELSE attempts END
      WHERE subscription = $1 AND fencing = $2`,
    [subscription, fencing, trouble, status, next, attempts, failingSince, dueAt],
  );
}
