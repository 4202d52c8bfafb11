/**
 * A schema document as a form edits it. Each function returns a document in which everything that the form does not show is as before. Names
 * of fields are those of `properties` of the root.
 */
import type { Bilingual } from '../../../../terms/bilingual.ts';
import type { Schemas } from '../../api/call.ts';
import { primaryKeyOf } from '../../parts/primaryKeyOf.ts';
import { isObject } from '../../../../terms/isObject.ts';

type Document = Schemas['SharedSchema'];
type Members = Readonly<Record<string, unknown>>;

const plainKinds = ['text', 'integer', 'number', 'boolean'] as const;
/** formats of the hub that a text field can have */
const formatKinds = [
  ...(['date', 'date-time', 'time', 'decimal', 'uuid', 'uri', 'email', 'ipv4', 'ipv6'] as const),
  ...(['cn-resident-id', 'cn-uscc', 'cn-admin-code', 'cn-mobile', 'cn-bank-card'] as const),
] as const;
/** Kinds of values that the form can give a field. */
export const fieldKinds = [...plainKinds, ...formatKinds] as const;
type FieldKind = (typeof fieldKinds)[number];

export interface FormField {
  readonly name: string;
  readonly title: Bilingual;
  /** other: a list, an object, an attachment …, which the form leaves as it is */
  readonly kind: FieldKind | 'other';
  /** characters of a text; undefined: no limit */
  readonly maxLength: number | undefined;
  /** the value may be null */
  readonly isNullable: boolean;
  readonly isRequired: boolean;
  /** part of the primary key */
  readonly isKey: boolean;
  /** each of these is '' where the document has none */
  readonly sensitivity: string;
  readonly personal: string;
  readonly subject: string;
  readonly semantic: string;
  /** URN */
  readonly codeList: string;
  /** codes of any time are valid, not only the present ones */
  readonly isAnyTime: boolean;
  readonly mask: string;
  /** what the form does not show, as `keyword: value` */
  readonly others: readonly string[];
}

/** What is above the fields. */
interface FormHead {
  /** name of the schema: the part of `$id` that its versions share */
  readonly name: string;
  /** `1.0` */
  readonly version: string;
  readonly title: Bilingual;
  readonly class: string;
  /** members of the root that the form does not show */
  readonly others: readonly string[];
}

/** The document of a first version, to which the form adds fields. */
export const firstDocument: Document = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:datong::1.0',
  'x-title': { zh: '', en: '' },
  'x-class': 'general',
  type: 'object',
  properties: {},
  required: [],
  additionalProperties: false,
};

/** Keywords of the root that the form shows, or that are the same in every schema. */
const ofHead = new Set([
  ...['$schema', '$id', 'title', 'x-title', 'x-class', 'x-primary-key'],
  ...['type', 'properties', 'required', 'additionalProperties'],
]);
/** Keywords of a field that the form shows, of `x-code` and `x-mask` some members; others it shows for some kinds of values only. */
const ofField = [
  ...['title', 'x-title', 'x-sensitivity', 'x-personal', 'x-subject-key', 'x-semantic', 'x-code', 'x-mask'],
];
const shownOf = (kind: FormField['kind']): ReadonlySet<string> =>
  new Set([
    ...ofField,
    ...(kind === 'other' ? [] : ['type', 'format']),
    ...(kind === 'text' ? ['maxLength'] : []),
  ]);

export function headOf(document: Document): FormHead {
  const [, , name = '', version = ''] = textIn(document, '$id').split(':');
  return {
    name,
    version,
    title: titleOf(document),
    class: textIn(document, 'x-class'),
    others: othersOf(document, ofHead),
  };
}

export function withHead(document: Document, change: Partial<Omit<FormHead, 'others'>>): Document {
  const { name, version } = { ...headOf(document), ...change };
  const titled = change.title === undefined ? document : withTitle(document, change.title);
  const classed = change.class === undefined ? titled : put(titled, 'x-class', change.class);
  return change.name === undefined && change.version === undefined
    ? classed
    : put(classed, '$id', `urn:datong:${name}:${version}`);
}

export function fieldsOf(document: Document): readonly FormField[] {
  const keys = primaryKeyOf(document);
  const required = listIn(document, 'required');
  return Object.entries(membersIn(document, 'properties')).map(([name, value]) => {
    const property = isObject(value) ? value : {};
    const code = membersIn(property, 'x-code');
    const mask = membersIn(property, 'x-mask');
    const { list: _list, ever, ...ofCode } = code;
    const { name: _name, ...ofMask } = mask;
    const kind = kindOf(property);
    return {
      name,
      title: titleOf(property),
      kind,
      maxLength: typeof property['maxLength'] === 'number' ? property['maxLength'] : undefined,
      isNullable: typesOf(property).includes('null'),
      isRequired: required.includes(name),
      isKey: keys.includes(name),
      sensitivity: textIn(property, 'x-sensitivity'),
      personal: textIn(property, 'x-personal'),
      subject: textIn(property, 'x-subject-key'),
      semantic: textIn(property, 'x-semantic'),
      codeList: textIn(code, 'list'),
      isAnyTime: ever === true,
      mask: textIn(mask, 'name'),
      others: [
        ...othersOf(property, shownOf(kind)),
        ...othersOf(ofCode, new Set(), 'x-code.'),
        ...othersOf(ofMask, new Set(), 'x-mask.'),
      ],
    };
  });
}

export type FieldChange = Partial<Omit<FormField, 'name' | 'others'>>;

/** @param change members that become other ones; a field that becomes part of the key becomes required, too */
export function withField(document: Document, name: string, change: FieldChange): Document {
  const properties = membersIn(document, 'properties');
  const before = properties[name];
  if (!isObject(before)) return document;
  const property = changedProperty(before, change);
  const typed = put(document, 'properties', { ...properties, [name]: property });
  const isRequired = change.isKey === true ? true : change.isRequired;
  const required = isRequired === undefined ? typed : withListed(typed, 'required', name, isRequired);
  return change.isKey === undefined
    ? required
    : withListed(required, 'x-primary-key', `/${name}`, change.isKey);
}

/** Gives a field another name, at the same place. The same document where the name is taken. */
export function renamed(document: Document, from: string, to: string): Document {
  const properties = membersIn(document, 'properties');
  if (from === to || Object.hasOwn(properties, to)) return document;
  const named = Object.entries(properties).map(([name, property]) => {
    const code = isObject(property) ? membersIn(property, 'x-code') : {};
    // a code list that is read as of the date in another field names that field
    return [
      name === from ? to : name,
      isObject(property) && code['at'] === from ? { ...property, 'x-code': { ...code, at: to } } : property,
    ] as const;
  });
  const moved = put(document, 'properties', Object.fromEntries(named));
  return withList(
    withList(moved, 'required', (one) => (one === from ? to : one)),
    'x-primary-key',
    (one) => (one === `/${from}` ? `/${to}` : one),
  );
}

export function withoutField(document: Document, name: string): Document {
  const { [name]: _gone, ...properties } = membersIn(document, 'properties');
  return withListed(
    withListed(put(document, 'properties', properties), 'required', name, false),
    'x-primary-key',
    `/${name}`,
    false,
  );
}

/** A further text field at the end, `field_1` or the next free number. */
export function withNewField(document: Document): Document {
  const properties = membersIn(document, 'properties');
  let number = 1;
  while (Object.hasOwn(properties, `field_${number}`)) number += 1;
  const property = { 'x-title': { zh: '', en: '' }, type: 'string' };
  return put(document, 'properties', { ...properties, [`field_${number}`]: property });
}

/** @param by -1: before the field above it; 1: after the one below */
export function moved(document: Document, name: string, by: -1 | 1): Document {
  const entries = Object.entries(membersIn(document, 'properties'));
  const at = entries.findIndex(([one]) => one === name);
  const [entry, other] = [entries[at], entries[at + by]];
  if (entry === undefined || other === undefined) return document;
  entries[at] = other;
  entries[at + by] = entry;
  return put(document, 'properties', Object.fromEntries(entries));
}

function changedProperty(before: Members, change: FieldChange): Members {
  const { title, kind, isNullable, maxLength, codeList, isAnyTime, mask } = change;
  const direct = (
    [
      ['x-sensitivity', change.sensitivity],
      ['x-personal', change.personal],
      ['x-subject-key', change.subject],
      ['x-semantic', change.semantic],
    ] as const
  ).reduce((of: Members, [word, value]) => (value === undefined ? of : put(of, word, value)), before);
  const titled = title === undefined ? direct : withTitle(direct, title);
  const isLeft = kind === undefined || kind === 'other' || kindOf(before) === 'other';
  const typed = isLeft ? titled : withKind(titled, kind);
  const nullable = isNullable === undefined ? typed : withNull(typed, isNullable);
  const bounded = 'maxLength' in change ? put(nullable, 'maxLength', maxLength) : nullable;
  const coded = codeList === undefined && isAnyTime === undefined ? bounded : withCode(bounded, change);
  if (mask === undefined) return coded;
  return put(coded, 'x-mask', mask === '' ? undefined : { name: mask });
}

/** Type and format; a format of an identifier brings its semantic tag, which belongs to it. */
function withKind(property: Members, kind: FieldKind): Members {
  const isNullable = typesOf(property).includes('null');
  const isFormat = (formatKinds as readonly string[]).includes(kind);
  const type = kind === 'text' || isFormat ? 'string' : kind;
  const { format: _before, ...plain } = withNull({ ...property, type }, isNullable);
  const tag = kind.startsWith('cn-') ? kind.replace('-', '.') : '';
  const tagged = tag === '' || textIn(plain, 'x-semantic') !== '' ? plain : put(plain, 'x-semantic', tag);
  // the form shows the length of a text only, so that no other one is removed unseen
  const wasText = kind !== 'text' && kindOf(property) === 'text';
  const bounded = wasText ? put(tagged, 'maxLength', undefined) : tagged;
  return isFormat ? put(bounded, 'format', kind) : bounded;
}

function withNull(property: Members, isNullable: boolean): Members {
  const types = typesOf(property).filter((one) => one !== 'null');
  const [only] = types;
  if (only === undefined) return property;
  return { ...property, type: isNullable ? [...types, 'null'] : types.length === 1 ? only : types };
}

/** Another list leaves the version, and as of when its codes are valid. */
function withCode(property: Members, { codeList, isAnyTime }: FieldChange): Members {
  const { list, ever, at, ...others } = membersIn(property, 'x-code');
  const chosen = codeList ?? list;
  if (chosen === undefined || chosen === '') return put(property, 'x-code', undefined);
  const any = isAnyTime ?? ever === true;
  // both together are not valid
  const time = any ? { ever: true } : at === undefined ? {} : { at };
  return put(property, 'x-code', { list: chosen, ...others, ...time });
}

/** `title`, which other tools read, follows the Chinese title where both were the same. */
function withTitle<T extends Members>(of: T, title: Bilingual): T {
  const titled = put(of, 'x-title', title);
  return of['title'] !== undefined && of['title'] === titleOf(of).zh
    ? put(titled, 'title', title.zh)
    : titled;
}

export function kindOf(property: Members): FormField['kind'] {
  if (['$ref', 'const', 'x-attachment', 'x-geo'].some((word) => word in property)) return 'other';
  const types = typesOf(property).filter((one) => one !== 'null');
  const [type = ''] = types;
  if (types.length !== 1) return 'other';
  const { format } = property;
  const kind = type !== 'string' ? type : format === undefined ? 'text' : textIn(property, 'format');
  const isPlain = type !== 'string' || format === undefined;
  const known: readonly string[] = isPlain ? plainKinds : formatKinds;
  return known.includes(kind) ? (kind as FieldKind) : 'other';
}

export const typesOf = ({ type }: Members): readonly string[] =>
  typeof type === 'string' ? [type] : Array.isArray(type) ? type.map(String) : [];

function titleOf(of: Members): Bilingual {
  const title = membersIn(of, 'x-title');
  return { zh: textIn(title, 'zh'), en: textIn(title, 'en') };
}

const othersOf = (of: Members, shown: ReadonlySet<string>, before = ''): readonly string[] =>
  Object.entries(of)
    .filter(([word]) => !shown.has(word))
    .map(([word, value]) => `${before}${word}: ${JSON.stringify(value)}`);

/** The members with one of them set, at its place; undefined and '' remove it. */
function put<T extends Members>(of: T, word: string, value: unknown): T {
  const { [word]: _before, ...others } = of;
  return (value === undefined || value === '' ? others : { ...of, [word]: value }) as T;
}

/** A list of texts with one of them added at the end, or removed. An empty key is left out: the hub refuses it. */
function withListed(document: Document, word: string, text: string, isIn: boolean): Document {
  const list = listIn(document, word);
  if (list.includes(text) === isIn) return document;
  const listed = isIn ? [...list, text] : list.filter((one) => one !== text);
  return put(document, word, listed.length === 0 && word !== 'required' ? undefined : listed);
}

const withList = (document: Document, word: string, change: (one: string) => string): Document =>
  Array.isArray(document[word]) ? put(document, word, listIn(document, word).map(change)) : document;

const listIn = (of: Members, word: string): readonly string[] => {
  const list = of[word];
  return Array.isArray(list) ? list.map(String) : [];
};

const textIn = (of: Members, word: string): string => {
  const text = of[word];
  return typeof text === 'string' ? text : '';
};

const membersIn = (of: Members, word: string): Members => {
  const members = of[word];
  return isObject(members) ? members : {};
};
