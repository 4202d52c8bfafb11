/**
 * Slack bytes of SYNCHRONIZED items, by the rules of IBM Enterprise COBOL («Slack bytes within records»): the item begins at a multiple
 * of its boundary counted from the record; the bytes before it belong to what stands before, so that a group which begins with it begins
 * behind them; every occurrence of a group is filled up to the widest boundary in it; what follows OCCURS DEPENDING ON is placed as if
 * all items were there.
 */
import { binarySize } from '../numbers/binaryNumbers.ts';
import { invalid } from '../source/clauseWords.ts';
import type { CopybookOptions } from '../options.ts';
import type { Item } from '../source/parseCopybook.ts';

/** Bytes up to the next multiple of a boundary. */
export const padding = (at: number, boundary: number): number => (boundary - (at % boundary)) % boundary;

/** Boundary of the field that an item begins with. @throws Problem copybook_invalid */
export function leadingBoundary(item: Item, options: CopybookOptions): number {
  const [first] = item.children;
  return first === undefined ? boundaryOf(item, options) : leadingBoundary(first, options);
}

/** The widest boundary of the fields of an item. @throws Problem copybook_invalid */
export function widestBoundary(item: Item, options: CopybookOptions): number {
  if (item.children.length === 0) return boundaryOf(item, options);
  return Math.max(...item.children.map((child) => widestBoundary(child, options)));
}

/** Halfword, fullword or doubleword; other usages have no boundary. */
function boundaryOf(item: Item, { binarySize: sizes }: CopybookOptions): number {
  if (!item.sync) return 1;
  if (item.usage === 'double') return 8;
  if (item.usage === 'float') return 4;
  if (item.usage !== 'binary' && item.usage !== 'comp5') return 1;
  if (item.picture?.kind !== 'number') return 1;
  const size = binarySize(item.picture.digits, item.picture.signed, sizes) ?? 8;
  // binary numbers of eight bytes stand on a fullword too
  if (size === 1 || size === 2 || size === 4 || size === 8) return Math.min(size, 4);
  throw invalid(item, `${item.name} SYNC`);
}
