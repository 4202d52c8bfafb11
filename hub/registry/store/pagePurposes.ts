import { composer, narrowed, rowsOf } from '../../platform/database/compiled.ts';
import { momentOf, readMoment } from '../../platform/database/moment.ts';
import type { Page } from '../../platform/database/page.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { purposeColumns, type PurposeRow } from './purposes.ts';

/** Purposes by code, each with when it was registered (Unix milliseconds). */
export async function pagePurposes(
  reader: Reader,
  { after, most, parent }: Page & { readonly parent: string | undefined },
): Promise<(PurposeRow & { readonly registeredAt: number })[]> {
  const query = composer('purpose').select(
    composer.raw(`${purposeColumns}, ${momentOf('registered_at')} AS moment`),
  );
  if (after !== undefined) query.where('code', '>', after);
  narrowed(query, { parent });
  const rows = await rowsOf<PurposeRow & { readonly moment: string }>(
    reader,
    query.orderBy('code').limit(most),
  );
  return rows.map(({ moment, ...row }) => ({ ...row, registeredAt: readMoment(moment) }));
}
