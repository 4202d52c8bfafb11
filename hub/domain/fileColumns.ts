/** Compares the columns of a file with those of the file before it. Pure. */
import type { Severity } from './intakeRules.ts';

export interface ColumnFinding {
  readonly code:
    'batch_columns_missing' | 'batch_columns_added' | 'batch_columns_moved' | 'batch_columns_unread';
  readonly severity: Severity;
  readonly facts: { readonly columns: string };
}

/** Maximum of columns reported individually. */
const maxColumns = 10;
/** Maximum of characters of a heading that are reported. */
const maxNameLength = 40;

/**
 * New columns that the mapping does not name, where a dataset does not compare columns by itself. The batch is published, and these
 * columns are reported by number, from 1.
 */
export function unreadColumns(
  now: readonly string[],
  before: readonly string[],
  isRead: (name: string, place: number) => boolean,
): readonly ColumnFinding[] {
  const there = new Set(before);
  const places = now.flatMap((name, i) => (there.has(name) || isRead(name, i + 1) ? [] : [String(i + 1)]));
  return places.length === 0
    ? []
    : [
        {
          code: 'batch_columns_unread',
          severity: 'warn',
          facts: { columns: places.slice(0, maxColumns).join('、') },
        },
      ];
}

/**
 * Findings about changed columns. They repeat only headings of the earlier file, because a new heading may be a row of data. New columns
 * are reported by number, from 1.
 */
export function columnFindings(
  now: readonly string[],
  before: readonly string[],
  severity: Severity,
): readonly ColumnFinding[] {
  const [here, there] = [new Set(now), new Set(before)];
  const missing = before.filter((name) => !here.has(name));
  const added = now.flatMap((name, i) => (there.has(name) ? [] : [String(i + 1)]));
  const stayed = before.filter((name) => here.has(name));
  const order = now.filter((name) => there.has(name));
  const moved = stayed.filter((name, i) => order[i] !== name);
  const reported = (columns: readonly string[]): string =>
    columns
      .slice(0, maxColumns)
      .map((name) => name.slice(0, maxNameLength))
      .join('、');
  return (
    [
      ['batch_columns_missing', missing],
      ['batch_columns_added', added],
      ['batch_columns_moved', moved],
    ] as const
  ).flatMap(([code, columns]) =>
    columns.length === 0 ? [] : [{ code, severity, facts: { columns: reported(columns) } }],
  );
}
