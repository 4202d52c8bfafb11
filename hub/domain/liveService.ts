/**
 * A provider's own HTTPS service, as a live dataset names it: its address, its request, and the mapping that reads its replies. Pure.
 *
 * Values go only into the body, never into the URL, because proxies log URLs.
 */
import type { RowCondition } from '../../policies/decision.ts';

export interface LiveServiceDocument {
  /** https, without user and fragment */
  readonly url: string;
  /** body as JSON: `{{field}}` in its strings is replaced by the requested value */
  readonly json?: unknown;
  /** body as XML: `{{field}}` between its tags is replaced by the requested value */
  readonly xml?: string;
  /** media type of an XML body, with its encoding */
  readonly type: string;
  readonly soapAction?: string;
  /** mapping of the dataset that reads the replies */
  readonly mapping: string;
  /** rows of a full page, where the body names `{{$page}}` */
  readonly pageRows?: number;
  /** whether it signs its replies with a key of the department */
  readonly signs: boolean;
  /** timeout of one request */
  readonly seconds: number;
}

type Value = string | number | boolean;

/** The values for one request. */
export interface ServiceFilling {
  /** by field */
  readonly values: ReadonlyMap<string, Value>;
  /** from 1 */
  readonly page: number;
}

const placeholder = /\{\{(\$?[A-Za-z][A-Za-z0-9_]*)\}\}/g;
const pageName = '$page';

/** What is wrong with a document, beyond its shape. */
export type ServiceFault = 'body' | 'place' | 'paging' | 'url' | 'xml-words';

/** @returns undefined where it is valid */
export function serviceFault({
  url,
  json,
  xml,
  soapAction,
  pageRows,
}: LiveServiceDocument): ServiceFault | undefined {
  if (!isPlainUrl(url)) return 'url';
  if ((json === undefined) === (xml === undefined)) return 'body';
  if (xml === undefined && soapAction !== undefined) return 'xml-words';
  if (xml !== undefined && !onlyBetweenTags(xml)) return 'place';
  if (json !== undefined && namesOfMembers(json).some((name) => placesIn(name).length > 0)) return 'place';
  const pages = placesOf({ json, xml }).has(pageName);
  return pages === (pageRows !== undefined) ? undefined : 'paging';
}

function isPlainUrl(text: string): boolean {
  if (!URL.canParse(text) || placesIn(text).length > 0) return false;
  const url = new URL(text);
  // written as it is signed, so that every verifier sees the same bytes
  return (
    url.protocol === 'https:' &&
    url.username === '' &&
    url.password === '' &&
    url.hash === '' &&
    url.href === text
  );
}

const placesIn = (text: string): string[] => [...text.matchAll(placeholder)].map(([, name = '']) => name);

function namesOfMembers(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namesOfMembers);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...namesOfMembers(inner)]);
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

type Body = { readonly json?: unknown; readonly xml?: string | undefined };

const placesOf = ({ json, xml }: Body): ReadonlySet<string> =>
  new Set((xml === undefined ? textsOf(json) : [xml]).flatMap(placesIn));

/** Fields that are sent with one full value each, in their order; a query must contain all of them. */
export const fieldsSent = (document: Pick<LiveServiceDocument, 'json' | 'xml'>): readonly string[] =>
  [...placesOf(document)].filter((name) => name !== pageName);

/**
 * Whether placeholders occur in no tag, comment, CDATA section or declaration: there an escaped value would not be read as plain text.
 */
function onlyBetweenTags(xml: string): boolean {
  if (xml.includes('<!') || xml.lastIndexOf('<?') > 0) return false;
  // `>` may occur in an attribute, so tags are matched with their quoted values
  const outside = xml.replaceAll(/<(?:[^<>"']|"[^"<]*"|'[^'<]*')*>/g, '<');
  return placesIn(outside).length === placesIn(xml).length;
}

/** The filled body. Inserted values are ASCII, so they are the same in every encoding. @throws TypeError for a value that is missing */
export function filledBody({ json, xml }: LiveServiceDocument, { values, page }: ServiceFilling): string {
  const valueOf = (name: string): Value => {
    const value = name === pageName ? page : values.get(name);
    if (value === undefined) throw new TypeError(`no value for ${name}`);
    return value;
  };
  if (xml !== undefined)
    return xml.replaceAll(placeholder, (_whole, name: string) => xmlText(String(valueOf(name))));
  return asciiJson(filledJson(json, valueOf));
}

/** A string that is only a placeholder becomes the value with its own type. */
function filledJson(value: unknown, valueOf: (name: string) => Value): unknown {
  if (typeof value === 'string') {
    const [first] = placesIn(value);
    if (first !== undefined && value === `{{${first}}}`) return valueOf(first);
    return value.replaceAll(placeholder, (_whole, name: string) => String(valueOf(name)));
  }
  if (Array.isArray(value)) return value.map((one) => filledJson(one, valueOf));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, filledJson(inner, valueOf)]));
}

const asciiJson = (value: unknown): string =>
  JSON.stringify(value).replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

const xmlText = (text: string): string =>
  text.replaceAll(/[&<>"']|[^\x20-\x7e]/gu, (point) => `&#${point.codePointAt(0) ?? 0};`);

/** Whether XML 1.0 can represent a value. */
export const canBeXml = (value: unknown): boolean =>
  !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(String(value)) && String(value).isWellFormed();

/** What a query's conditions send: one full value for each field of the body. */
export interface SentConditions {
  /** one filling per value; of a list of values, one after another */
  readonly fillings: readonly ReadonlyMap<string, Value>[];
  /** conditions that were sent to the provider; it is notified where it did not apply them */
  readonly pushed: readonly RowCondition[];
  /** conditions that only the hub applies */
  readonly hubOnly: readonly RowCondition[];
}

/**
 * @param most fillings
 * @returns undefined where a field of the body has no full value, or where the lists of values give more fillings
 */
export function sentConditions(
  document: Pick<LiveServiceDocument, 'json' | 'xml'>,
  filter: readonly RowCondition[],
  most: number,
): SentConditions | undefined {
  let fillings: ReadonlyMap<string, Value>[] = [new Map()];
  const pushed: RowCondition[] = [];
  for (const name of fieldsSent(document)) {
    const named = filter.filter(({ field, op }) => field === name && (op === 'eq' || op === 'in'));
    const condition = named.find(({ op }) => op === 'eq') ?? named[0];
    if (condition === undefined) return undefined;
    const given = (condition.op === 'eq' ? [condition.value] : condition.value) as readonly Value[];
    const values = [...new Set(given)];
    // before they are combined: three lists of a thousand values would not fit into memory
    if (fillings.length * values.length > most) return undefined;
    pushed.push(condition);
    fillings = fillings.flatMap((filling) => values.map((value) => new Map([...filling, [name, value]])));
  }
  return { fillings, pushed, hubOnly: filter.filter((one) => !pushed.includes(one)) };
}
