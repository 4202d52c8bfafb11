import { composer, narrowed, rowsOf } from '../../platform/database/compiled.ts';
import { momentOf, readMoment } from '../../platform/database/moment.ts';
import type { Page } from '../../platform/database/page.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { departmentColumns, type DepartmentRow } from './departments.ts';

export interface DepartmentsWanted extends Page {
  readonly kind: string | undefined;
  readonly parent: string | undefined;
}

/** Departments by code, each with when it was registered (Unix milliseconds). */
export async function pageDepartments(
  reader: Reader,
  { after, most, kind, parent }: DepartmentsWanted,
): Promise<(DepartmentRow & { readonly registeredAt: number })[]> {
  const query = composer('department').select(
    composer.raw(`${departmentColumns}, ${momentOf('registered_at')} AS moment`),
  );
  if (after !== undefined) query.where('code', '>', after);
  narrowed(query, { kind, parent });
  const rows = await rowsOf<DepartmentRow & { readonly moment: string }>(
    reader,
    query.orderBy('code').limit(most),
  );
  return rows.map(({ moment, ...row }) => ({ ...row, registeredAt: readMoment(moment) }));
}
