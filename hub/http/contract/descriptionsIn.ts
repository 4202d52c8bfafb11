/** The contract's descriptions in Chinese: api/descriptionsInChinese.json, by the English text that openapi.yaml has. */
import { readFileSync } from 'node:fs';
import type { JsonObject } from './contract.ts';

export const descriptionsInChinese = (): Readonly<Record<string, string>> =>
  JSON.parse(
    readFileSync(new URL('../../../api/descriptionsInChinese.json', import.meta.url), 'utf8'),
  ) as Record<string, string>;

/** What people wrote as examples is shown as it is. */
const verbatim = /^(?:x-.*|examples?)$/;

/** Every description of a part of the contract, however deep, that `told` has another text for. @param told gets the text as it is written */
export function withDescriptions<T>(part: T, told: (text: string) => string | undefined): T {
  if (Array.isArray(part)) return part.map((one: unknown) => withDescriptions(one, told)) as T;
  if (typeof part !== 'object' || part === null) return part;
  return Object.fromEntries(
    Object.entries(part as JsonObject).map(([name, value]) => {
      if (verbatim.test(name)) return [name, value];
      if (name === 'description' && typeof value === 'string') return [name, told(value) ?? value];
      return [name, withDescriptions(value, told)];
    }),
  ) as T;
}
