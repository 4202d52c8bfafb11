/**
 * How the catalogue (目录) is searched. Chinese has no spaces between words, so text is found by pairs of characters. A question is cut at the
 * words that the city's list of synonyms knows and at words that say nothing (信息, 数据); each piece is found by itself, by a word of the same
 * meaning, or by its pinyin.
 */
import { pinyinOf } from '../../terms/pinyin.ts';
import { civilDateText, parseCivilDate } from '../../terms/civilDate.ts';
import {
  afterWorkingDays,
  isWorkingDay,
  type Deadline,
  type WorkingCalendar,
} from '../../terms/calendar/workingDays.ts';

/** Text in one form: full-width as half-width, capitals as small letters. */
const normal = (text: string): string => text.normalize('NFKC').toLowerCase();

const runs = (text: string): readonly string[] => normal(text).match(/[\p{L}\p{N}]+/gu) ?? [];

/** What is searched: runs of letters and digits, a space between. */
export const searchText = (texts: readonly string[]): string => texts.flatMap(runs).join(' ');

/** Form of what is derived and stored with each entry; a new one is derived for all entries. */
export const searchForm = 2;

/** Pinyin stands in full-width letters: `huji` that somebody wrote is another text than 户籍. */
const spelled = (pinyin: string): string =>
  pinyin.replace(/[a-z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0));

const chinese = /\p{Script=Han}+/gu;

/** A text that is searched with its pinyin behind it. */
const withPinyin = (text: string): string =>
  [...new Set([text, ...(text.match(chinese) ?? []).flatMap(pinyinOf).map(spelled)])].join(' ');

/** Each character and each pair of neighbours of a text that is searched. @param text in one form, with or without its pinyin */
export function gramsOf(text: string): readonly string[] {
  const grams = new Set<string>();
  for (const run of text.match(/[\p{L}\p{N}]+/gu) ?? []) {
    const letters = [...run];
    for (const [at, letter] of letters.entries()) {
      grams.add(letter);
      const next = letters[at + 1];
      if (next !== undefined) grams.add(letter + next);
    }
  }
  return [...grams];
}

/** What an entry is found by: its texts with their pinyin, and the pairs of characters that an index holds. */
export function searchable(
  texts: readonly string[],
  titles: readonly string[],
): Readonly<Record<'words' | 'titleWords', string> & Record<'grams' | 'titleGrams', readonly string[]>> {
  const whole = withPinyin(searchText(texts));
  const title = withPinyin(searchText(titles));
  return { words: whole, grams: gramsOf(whole), titleWords: title, titleGrams: gramsOf(title) };
}

/** A text that may stand for a piece of the question. */
export interface Alternative {
  readonly text: string;
  /** those that an index narrows by */
  readonly grams: readonly string[];
}

/** What somebody looks for. */
export interface Sought {
  /** runs of letters as they were asked for */
  readonly runs: readonly string[];
  /** those that an index narrows by */
  readonly grams: readonly string[];
  /** pieces, each of which one of its alternatives must stand for */
  readonly pieces: readonly (readonly Alternative[])[];
  /** pairs of Chinese characters: where no entry has every piece, one that has most of these is near */
  readonly pairs: readonly string[];
}

/** Words of one meaning, by each of them. */
export type Synonyms = ReadonlyMap<string, readonly string[]>;

/** Id of the code list of synonyms: an entry is a group, its Chinese title the words with 、 between. */
export const synonymList = 'search-synonyms';

/** @param entries of the city's list, in which a code is a group */
export function synonymsOf(entries: readonly { readonly zh: string }[]): Synonyms {
  const found = new Map<string, readonly string[]>();
  for (const { zh } of entries) {
    const words = zh.split('、').flatMap((word) => runs(word).join('') || []);
    for (const word of words) {
      const all = [...new Set([...(found.get(word) ?? [word]), ...words])];
      found.set(word, all);
      // as it is typed; what is only the first letters of a word is no word of its own
      const [typed] = pinyinOf(word);
      if (typed !== undefined) found.set(typed, [...new Set([...(found.get(typed) ?? []), ...words])]);
    }
  }
  return found;
}

/** Words of a question that say nothing of what is looked for. */
const fillers: readonly string[] = [
  ...['信息', '数据', '记录', '资料', '情况', '明细', '清单', '名单', '名册', '台账', '目录', '资源'],
  ...['查询', '查找', '核验', '管理', '系统', '接口', '表', '库', '的'],
];

export function soughtIn(question: string, synonyms: Synonyms = new Map()): Sought {
  const requested = runs(question);
  const cut = requested.flatMap((run) => cutAt(run, synonyms));
  // a single character between words that are known is a verb or a measure: 打疫苗
  const isTelling = (piece: string): boolean =>
    !fillers.includes(piece) && (synonyms.has(piece) || [...piece].length > 1 || requested.includes(piece));
  const telling = cut.filter(isTelling);
  const pieces = (telling.length === 0 ? cut : telling).map((piece) => alternativesOf(piece, synonyms));
  const pairs = requested.flatMap((run) => (run.match(chinese) ?? []).flatMap(pairsIn));
  return {
    runs: requested,
    grams: [...new Set(requested.flatMap(lookupGrams))],
    pieces,
    pairs: [...new Set(pairs)],
  };
}

const lookupGrams = (text: string): readonly string[] => ([...text].length === 1 ? [text] : pairsIn(text));

function pairsIn(text: string): readonly string[] {
  const letters = [...text];
  return letters.slice(1).map((letter, at) => (letters[at] ?? '') + letter);
}

/** A run cut at the longest words that are known; what lies between them is a piece of its own. */
function cutAt(run: string, synonyms: Synonyms): readonly string[] {
  const known = [...synonyms.keys(), ...fillers].filter((word) => run.includes(word));
  if (known.length === 0 || synonyms.has(run)) return [run];
  const pieces: string[] = [];
  let between = '';
  const end = (): void => {
    if (between !== '') pieces.push(between);
    between = '';
  };
  for (let at = 0; at < run.length;) {
    const word = known
      .filter((one) => run.startsWith(one, at) && /\p{Script=Han}/u.test(one))
      .sort((one, other) => other.length - one.length)[0];
    if (word === undefined) {
      between += run[at] ?? '';
      at += 1;
      continue;
    }
    end();
    pieces.push(word);
    at += word.length;
  }
  end();
  return pieces;
}

/** Shorter runs of Latin letters are no pinyin: they would stand in half of all texts. */
const minPinyin = 3;

function alternativesOf(piece: string, synonyms: Synonyms): readonly Alternative[] {
  const typed = /^[a-z]+$/.test(piece) && piece.length >= minPinyin ? [spelled(piece)] : [];
  return [...new Set([piece, ...typed, ...(synonyms.get(piece) ?? [])])].map((text) => ({
    text,
    grams: lookupGrams(text),
  }));
}

/** Classes that no catalogue of shared data holds: state secrets, work secrets, core data. */
export const unregistered = ['state-secret', 'work-secret', 'core'] as const;

/* Clocks of the catalogue (目录): until when an entry has to follow what changed, and its data the cycle that it promises. Pure: the calendar is an argument. */

/**
 * `revision`: a change of the catalogue waits for its second person; `retired`: a dataset that an entry names is retired; `contradicted`: one
 * is shared otherwise than the entry says; `cycle`: nothing came within the update frequency (更新周期) that an entry names.
 */
export type CatalogueClock = 'revision' | 'retired' | 'contradicted' | 'cycle';

/** Working days for an update of the catalogue (政务数据共享条例, State Council Decree 809), where a city has registered nothing. */
export const usualCatalogueDays = 10;

/** Working days ahead of its deadline from which a department finds a change that waits. */
const nearDays = 2;

/** Cycles in days or months; what comes more often than daily is held to the next working day. */
const cycles: Readonly<Record<string, { readonly days: number } | { readonly months: number }>> = {
  ...{ realtime: { days: 1 }, hourly: { days: 1 }, daily: { days: 1 }, weekly: { days: 7 } },
  ...{
    monthly: { months: 1 },
    quarterly: { months: 3 },
    'half-yearly': { months: 6 },
    yearly: { months: 12 },
  },
};

/** The shortest of them, in milliseconds: what came since is in time. */
export const minCycle = 86_400_000;

/**
 * The last day on which the next data is in time: a cycle behind the last one, and on a working day (民法典 §203: a period that ends on a day off
 * ends on the day behind it).
 * @param last `YYYY-MM-DD` on which data came @returns undefined where no cycle is promised
 */
export function cycleDeadline(
  frequency: string,
  last: string,
  calendar: WorkingCalendar,
): Deadline | undefined {
  const cycle = cycles[frequency];
  if (cycle === undefined) return undefined;
  const day = 'days' in cycle ? daysOn(last, cycle.days) : monthsOn(last, cycle.months);
  const { day: moved } = isWorkingDay(day, calendar) ? { day } : afterWorkingDays(day, 1, calendar);
  return { day: moved, provisional: moved > calendar.until || last < calendar.from };
}

const daysOn = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);

/** The same day of a later month, its last one where it has no such day. */
function monthsOn(day: string, months: number): string {
  const date = parseCivilDate(day);
  if (date === undefined) throw new RangeError('no day');
  const index = date.year * 12 + date.month - 1 + months;
  const [year, month] = [Math.floor(index / 12), (index % 12) + 1];
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return civilDateText({ year, month, day: Math.min(date.day, last) });
}

/** What a department finds in its inbox: what only it can mend from the first day on, what others decide shortly before it is due. */
export function isReported(
  clock: CatalogueClock,
  due: string,
  today: string,
  calendar: WorkingCalendar,
): boolean {
  if (clock === 'retired' || clock === 'contradicted' || today > due) return true;
  return clock === 'revision' && afterWorkingDays(today, nearDays, calendar).day >= due;
}
