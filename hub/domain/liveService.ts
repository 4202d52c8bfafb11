/**
 * A provider's own HTTPS service, as a live dataset names it: where it is, what it is sent, and which mapping reads what it answers. Pure.
 *
 * Values go into the body alone, never into the address: addresses stand in the logs of proxies.
 */
import type { RowCondition } from '../../policies/decision.ts';

export interface LiveServiceDocument {
  /** https, without user and fragment */
  readonly url: string;
  /** body as JSON: `{{field}}` in its strings stands for what is asked for */
  readonly json?: unknown;
  /** body as XML: `{{field}}` between its tags stands for what is asked for */
  readonly xml?: string;
  /** media type of an XML body, with its encoding */
  readonly type: string;
  readonly soapAction?: string;
  /** mapping of the dataset that reads the answers */
  readonly mapping: string;
  /** rows of a full page, where the body names `{{$page}}` */
  readonly pageRows?: number;
  /** whether it signs its answers with a key of the department */
  readonly signs: boolean;
  /** of one request */
  readonly seconds: number;
}

type Value = string | number | boolean;

/** What one request is filled with. */
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

/** @returns undefined where nothing is */
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
  // written as it is signed: whoever verifies sees the same bytes
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

/** Fields that are sent with one full value each, in their order; all of them have to be asked for. */
export const fieldsSent = (document: Pick<LiveServiceDocument, 'json' | 'xml'>): readonly string[] =>
  [...placesOf(document)].filter((name) => name !== pageName);

/** In no tag, comment, CDATA section or declaration: what is escaped there is read as text and nothing else. */
function onlyBetweenTags(xml: string): boolean {
  if (xml.includes('<!') || xml.lastIndexOf('<?') > 0) return false;
  // `>` may stand in an attribute, so tags are found with their quoted values
  const outside = xml.replaceAll(/<(?:[^<>"']|"[^"<]*"|'[^'<]*')*>/g, '<');
  return placesIn(outside).length === placesIn(xml).length;
}

/** The body's text, ASCII beyond what the template itself holds: it says the same in every encoding. @throws TypeError for a value that is missing */
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

/** A string that is nothing but a place becomes the value with its own type. */
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

/** Whether a value can be said in XML 1.0 at all. */
export const sayableInXml = (value: unknown): boolean =>
  !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(String(value)) && String(value).isWellFormed();

/** What a question's conditions send: one full value for each field of the body. */
export interface SentConditions {
  /** one filling a value: of a list of values, one after another */
  readonly fillings: readonly ReadonlyMap<string, Value>[];
  /** whether the provider was asked to keep to a condition; it is told where it did not */
  readonly pushed: readonly RowCondition[];
  /** those that only the hub keeps to */
  readonly kept: readonly RowCondition[];
}

/** @returns undefined where a field of the body has no full value */
export function sentConditions(
  document: Pick<LiveServiceDocument, 'json' | 'xml'>,
  filter: readonly RowCondition[],
): SentConditions | undefined {
  let fillings: ReadonlyMap<string, Value>[] = [new Map()];
  const pushed: RowCondition[] = [];
  for (const name of fieldsSent(document)) {
    const named = filter.filter(({ field, op }) => field === name && op !== 'range');
    const condition = named.find(({ op }) => op === 'eq') ?? named[0];
    if (condition === undefined) return undefined;
    const values = (condition.op === 'eq' ? [condition.value] : condition.value) as readonly Value[];
    pushed.push(condition);
    fillings = fillings.flatMap((filling) => values.map((value) => new Map([...filling, [name, value]])));
  }
  return { fillings, pushed, kept: filter.filter((one) => !pushed.includes(one)) };
}
