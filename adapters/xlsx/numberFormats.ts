/** What the numbers of a workbook mean, by the number format of their style. ECMA-376 part 1, 18.8.30 and 18.8.31. */
import { elementsOf } from './elements.ts';
import type { ZipEntry } from './zipGuard.ts';

/** A number, a day (perhaps with a time), a time of day, or hours that may pass twenty-four. */
export type NumberKind = 'number' | 'day' | 'time' | 'elapsed';

/** Formats that a file need not define. 27–36 and 50–58 are days in Chinese, Japanese and Korean workbooks, but for 32–35 and 55–56. */
const builtIn: ReadonlyMap<number, NumberKind> = new Map([
  ...[14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58].map(
    (id) => [id, 'day'] as const,
  ),
  ...[18, 19, 20, 21, 32, 33, 34, 35, 45, 47, 55, 56].map((id) => [id, 'time'] as const),
  [46, 'elapsed'],
]);

/** Kind of each style of cells, by its number. @throws Problem xlsx_damaged */
export function numberKinds(styles: ZipEntry | undefined): readonly NumberKind[] {
  if (styles === undefined) return [];
  const elements = elementsOf(styles);
  const kinds = new Map(builtIn);
  for (const { name, parent, attributes } of elements)
    if (name === 'numFmt' && parent === 'numFmts')
      kinds.set(Number(attributes.get('numFmtId')), kindOfFormat(attributes.get('formatCode') ?? ''));
  return elements
    .filter(({ name, parent }) => name === 'xf' && parent === 'cellXfs')
    .map(({ attributes }) => kinds.get(Number(attributes.get('numFmtId') ?? 0)) ?? 'number');
}

/** @param code such as `yyyy"年"m"月"d"日"`, `[h]:mm`, `#,##0.00_);[Red]` */
function kindOfFormat(code: string): NumberKind {
  const [first = ''] = code.replaceAll(/"[^"]*"|\\.|[_*]./g, '').split(';');
  const bare = first.replaceAll(/\[(?!(?:h+|m+|s+)\])[^\]]*\]/gi, '').toLowerCase();
  if (/\[[hms]+\]/.test(bare)) return 'elapsed';
  if (/general|g\/|@/.test(bare)) return 'number';
  const letters = bare.replaceAll(/[0#?.]e[+-]/g, '');
  if (/[ydeb]/.test(letters)) return 'day';
  if (/[hs]|am\/pm|a\/p|上午|下午/.test(letters)) return 'time';
  return letters.includes('m') ? 'day' : 'number';
}
