/**
 * The contract's descriptions in Chinese: api/descriptionsInChinese.json, by place. A place is the operationId or the JSON pointer of the
 * component, followed by the names below it: `operations/listRisks/parameters/limit`, `components/schemas/Risk/properties/due`.
 */
import { readFileSync } from 'node:fs';
import type { JsonObject } from './contract.ts';

/** `en`: the first eight hexadecimal digits of the SHA-256 of the English text that `zh` translates. A changed English text makes its Chinese stale. */
export interface Translation {
  readonly en: string;
  readonly zh: string;
}

/** @returns translations by place */
export const descriptionsInChinese = (): Readonly<Record<string, Translation>> =>
  JSON.parse(
    readFileSync(new URL('../../../../api/descriptionsInChinese.json', import.meta.url), 'utf8'),
  ) as Record<string, Translation>;

/** Examples are shown as they are. */
const verbatim = /^(?:x-.*|examples?)$/;

/**
 * A part of the contract with other descriptions, at any depth.
 * @param replace gets each description with its place; undefined leaves it as it is
 * @param place of the part itself
 */
export function withDescriptions<T>(
  part: T,
  replace: (text: string, place: string) => string | undefined,
  place = '',
): T {
  if (typeof part !== 'object' || part === null) return part;
  if (Array.isArray(part))
    return part.map((one: unknown, at) => withDescriptions(one, replace, below(place, nameOf(one, at)))) as T;
  const own =
    typeof part === 'object' && 'operationId' in part ? `operations/${String(part.operationId)}` : place;
  return Object.fromEntries(
    Object.entries(part as JsonObject).map(([name, value]) => {
      if (verbatim.test(name)) return [name, value];
      if (name === 'description' && typeof value === 'string') return [name, replace(value, own) ?? value];
      return [name, withDescriptions(value, replace, below(own, name))];
    }),
  ) as T;
}

const below = (place: string, name: string): string => (place === '' ? name : `${place}/${name}`);

/** Parameters are found by their names, other elements of lists by their numbers. */
const nameOf = (one: unknown, at: number): string =>
  typeof one === 'object' && one !== null && 'name' in one && typeof one.name === 'string'
    ? one.name
    : String(at);
