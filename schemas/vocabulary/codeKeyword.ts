import type { FuncKeywordDefinition } from 'ajv';
import { isSchemaObject } from '../jsonSchema.ts';
import { codeListIdOf, type CodeLists } from '../codelists/codeLists.ts';

/** `{list, version?, at?, ever?}` of an x-code keyword. */
export interface CodeReference {
  readonly list: string;
  /** absent: the newest version, by its effective date */
  readonly version?: string;
  /** sibling field whose date or year determines when the code must have been valid */
  readonly at?: string;
}

/** x-code as an assertion: the text is in the list, in force on the date of the sibling field where `at` names one. */
export function codeKeyword(codeLists: CodeLists): FuncKeywordDefinition {
  return {
    keyword: 'x-code',
    type: 'string',
    schemaType: 'object',
    errors: false,
    compile: (reference: CodeReference) => {
      const id = codeListIdOf(reference.list);
      const { version, at } = reference;
      if (at === undefined) return rememberedCodes(codeLists, id, version);
      return (code: unknown, context?: { parentData: unknown }): boolean =>
        typeof code === 'string' &&
        codeLists.has(id, version, code, siblingDate(reference, context?.parentData));
    },
  };
}

/** Number of cached codes of one list: a file contains few, each many times. */
const maxRemembered = 5_000;

/** `has` of one list without a date. */
function rememberedCodes(
  codeLists: CodeLists,
  id: string,
  version: string | undefined,
): (code: unknown) => boolean {
  const answers = new Map<string, boolean>();
  return (code) => {
    if (typeof code !== 'string') return false;
    if (answers.size >= maxRemembered) answers.clear();
    let answer = answers.get(code);
    if (answer === undefined) {
      answer = codeLists.has(id, version, code, undefined);
      answers.set(code, answer);
    }
    return answer;
  };
}

/** The year or date next to the code; undefined requests a code in force at any time. */
export function siblingDate(reference: CodeReference, parent: unknown): string | undefined {
  if (reference.at === undefined || !isSchemaObject(parent)) return undefined;
  const value = Object.hasOwn(parent, reference.at) ? parent[reference.at] : undefined;
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && /^\d{4}/.test(value) ? value.slice(0, 10) : undefined;
}
