import { lazily } from '../../terms/lazily.ts';
import { misreadStarts } from '../reading/text/misreadText.ts';
import { mojibakeStarts } from '../reading/text/textSigns.ts';
import { suspectText } from '../reading/text/textBlock.ts';

/** Meaning of a character to a CSV scanner. Up to `suspect` it belongs to its cell. */
export const mark = { plain: 0, suspect: 1, separator: 2, quote: 3, lineEnd: 4 } as const;

/** The mark of each UTF-16 unit: each character costs one table access. */
export type Marks = Uint8Array;

/** Tables of the separators that files have: a file is read in many ranges, and making a table takes longer than reading many a line. */
const usual: ReadonlyMap<string, () => Marks> = new Map(
  [',', ';', '\t', '|'].flatMap((separator) =>
    ['"', ''].map((quote) => [separator + quote, lazily(() => made(separator, quote))] as const),
  ),
);

/** @param separator one character @param quote one character, or '' for none @returns a table that must not be changed */
export const marksOf = (separator: string, quote: string): Marks =>
  usual.get(separator + quote)?.() ?? made(separator, quote);

const others: ReadonlySet<string> = new Set(`\t\u001f='\`‘’＇${misreadStarts}`);
const begins = new RegExp(`[${mojibakeStarts}]`);

/** Units whose records are checked in detail: those of suspect texts, and those with which marks of spreadsheets begin or end. */
const suspects = lazily(() => {
  const units = new Uint8Array(65_536);
  for (let unit = 0; unit < units.length; unit += 1)
    units[unit] = isSuspect(String.fromCharCode(unit)) ? 1 : 0;
  return units;
});

const isSuspect = (character: string): boolean =>
  suspectText(character) || others.has(character) || begins.test(character);

function made(separator: string, quote: string): Marks {
  const marks = new Uint8Array(65_536);
  marks.set(suspects()); // 1 is mark.suspect
  marks[10] = mark.lineEnd;
  marks[13] = mark.lineEnd;
  if (quote !== '') marks[quote.charCodeAt(0)] = mark.quote;
  marks[separator.charCodeAt(0)] = mark.separator;
  return marks;
}
