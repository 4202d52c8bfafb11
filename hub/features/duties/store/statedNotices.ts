import type { Reader } from '../../../platform/database/reader.ts';

/** Data that one consumer received on one day, with the duty to tell the persons of it. */
export interface NoticeDay {
  readonly consumer: string;
  readonly agreement: string;
  readonly dataset: string;
  readonly purpose: string;
  /** `YYYY-MM-DD`, calendar of China */
  readonly day: string;
}

/** @returns for each of them, in their order, whether its consumer has stated that the persons were told */
export async function statedNotices(reader: Reader, days: readonly NoticeDay[]): Promise<readonly boolean[]> {
  if (days.length === 0) return [];
  const { rows } = await reader.query<{ n: number }>(
    `SELECT n::integer AS n
       FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::date[]) WITH ORDINALITY AS asked (consumer, agreement, dataset, purpose, day, n)
       JOIN duty AS d USING (consumer, agreement, dataset, purpose)
      WHERE d.obligation = 'notify-subject' AND d.received_from = asked.day AND d.consent IS NULL AND d.answered_by IS NOT NULL`,
    [
      days.map(({ consumer }) => consumer),
      days.map(({ agreement }) => agreement),
      days.map(({ dataset }) => dataset),
      days.map(({ purpose }) => purpose),
      days.map(({ day }) => day),
    ],
  );
  const stated = new Set(rows.map(({ n }) => n));
  return days.map((_, at) => stated.has(at + 1));
}
