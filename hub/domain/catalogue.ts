/**
 * Searches the catalogue (目录). Chinese has no spaces between words, so text is indexed by pairs of characters. A query is split at words
 * of the city's synonym list and at filler words (信息, 数据). Each piece is matched separately, by itself, by a synonym, or by its pinyin.
 */
import { pinyinOf } from '../../terms/pinyin.ts';
import { addDays, civilDateText, parseCivilDate } from '../../terms/civilDate.ts';
import {
  afterWorkingDays,
  isWorkingDay,
  type Deadline,
  type WorkingCalendar,
} from '../../terms/calendar/workingDays.ts';

/** Normalises text: full-width to half-width, capitals to small letters. */
const normal = (text: string): string => text.normalize('NFKC').toLowerCase();

const runs = (text: string): readonly string[] => normal(text).match(/[\p{L}\p{N}]+/gu) ?? [];

/** The text to search: runs of letters and digits, separated by spaces. */
export const searchText = (texts: readonly string[]): string => texts.flatMap(runs).join(' ');

/** Version of the derived form that is stored with each entry; a new version is derived again for all entries. */
export const searchForm = 2;

/** Pinyin is written in full-width letters, so that a typed `huji` differs from the pinyin of 户籍. */
const spelled = (pinyin: string): string =>
  pinyin.replace(/[a-z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0));

const chinese = /\p{Script=Han}+/gu;

/** A searched text, followed by its pinyin. */
const withPinyin = (text: string): string =>
  [...new Set([text, ...(text.match(chinese) ?? []).flatMap(pinyinOf).map(spelled)])].join(' ');

/** Each character and each pair of adjacent characters of a text. @param text normalised, with or without its pinyin */
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

/** What an entry is found by: its texts with their pinyin, and the character pairs for an index. */
export function searchable(
  texts: readonly string[],
  titles: readonly string[],
): Readonly<Record<'words' | 'titleWords', string> & Record<'grams' | 'titleGrams', readonly string[]>> {
  const whole = withPinyin(searchText(texts));
  const title = withPinyin(searchText(titles));
  return { words: whole, grams: gramsOf(whole), titleWords: title, titleGrams: gramsOf(title) };
}

/** A text that may match a piece of the query. */
export interface Alternative {
  readonly text: string;
  /** character pairs that narrow the index */
  readonly grams: readonly string[];
}

/** A parsed query. */
export interface Sought {
  /** runs of letters as typed */
  readonly runs: readonly string[];
  /** character pairs that narrow the index */
  readonly grams: readonly string[];
  /** pieces; each must be matched by one of its alternatives */
  readonly pieces: readonly (readonly Alternative[])[];
  /** pairs of Chinese characters: where no entry matches every piece, one with most of these pairs is a near match */
  readonly pairs: readonly string[];
}

/** Whether every piece of a query is in a text, by one of its alternatives. @param words as `searchable` returns them */
export const isFoundIn = (words: string, { pieces }: Pick<Sought, 'pieces'>): boolean =>
  pieces.length > 0 && pieces.every((piece) => piece.some(({ text }) => words.includes(text)));

/** Synonyms of each word. */
export type Synonyms = ReadonlyMap<string, readonly string[]>;

/** Id of the code list of synonyms: an entry is a group, its Chinese title the words separated by 、. */
export const synonymList = 'search-synonyms';

/** @param entries of the city's list, in which a code is a group */
export function synonymsOf(entries: readonly { readonly zh: string }[]): Synonyms {
  const found = new Map<string, readonly string[]>();
  for (const { zh } of entries) {
    const words = zh.split('、').flatMap((word) => runs(word).join('') || []);
    for (const word of words) {
      const all = [...new Set([...(found.get(word) ?? [word]), ...words])];
      found.set(word, all);
      // as typed; the initial letters of a word are not a word
      const [typed] = pinyinOf(word);
      if (typed !== undefined) found.set(typed, [...new Set([...(found.get(typed) ?? []), ...words])]);
    }
  }
  return found;
}

/** Words of a query that do not narrow the search. */
const fillers: readonly string[] = [
  ...['信息', '数据', '记录', '资料', '情况', '明细', '清单', '名单', '名册', '台账', '目录', '资源'],
  ...['查询', '查找', '核验', '管理', '系统', '接口', '表', '库', '的'],
];

export function soughtIn(question: string, synonyms: Synonyms = new Map()): Sought {
  const requested = runs(question);
  const cut = requested.flatMap((run) => cutAt(run, synonyms));
  // a single character between known words is a verb or a measure word: 打疫苗
  const isDistinctive = (piece: string): boolean =>
    !fillers.includes(piece) && (synonyms.has(piece) || [...piece].length > 1 || requested.includes(piece));
  const distinctive = cut.filter(isDistinctive);
  const pieces = (distinctive.length === 0 ? cut : distinctive).map((piece) =>
    alternativesOf(piece, synonyms),
  );
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

/** Splits a run at the longest known words; the text between them is a separate piece. */
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

/** Shorter runs of Latin letters are not treated as pinyin: they would match half of all texts. */
const minPinyin = 3;

function alternativesOf(piece: string, synonyms: Synonyms): readonly Alternative[] {
  const typed = /^[a-z]+$/.test(piece) && piece.length >= minPinyin ? [spelled(piece)] : [];
  return [...new Set([piece, ...typed, ...(synonyms.get(piece) ?? [])])].map((text) => ({
    text,
    grams: lookupGrams(text),
  }));
}

/** Classes that a catalogue of shared data does not hold: state secrets, work secrets, core data. */
export const unregistered = ['state-secret', 'work-secret', 'core'] as const;

/*
 * Deadlines of the catalogue (目录): when an entry must follow a change, and when its data must follow the promised cycle. Pure: the
 * calendar is an argument.
 */

/**
 * `revision`: a change of the catalogue waits for its second person; `retired`: a dataset that an entry names is retired; `contradicted`:
 * a dataset's sharing differs from the entry; `cycle`: no data came within the update frequency (更新周期) of an entry.
 */
export type CatalogueClock = 'revision' | 'retired' | 'contradicted' | 'cycle';

/** Working days for an update of the catalogue (政务数据共享条例, State Council Decree 809), where a city has registered nothing. */
export const usualCatalogueDays = 10;

/** Working days before its deadline from which a department's inbox shows a waiting change. */
const nearDays = 2;

/** Cycles in days or months; for cycles shorter than a day the next working day is the deadline. */
const cycles: Readonly<Record<string, { readonly days: number } | { readonly months: number }>> = {
  realtime: { days: 1 },
  hourly: { days: 1 },
  daily: { days: 1 },
  weekly: { days: 7 },
  monthly: { months: 1 },
  quarterly: { months: 3 },
  'half-yearly': { months: 6 },
  yearly: { months: 12 },
};

/** The shortest cycle, in milliseconds: data that came since is in time. */
export const minCycle = 86_400_000;

/**
 * The last day on which the next data is in time: one cycle after the last data, moved to a working day (民法典 §203: a period that ends on
 * a day off ends on the following day).
 * @param last `YYYY-MM-DD` on which data came @returns undefined where no cycle is promised
 */
export function cycleDeadline(
  frequency: string,
  last: string,
  calendar: WorkingCalendar,
): Deadline | undefined {
  const cycle = cycles[frequency];
  if (cycle === undefined) return undefined;
  const day = 'days' in cycle ? addDays(last, cycle.days) : monthsOn(last, cycle.months);
  const { day: moved } = isWorkingDay(day, calendar) ? { day } : afterWorkingDays(day, 1, calendar);
  return { day: moved, provisional: moved > calendar.until || last < calendar.from };
}

/** The same day of a later month, or its last day where that day does not exist. */
function monthsOn(day: string, months: number): string {
  const date = parseCivilDate(day);
  if (date === undefined) throw new RangeError('no day');
  const index = date.year * 12 + date.month - 1 + months;
  const [year, month] = [Math.floor(index / 12), (index % 12) + 1];
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return civilDateText({ year, month, day: Math.min(date.day, last) });
}

/**
 * Whether a department's inbox shows it. Retired, contradicted and overdue entries are always shown; a revision from `nearDays` working
 * days before its deadline; others only when overdue.
 */
export function isShownInInbox(
  clock: CatalogueClock,
  due: string,
  today: string,
  calendar: WorkingCalendar,
): boolean {
  if (clock === 'retired' || clock === 'contradicted' || today > due) return true;
  return clock === 'revision' && afterWorkingDays(today, nearDays, calendar).day >= due;
}
