/**
 * Latin names for Chinese headings: the words of a dictionary of data elements, and pinyin for words it lacks. Table and field names of a
 * draft are created here; the heading itself becomes the title.
 */
import { isFieldName } from '../../terms/fieldName.ts';
import { spelledOf } from '../../terms/pinyin.ts';
import { elementWords } from './elementWords.ts';

const english: ReadonlyMap<string, string> = new Map(
  Object.entries(elementWords).flatMap(([name, chinese]) =>
    chinese.split(' ').map((word): [string, string] => [word, name]),
  ),
);
const maxWordLength = Math.max(...[...english.keys()].map(({ length }) => length));

/** Last characters of a heading that indicate the kind of value; inside a word they would split names. */
const endings: Readonly<Record<string, string>> = {
  号: 'no',
  码: 'code',
  名: 'name',
  表: 'table',
  数: 'count',
  率: 'rate',
};

/** Words of a run of Chinese characters; the longest entry of the dictionary first. */
function wordsOf(run: string): string[] {
  const words: string[] = [];
  let unknown = '';
  const flush = (): void => {
    if (unknown !== '') words.push(spelledOf(unknown));
    unknown = '';
  };
  for (let at = 0; at < run.length;) {
    const known = entryAt(run, at, unknown !== '');
    if (known === undefined) {
      unknown += run[at] ?? '';
      at += 1;
      continue;
    }
    flush();
    words.push(known.name === 'ref_no' && words.length > 0 ? 'no' : known.name);
    at += known.length;
  }
  flush();
  return words;
}

function entryAt(
  run: string,
  at: number,
  afterUnknown: boolean,
): { readonly name: string; readonly length: number } | undefined {
  for (let length = Math.min(maxWordLength, run.length - at); length > 1; length -= 1) {
    const name = english.get(run.slice(at, at + length));
    if (name !== undefined) return { name, length };
  }
  const last = at === run.length - 1 ? run[at] : undefined;
  const name = last === undefined ? undefined : at === 0 && !afterUnknown ? english.get(last) : endings[last];
  return name === undefined ? undefined : { name, length: 1 };
}

/** The parts of a text that can occur in a name: Latin words and digits unchanged, Chinese by its words. */
function partsOf(text: string): string[] {
  const plain = text.normalize('NFKD').replace(/\p{M}+/gu, '');
  return [...plain.matchAll(/[A-Za-z0-9]+|\p{Script=Han}+/gu)].flatMap(([part]) =>
    /^[A-Za-z0-9]/.test(part) ? [part] : wordsOf(part),
  );
}

/** `面积（平方米）` is 面积: a unit or a remark in brackets is no part of a name. */
const withoutBrackets = (text: string): string => text.replace(/[（(［[【{][^（()）]*[）)］\]】}]/gu, ' ');

/**
 * A Latin name for a heading: the heading itself where it is one already, otherwise `permit_no` for 许可证编号 and `haixian` for 海鲜.
 * @returns undefined where no part of it can be written in Latin letters
 */
export function latinFieldName(heading: string, maxLength: number): string | undefined {
  const text = heading.trim();
  if (isFieldName(text) && text.length <= maxLength) return text;
  const named = partsOf(withoutBrackets(text));
  const joined = (named.length > 0 ? named : partsOf(text)).join('_');
  const begun = /^\d/.test(joined) ? `f${joined}` : joined;
  const name = begun.slice(0, maxLength).replace(/_+$/, '');
  return isFieldName(name) ? name : undefined;
}

/**
 * `food-permit` for 食品许可证: the name of a schema and of the data set that is drafted with it. @returns undefined where no part of it can be
 * written in Latin letters
 */
export function latinSchemaName(text: string, maxLength: number): string | undefined {
  const slug = partsOf(text)
    .join('-')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .replace(/^(?=\d)/, 'table-')
    .slice(0, maxLength)
    .replace(/-+$/, '');
  return slug === '' ? undefined : slug;
}
