import type { Reader } from '../database/reader.ts';

/** How much one consumer called one dataset. */
export interface CallsOfConsumer {
  readonly consumer: string;
  readonly dataset: string;
  /** answered in the last thirty days */
  readonly calls: number;
  /** Unix milliseconds of the last one that was answered, ever; null for none */
  readonly last: number | null;
}

/** @param pairs consumers with datasets that some agreement gives them @param now Unix milliseconds */
export async function callsOfConsumers(
  reader: Reader,
  pairs: readonly { readonly consumer: string; readonly dataset: string }[],
  now: number,
): Promise<CallsOfConsumer[]> {
  if (pairs.length === 0) return [];
  const { rows } = await reader.query<CallsOfConsumer>(
    `SELECT p.consumer, p.dataset, c.calls, (extract(epoch FROM l.at) * 1000)::double precision AS last
       FROM unnest($1::text[], $2::text[]) AS p(consumer, dataset)
      CROSS JOIN LATERAL (SELECT count(*)::double precision AS calls FROM audit_entry AS e
                           WHERE e.consumer = p.consumer AND e.dataset = p.dataset AND e.decision = 'allow'
                             AND e.at > to_timestamp($3 / 1000.0) - interval '30 days') AS c
       LEFT JOIN LATERAL (SELECT e.at FROM audit_entry AS e
                           WHERE e.consumer = p.consumer AND e.dataset = p.dataset AND e.decision = 'allow'
                           ORDER BY e.at DESC LIMIT 1) AS l ON true`,
    [pairs.map(({ consumer }) => consumer), pairs.map(({ dataset }) => dataset), now],
  );
  return rows;
}
