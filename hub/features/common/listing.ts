/** Common part of all registry lists: pages by cursor, and a log entry with the number of listed rows. */
import { fromBase64url } from '../../../certs/base64url.ts';
import { defined } from '../../../terms/defined.ts';
import { Problem } from '../../../terms/problem.ts';
import { allowedJson, type AllowedOutcome } from '../../pipeline/call.ts';
import type { OperationId, ReplyOf } from '../../pipeline/contract.ts';
import type { OrderedPage, PageRows } from '../../platform/database/pages.ts';
import type { Page } from '../../platform/database/values.ts';

/** Default number of rows of a page. */
const usual = 50;

/** Patterns of the names in each list. A cursor contains only the name of the last row shown. */
export const names = {
  code: /^[a-z][a-z0-9.-]{1,100}$/,
  urn: /^urn:datong:[a-z0-9:.-]{3,80}$/,
  versioned: /^[a-z][a-z0-9.-]{1,80}@[0-9][0-9A-Za-z.-]{0,19}$/,
  numbered: /^[a-z][a-z0-9-]{1,60}@[1-9][0-9]{0,5}$/,
  serial: /^[0-9a-f]{2,40}$/,
  index: /^(?:0|[1-9][0-9]{0,14})$/,
  request: /^req-[0-9]{9}$/,
  turn: /^[0-9]{4}-[0-9]{2}-[0-9]{2}~req-[0-9]{9}$/,
  demand: /^dem-[0-9]{9}$/,
  risk: /^[01]~[0-9]{4}-[0-9]{2}-[0-9]{2}~[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  duty: /^[01]~[0-9]{4}-[0-9]{2}-[0-9]{2}~[0-9]{4}-[0-9]{2}-[0-9]{2}~[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  delay: /^delay-[0-9a-f]{16}$/,
  hold: /^hold-[0-9a-f]{16}$/,
  mandate: /^mdt-[0-9a-f]{24}$/,
  ticket: /^tkt-[0-9]{9}$/,
  dispute: /^dsp-[0-9]{9}$/,
  ranked: /^[0-3]~[a-z][a-z0-9.-]{1,100}$/,
  person: /^[0-9a-z]{10}$/,
  /** day, person and operation */
  viewCount: /^[0-9]{4}-[0-9]{2}-[0-9]{2}~[!-}]{1,100}~[A-Za-z]{1,60}$/,
  session: /^[0-9a-z]{10}$/,
  standIn: /^std-[0-9a-f]{16}$/,
  /** a digit for the severity, the entry or `-1` for the whole log, the code, and the number of the finding */
  finding: /^[01]~(?:-1|0|[1-9][0-9]{0,14})~[a-z][a-z0-9_]{1,60}~[1-9][0-9]{0,17}$/,
  /** code list and code */
  area: /^[a-z][a-z0-9.-]{1,79}~[^\n]{1,60}$/,
  uuid: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
} as const;

/** The page that a call requests. @throws Problem cursor_invalid */
export function requestedPage(query: Readonly<Record<string, string>>, name: RegExp): Page {
  const { cursor, limit } = query;
  const maxRows = limit === undefined ? usual : Number(limit);
  if (cursor === undefined) return { after: undefined, maxRows };
  const after = fromBase64url(cursor)?.toString('utf8');
  if (after === undefined || !name.test(after)) throw new Problem('cursor_invalid');
  return { after, maxRows };
}

/** First character of a cursor that leads to the page before a row. */
const backwards = '<';

/** The page that a call requests of a list with orders, a count, and pages in both directions. @throws Problem cursor_invalid */
export function orderedPage(query: Readonly<Record<string, string>>, name: RegExp): OrderedPage {
  const { cursor = '', sort, total } = query;
  const place = fromBase64url(cursor)?.toString('utf8');
  const isBackwards = place?.startsWith(backwards) === true;
  const forwards = isBackwards ? { ...query, cursor: cursorOf(place.slice(backwards.length)) } : query;
  // a further page would count the same rows again: where few match a filter, that reads the whole table
  const isCounted = total === 'true' && cursor === '';
  return { ...requestedPage(forwards, name), isBackwards, sort, isCounted };
}

/** Encodes the position after which the next page begins. */
export const cursorOf = (place: string): string => Buffer.from(place, 'utf8').toString('base64url');

/** Requests one row more than the page holds, to detect whether there is another page. */
export const oneMore = <P extends Page>(page: P): P => ({ ...page, maxRows: page.maxRows + 1 });

type List<Id extends OperationId> = ReplyOf<Id, 200>;
type Element<
  Id extends OperationId,
  Member extends keyof List<Id>,
> = List<Id>[Member] extends readonly (infer One)[] ? One : never;

/**
 * A page of a list.
 * @param member field of the reply that holds the rows
 * @param rows at most one more than the page holds
 * @param nameOf the cursor of the next page: the last row that was shown
 * @param besides further fields of the reply
 */
export function listed<Id extends OperationId, Member extends keyof List<Id> & string, Row>(
  _call: { readonly operation: Id },
  member: Member,
  { maxRows }: Page,
  rows: readonly Row[],
  nameOf: (row: Row) => string,
  view: (row: Row) => Element<Id, Member>,
  besides?: Omit<List<Id>, Member | 'nextCursor'>,
): AllowedOutcome {
  const page = rows.slice(0, maxRows);
  const last = page.at(-1);
  const more = rows.length > maxRows && last !== undefined;
  const body = {
    [member]: page.map(view),
    ...besides,
    ...(more ? { nextCursor: cursorOf(nameOf(last)) } : {}),
  };
  return allowedJson(200, body, { facts: { change: { [member]: page.length } } });
}

/**
 * A page of a list with pages in both directions.
 * @param found at most one row more than the page holds
 * @param view undefined: the row is not shown; it has its place in the list all the same, so that rows after it are listed
 */
export function listedInOrder<Id extends OperationId, Member extends keyof List<Id> & string, Row>(
  _call: { readonly operation: Id },
  member: Member,
  { after, maxRows, isBackwards = false }: OrderedPage,
  { rows, total }: PageRows<Row>,
  nameOf: (row: Row) => string,
  view: (row: Row) => Element<Id, Member> | undefined,
  besides?: Omit<List<Id>, Member | 'nextCursor' | 'previousCursor' | 'total'>,
): AllowedOutcome {
  const read = rows.slice(0, maxRows);
  const page = isBackwards ? read.toReversed() : read;
  const isCut = rows.length > maxRows;
  const [first] = page;
  const last = page.at(-1);
  const shown = page.map(view).filter((one) => one !== undefined);
  const body = {
    [member]: shown,
    ...besides,
    ...(first !== undefined && (isBackwards ? isCut : after !== undefined)
      ? { previousCursor: cursorOf(`${backwards}${nameOf(first)}`) }
      : {}),
    ...(last !== undefined && (isBackwards || isCut) ? { nextCursor: cursorOf(nameOf(last)) } : {}),
    ...defined({ total }),
  };
  return allowedJson(200, body, { facts: { change: { [member]: shown.length } } });
}

/** Formats Unix milliseconds as RFC 3339. */
export const moment = (milliseconds: number): string => new Date(milliseconds).toISOString();
