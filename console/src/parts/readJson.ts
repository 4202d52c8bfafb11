import { inexactNumberIn } from '../../../terms/jsonText.ts';
import type { Spoken } from '../words/words.ts';

/**
 * JSON that a person typed, or what is wrong with it. A number whose digits JavaScript does not keep is a fault: the hub would receive
 * another one. @param notJson the word for a text that is no JSON
 */
export function readJson(
  text: string,
  say: Spoken['say'],
  notJson: 'scNotJson' | 'coNotJson',
): { readonly value: unknown } | { readonly fault: string } {
  try {
    const value = JSON.parse(text) as unknown;
    const number = inexactNumberIn(text);
    return number === undefined
      ? { value }
      : { fault: say('numberRounded', { number, rounded: String(Number(number)) }) };
  } catch (error) {
    return { fault: say(notJson, { what: error instanceof Error ? error.message : '' }) };
  }
}
