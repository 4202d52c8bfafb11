/** Characters that make a cell unusable, or doubtful, whatever the format. */
import { classOfValue, type RowProblem } from '../../../terms/rowProblem.ts';
import { rowRules } from '../rowRules.ts';

const privateUse = /[\ue000-\uf8ff\udb80-\udbff]/;

export interface CellPlace {
  readonly line: number;
  readonly column: number;
  readonly header: string;
}

/**
 * The first fault of a cell's text: NUL, bytes that could not be decoded, a lost character.
 * @param undecodable whether U+FFFD in this text represents bytes that could not be decoded; else it was written by its source
 */
export function cellFault(text: string, place: CellPlace, undecodable: boolean): RowProblem | undefined {
  const rule = text.includes('\0')
    ? 'text.nul'
    : text.includes('\ufffd')
      ? undecodable
        ? 'encoding.invalid'
        : 'encoding.lost'
      : undefined;
  return rule === undefined ? undefined : problemAt(place, rule, text);
}

/**
 * Warns of a private-use character: it is retained but reported, for it is often a name whose character only the sender's fonts contain.
 */
export function cellWarning(text: string, place: CellPlace): RowProblem | undefined {
  return privateUse.test(text) ? problemAt(place, 'text.private-use', text) : undefined;
}

const problemAt = (
  place: CellPlace,
  rule: 'text.nul' | 'encoding.invalid' | 'encoding.lost' | 'text.private-use',
  text: string,
): RowProblem => ({
  ...place,
  field: '',
  rule,
  got: classOfValue(text, false),
  message: rowRules[rule],
});
