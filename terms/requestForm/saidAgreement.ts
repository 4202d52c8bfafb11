/** The content of an agreement as rows of a form. It omits nothing: a member without a name here is shown under its own. */
import type { Bilingual } from '../bilingual.ts';
import { asIs } from '../bilingual.ts';
import { timeInChina } from '../civilDate.ts';
import { agreementWords, maskParams, maskValues } from './agreementWords.ts';
import { maskWords } from './maskWords.ts';
import { isObject } from '../isObject.ts';

/** One row: its title, and its lines. */
export interface FormRow {
  readonly title: Bilingual;
  readonly lines: readonly Bilingual[];
}

/** The name of a department, a purpose, a dataset, or a field (`dataset.field`), where the reader knows it. */
export type NameOf = (
  kind: 'department' | 'purpose' | 'dataset' | 'field',
  code: string,
) => string | undefined;

type Members = Readonly<Record<string, unknown>>;

const departments = [
  'provider',
  'consumer',
  'consumer.department',
  'entrusted[].department',
  'grants[].consent.collectors[]',
];
const purposes = ['purposes[]', 'grants[].purposes[]'];
/** members of a grant that name fields of its dataset */
const fieldNames = [
  ...['filterBy[]', 'lookupBy[]', 'rows.all[].field', 'consent.birth', 'consent.guardian'],
  ...['facts[].all[].field', 'aggregates[].by[]', 'aggregates[].sum[]'],
].map((path) => `grants[].${path}`);
/** names a field of the dataset that is next to it */
const linked = 'linkages[].members[]';
const datasets = ['grants[].dataset', `${linked}.dataset`];

const all: Bilingual = { zh: '全部行，不设条件', en: 'all rows, without a condition' };
const none: Bilingual = { zh: '不以个人同意为条件', en: 'not asked for' };

/**
 * The rows of a form, in its order; grants one after the other, each with its dataset in the titles.
 * @param document an agreement; the hub checks its validity
 */
export function agreementRows(document: unknown, nameOf: NameOf = () => undefined): readonly FormRow[] {
  const { grants, ...others } = isObject(document) ? document : {};
  const list = listIn(grants);
  return [
    ...rowsOf(others, '', nameOf),
    ...list.flatMap((grant) => {
      const members = isObject(grant) ? grant : {};
      const absent = {
        ...('rows' in members ? {} : { rows: all }),
        ...('consent' in members ? {} : { consent: none }),
      };
      const dataset = typeof members['dataset'] === 'string' ? members['dataset'] : '';
      const name = nameOf('dataset', dataset) ?? dataset;
      return rowsOf({ ...members, ...absent }, 'grants[]', within(dataset, nameOf)).map(
        ({ title, lines }) => ({
          title:
            list.length === 1
              ? title
              : { zh: `${name}　${title.zh}`, en: `${name}: ${title.en.toLowerCase()}` },
          lines,
        }),
      );
    }),
  ];
}

/** The datasets whose names, and whose fields' names, the rows of an agreement say. */
export function datasetsNamedIn(document: unknown): readonly string[] {
  const { grants, linkages } = isObject(document) ? document : {};
  const members = listIn(linkages).flatMap((one) => listIn(isObject(one) ? one['members'] : undefined));
  const found = [...listIn(grants), ...members].map((one) => (isObject(one) ? one['dataset'] : undefined));
  return [...new Set(found.filter((one) => typeof one === 'string'))];
}

const listIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Fields are named within their dataset. */
const within =
  (dataset: string, nameOf: NameOf): NameOf =>
  (kind, code) =>
    nameOf(kind, kind === 'field' ? `${dataset}.${code}` : code);

/**
 * `身份证号（保留前几位 6，保留后几位 0）`: a mask with its parameters, in words. A mask, parameter or value without a word is shown under its own name.
 * @param rule in the form of a document
 */
export function describedMask(rule: unknown, nameOf: NameOf = () => undefined): Bilingual {
  const { mask, ...params } = isObject(rule) ? rule : {};
  const name = String(mask);
  const word = own(maskWords, name) ?? asIs(name);
  const given = Object.entries(params).map(([param, value]): Bilingual => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const title = own(maskParams, `${name}.${param}`) ?? own(maskParams, param) ?? asIs(param);
    const label =
      param === 'by' ? asIs(nameOf('field', text) ?? text) : (own(maskValues, text) ?? asIs(text));
    return { zh: `${title.zh} ${label.zh}`, en: `${title.en} ${label.en}` };
  });
  if (given.length === 0) return word;
  const all = joined(given, { zh: '，', en: ', ' });
  return { zh: `${word.zh}（${all.zh}）`, en: `${word.en} (${all.en})` };
}

const own = (words: Readonly<Record<string, Bilingual>>, name: string): Bilingual | undefined =>
  Object.hasOwn(words, name) ? words[name] : undefined;

const order = Object.keys(agreementWords);
const place = (path: string): number => {
  const at = order.indexOf(path);
  return at === -1 ? order.length : at;
};

function rowsOf(members: Members, at: string, nameOf: NameOf): readonly FormRow[] {
  return Object.entries(members)
    .map(([word, value]) => ({ path: at === '' ? word : `${at}.${word}`, word, value }))
    .sort((one, other) => place(one.path) - place(other.path))
    .map(({ path, word, value }) => ({ title: wordOf(path, word), lines: linesOf(value, path, nameOf) }));
}

/** A list of things, or fields with their masks or reasons: one line each; everything else is one line. */
function linesOf(value: unknown, path: string, nameOf: NameOf): readonly Bilingual[] {
  if ((path === 'grants[].fields' || path === 'grants[].reasons') && isObject(value)) {
    return Object.entries(value).map(([field, given]) => {
      const { zh, en } = path === 'grants[].fields' ? describedMask(given, nameOf) : asIs(String(given));
      const title = nameOf('field', field) ?? field;
      return { zh: `${title}：${zh}`, en: `${title}: ${en}` };
    });
  }
  if (path === 'grants[].rows' && isObject(value) && Array.isArray(value['all']) && !isBilingual(value))
    return value['all'].map((rule) => textOf(rule, `${path}.all[]`, nameOf));
  if (Array.isArray(value) && value.some(isObject))
    return value.map((one) => textOf(one, `${path}[]`, nameOf));
  return [textOf(value, path, nameOf)];
}

function textOf(value: unknown, path: string, nameOf: NameOf): Bilingual {
  if (Array.isArray(value)) {
    return joined(
      value.map((one) => textOf(one, `${path}[]`, nameOf)),
      { zh: '、', en: ', ' },
    );
  }
  if (isBilingual(value)) return value;
  if (isObject(value)) {
    const named = path === linked ? within(String(value['dataset']), nameOf) : nameOf;
    return joined(
      Object.entries(value).map(([word, member]) => {
        const inner = path === '' ? word : `${path}.${word}`;
        const [name, text] = [wordOf(inner, word), textOf(member, inner, named)];
        return { zh: `${name.zh}：${text.zh}`, en: `${name.en}: ${text.en}` };
      }),
      { zh: '；', en: '; ' },
    );
  }
  return scalar(value, path, nameOf);
}

function scalar(value: unknown, path: string, nameOf: NameOf): Bilingual {
  if (value === true) return { zh: '是', en: 'yes' };
  if (value === false) return { zh: '否', en: 'no' };
  const text = String(value);
  const word = wordIn(`${path}=${text}`);
  if (word !== undefined) return word;
  if (path === 'grants[].obligations[].period') return periodText(text) ?? asIs(text);
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) && !Number.isNaN(Date.parse(text))) return momentText(text);
  const kind = kindAt(path);
  const name = kind === undefined ? undefined : nameOf(kind, text);
  if (name === undefined || name === text) return asIs(text);
  // a field's name means nothing outside its schema
  return kind === 'field' ? asIs(name) : { zh: `${name}（${text}）`, en: `${name} (${text})` };
}

function kindAt(path: string): Parameters<NameOf>[0] | undefined {
  if (departments.includes(path)) return 'department';
  if (purposes.includes(path)) return 'purpose';
  if (datasets.includes(path)) return 'dataset';
  return fieldNames.includes(path) || path === `${linked}.field` ? 'field' : undefined;
}

/** A moment in China; of midnight, the day alone. */
function momentText(text: string): Bilingual {
  const time = timeInChina(text);
  const [day, clock] = [time.slice(0, 10), time.slice(11, 16)];
  const [year, month, date] = day.split('-').map(Number);
  const zh = `${year}年${month}月${date}日`;
  return clock === '00:00' ? { zh, en: day } : { zh: `${zh} ${clock}`, en: `${day} ${clock} (China)` };
}

const units = {
  Y: { zh: '年', en: 'year' },
  M: { zh: '个月', en: 'month' },
  W: { zh: '周', en: 'week' },
  D: { zh: '天', en: 'day' },
} as const;

/** `P1Y180D` as `1 年 180 天`; undefined for another text. */
function periodText(text: string): Bilingual | undefined {
  if (!/^P(?:\d+[YMWD])+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+)([YMWD])/g)].map(([, count = '', letter]): Bilingual => {
    const unit = units[letter as keyof typeof units];
    return { zh: `${count} ${unit.zh}`, en: `${count} ${unit.en}${count === '1' ? '' : 's'}` };
  });
  return joined(parts, { zh: ' ', en: ' ' });
}

const wordIn = (path: string): Bilingual | undefined =>
  Object.hasOwn(agreementWords, path) ? agreementWords[path] : undefined;

/** A word without a name is shown unchanged: nothing is omitted. */
const wordOf = (path: string, word: string): Bilingual => wordIn(path) ?? asIs(word);

const joined = (parts: readonly Bilingual[], by: Bilingual): Bilingual => ({
  zh: parts.map(({ zh }) => zh).join(by.zh),
  en: parts.map(({ en }) => en).join(by.en),
});

const isBilingual = (value: unknown): value is Bilingual =>
  isObject(value) &&
  Object.keys(value).length === 2 &&
  typeof value['zh'] === 'string' &&
  typeof value['en'] === 'string';
