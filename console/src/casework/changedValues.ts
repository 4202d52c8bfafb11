/** Which fields of a case a person is asked for, and what they changed. */
import { isExactNumber } from '../../../terms/jsonText.ts';
import type { Schemas } from '../api/call.ts';
import type { CaseRecord } from './acting.ts';

type CaseField = Pick<Schemas['CaseField'], 'name' | 'kind' | 'list'>;

/**
 * A list of attachments that the person cannot read is not asked for: a new file would replace those in it. A list that is granted and
 * empty may be absent from the record.
 * @param unread fields that the agreement does not grant, and those that it grants under a mask
 */
export function isAsked(
  { name, kind, list }: CaseField,
  unread: { readonly withheld: Readonly<Record<string, string>>; readonly masked: readonly string[] },
): boolean {
  if (kind === 'other' || kind === 'place') return false;
  const isUnread = name in unread.withheld || unread.masked.includes(name);
  return !(kind === 'attachment' && list === true && isUnread);
}

export const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';

/**
 * The fields that the person changed, as the schema has them. A text that was emptied is null; a choice that was emptied is unchanged.
 * Of a masked field, each text that is not empty is a change: the stored value is not known here.
 * @param given files: ids of new attachments by field; masked: fields whose values the record has under a mask
 */
export function changedValues(
  fields: readonly CaseField[],
  record: CaseRecord,
  given: {
    readonly typed: Readonly<Record<string, string>>;
    readonly files: Readonly<Record<string, readonly string[]>>;
    readonly masked: readonly string[];
  },
): Readonly<Record<string, unknown>> {
  const { typed, files, masked } = given;
  const entries = fields.flatMap((field): [string, unknown][] => {
    const { name, kind, list } = field;
    const ids = files[name];
    if (ids !== undefined) {
      const before = Array.isArray(record[name]) ? (record[name] as unknown[]) : [];
      return [[name, list === true ? [...before, ...ids] : ids.at(-1)]];
    }
    const text = typed[name];
    if (text === undefined || text === (masked.includes(name) ? '' : textOf(record[name]))) return [];
    if (text === '') return kind === 'choice' || kind === 'boolean' ? [] : [[name, null]];
    return [[name, valueOf(field, text)]];
  });
  return Object.fromEntries(entries);
}

/** A text that is no plain number is left as it is: the hub refuses it. */
function valueOf({ kind }: CaseField, text: string): unknown {
  if (kind === 'boolean') return text === 'true';
  return kind === 'number' || kind === 'integer' ? (numberIn(text.trim()) ?? text) : text;
}

/** @returns undefined also where the number would be stored as another one */
function numberIn(text: string): number | undefined {
  return /^-?\d+(\.\d+)?$/.test(text) && isExactNumber(text) ? Number(text) : undefined;
}
