import type { FixedColumn } from './options.ts';

/** Removes blanks, leading zeros and sentinels of one column from a cell. */
export type Finisher = (text: string) => string | null;

const blank = /^[ \t\u3000]*$/;

/** An all-blank cell is null: fixed width has no empty text. */
export function finisher(column: FixedColumn): Finisher {
  const nulls = column.nulls === undefined ? undefined : new Set(column.nulls);
  const { trim, zeros } = column;
  return (cell) => {
    let text =
      trim === 'both'
        ? cell.trim()
        : trim === 'left'
          ? cell.trimStart()
          : trim === 'right'
            ? cell.trimEnd()
            : cell;
    if (text === '' || (trim === 'none' && blank.test(text))) return null;
    if (nulls?.has(text.trim()) === true) return null;
    if (zeros === 'strip') text = text.replace(/^(-?)0+(?=\d)/, '$1');
    return text;
  };
}
