import type { Bilingual } from '../../../terms/bilingual.ts';

/** Names that are listed at most. */
const maxShown = 60;

/** Digits from which a cell may be a number of a person: an identity number, a telephone, a date of birth. */
const manyDigits = 6;

/** A name of a column begins with a letter, a character or an underscore. */
const nameLike = /^[\p{L}_]/u;

/**
 * The names of a file's columns for a problem; only their number where the line read as the header is probably no header. Such a line may
 * be a record, and its cells the data of a person.
 */
export function columnsShown(columns: readonly string[]): string | Bilingual {
  const cells = columns.map((column) => column.normalize('NFKC').trim());
  const hasNumber = cells.some((cell) => (cell.match(/\p{Nd}/gu) ?? []).length >= manyDigits);
  const unlike = cells.filter((cell) => !nameLike.test(cell)).length;
  return hasNumber || unlike * 2 >= cells.length
    ? {
        zh: `${columns.length} 列，该行不像表头，内容不列出`,
        en: `${columns.length} columns; the line does not look like a header, so its cells are not listed`,
      }
    : columns.slice(0, maxShown).join(', ');
}
