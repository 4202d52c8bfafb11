/** Limits on cells, which the bytes of a record do not limit: columns may overlap, and short records may be filled. */
import { defined } from '../../terms/defined.ts';
import type { DocumentFault } from '../reading/documentFault.ts';
import type { ByteRecords } from './fixedRecords.ts';
import type { FixedOptions } from './options.ts';

/** maximum number of cells of a record */
const maxCells = 100_000;
/** the same where short records are filled: as many as there may be columns */
const maxFilledCells = 4_096;
/** maximum number of cells that are in memory at once; a chunk of a file whose columns do not overlap has fewer */
const maxCellsAtOnce = 2 ** 20;

const cellsOf = ({ columns }: FixedOptions): number =>
  columns.reduce((sum, { occurs = 1 }) => sum + occurs, 0);

/** A list that continues beyond the end of every record, or more cells than a record may have. */
export function contradictionOfLists(options: FixedOptions): DocumentFault | undefined {
  const { columns, recordLength = Infinity, short } = options;
  const beyond = columns.findIndex(
    ({ start, length, occurs }) => occurs !== undefined && start + length * occurs > recordLength,
  );
  if (beyond >= 0)
    return {
      path: `/columns/${beyond}/occurs`,
      message: {
        zh: `该列的最后一项超出记录：记录长 ${recordLength}`,
        en: `the last item of the list is beyond the end of the record, which has the length ${recordLength}`,
      },
    };
  const limit = short === 'fill' ? maxFilledCells : maxCells;
  const cells = cellsOf(options);
  if (cells <= limit) return undefined;
  return {
    path: '/columns',
    message: {
      zh: `每条记录有 ${cells} 个单元格（各列的 occurs 合计），最多 ${limit} 个`,
      en: `a record has ${cells} cells (the sum of occurs); the limit is ${limit}`,
    },
  };
}

/** Number of records that are cut at once. */
export const recordsAtOnce = (options: FixedOptions): number =>
  Math.max(1, Math.floor(maxCellsAtOnce / cellsOf(options)));

/** The records of a block, at most `size` at once. */
export function* portionsOf(block: ByteRecords, size: number): Generator<ByteRecords> {
  const { bytes, ranges, lines, lineEndDoubts } = block;
  if (lines.length <= size) {
    if (lines.length > 0) yield block;
    return;
  }
  for (let at = 0; at < lines.length; at += size) {
    const doubts =
      lineEndDoubts &&
      new Map(
        [...lineEndDoubts].flatMap(([index, doubt]) =>
          index >= at && index < at + size ? [[index - at, doubt] as const] : [],
        ),
      );
    yield {
      bytes,
      ranges: ranges.slice(at * 2, (at + size) * 2),
      lines: lines.slice(at, at + size),
      ...defined({ lineEndDoubts: doubts }),
    };
  }
}
