/** What changes depend on besides the agreement: rows and consents. */
import type { ConsentScope } from '../../../../features/consents/store/readConsentStates.ts';
import type { Reader } from '../../../../platform/database/reader.ts';

export interface RowSources {
  /** null where no batch was ever published */
  readonly batch: string | null;
  readonly deletions: string;
  /** calls that delivered rows of the batch; null for a file */
  readonly calls: string | null;
}

export async function rowSources(reader: Reader, dataset: string): Promise<RowSources | undefined> {
  const { rows } = await reader.query<RowSources>(
    `SELECT d.current_batch AS batch, d.deletions, b.calls FROM dataset AS d LEFT JOIN batch AS b ON b.id = d.current_batch
      WHERE d.id = $1`,
    [dataset],
  );
  return rows[0];
}

/** The newest version of a consent state in the scope: it grows whenever a consent is given or withdrawn. */
export async function newestConsent(
  reader: Reader,
  { recipient, dataset, purpose }: ConsentScope,
): Promise<string> {
  const { rows } = await reader.query<{ version: string }>(
    `SELECT version FROM consent_standing WHERE recipient = $1 AND dataset = $2 AND purpose = $3 ORDER BY version DESC LIMIT 1`,
    [recipient, dataset, purpose],
  );
  return rows[0]?.version ?? '0';
}

/** When the next consent of the scope starts or expires, Unix milliseconds. */
export async function nextConsentTurn(
  reader: Reader,
  { recipient, dataset, purpose }: ConsentScope,
  now: number,
): Promise<number | undefined> {
  const { rows } = await reader.query<{ at: string | null }>(
    `SELECT (extract(epoch FROM least(min(not_before) FILTER (WHERE not_before > $4), min(until) FILTER (WHERE until > $4))) * 1000)::bigint AS at
       FROM consent_standing WHERE recipient = $1 AND dataset = $2 AND purpose = $3 AND state = 'given'`,
    [recipient, dataset, purpose, new Date(now)],
  );
  const at = rows[0]?.at ?? null;
  return at === null ? undefined : Number(at);
}

/** What the changes of each source depend on, as one text that differs once any of it changed; in the order of the sources. */
export async function sourceMarks(
  reader: Reader,
  sources: readonly { readonly dataset: string; readonly scope: ConsentScope | undefined }[],
): Promise<string[]> {
  const { rows } = await reader.query<{ mark: string }>(
    `SELECT concat_ws(' ', d.current_batch, d.deletions, b.calls,
              (SELECT version FROM consent_standing AS c WHERE c.recipient = w.recipient AND c.dataset = w.dataset AND c.purpose = w.purpose
                ORDER BY version DESC LIMIT 1)) AS mark
       FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS w (dataset, recipient, purpose, n)
       LEFT JOIN dataset AS d ON d.id = w.dataset LEFT JOIN batch AS b ON b.id = d.current_batch ORDER BY w.n`,
    [
      sources.map(({ dataset }) => dataset),
      sources.map(({ scope }) => scope?.recipient ?? null),
      sources.map(({ scope }) => scope?.purpose ?? null),
    ],
  );
  return rows.map(({ mark }) => mark);
}
