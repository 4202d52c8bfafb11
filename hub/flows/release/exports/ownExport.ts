/** An export as its department sees it; anybody else's is as unknown as one that never was. */
import { Problem } from '../../../../terms/problem.ts';
import type { Call } from '../../../pipeline/call.ts';
import type { DepartmentCaller } from '../../../identity/authentication/caller.ts';
import { exportById, type ExportRow } from './store/exports.ts';
import type { ReleaseServices } from '../services.ts';

/** How many files a department may have at the hub at once. */
export const mostExports = 8;
/** Milliseconds until a file goes, from when it was asked for. */
export const exportLife = 24 * 3_600_000;

export interface ExportView {
  readonly id: string;
  readonly dataset: string;
  readonly format: ExportRow['format'];
  readonly state: ExportRow['state'];
  readonly code?: string;
  readonly parts: number;
  readonly rows: number;
  readonly bytes: number;
  readonly manifest?: string;
  readonly expires: string;
}

export function exportView(row: Omit<ExportRow, 'department' | 'request' | 'asked' | 'terms'>): ExportView {
  const { id, dataset, format, state, code, parts, rows, bytes, manifest, expires } = row;
  return {
    ...{ id, dataset, format, state, parts, rows, bytes },
    ...(code === null ? {} : { code }),
    ...(manifest === null ? {} : { manifest }),
    expires: expires.toISOString(),
  };
}

/** @throws Problem export_unknown */
export async function ownExport(
  { params, caller, now }: Call<DepartmentCaller>,
  { pool }: ReleaseServices,
): Promise<ExportRow> {
  const { export: id = '', dataset } = params;
  const row = await exportById(pool, id);
  if (row?.department === caller.department && row.dataset === dataset && row.expires.getTime() > now)
    return row;
  throw new Problem('export_unknown');
}
