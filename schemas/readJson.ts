/**
 * Reads JSON as the hub accepts it: UTF-8, no duplicate names, no deep nesting, no number whose digits a double does not keep.
 * JSON.parse does the reading; a scan of the text detects what it silently accepts.
 */
import type { Bilingual } from '../terms/bilingual.ts';
import { isExactNumber } from '../terms/jsonText.ts';

/** Why a text is not acceptable JSON. `offset` counts UTF-16 units from 0. */
export class JsonFault extends Error {
  readonly code:
    'not_utf8' | 'not_json' | 'name_doubled' | 'too_deep' | 'number_not_exact' | 'lone_surrogate';
  readonly text: Bilingual;
  readonly line: number;

  constructor(code: JsonFault['code'], text: Bilingual, line: number) {
    super(text.en);
    this.name = 'JsonFault';
    this.code = code;
    this.text = text;
    this.line = line;
  }
}

const deepest = 64;

/**
 * @param input bytes or text
 * @param depth maximum nesting
 * @throws JsonFault
 */
export function readJson(input: string | Uint8Array, depth = deepest): unknown {
  const text = typeof input === 'string' ? input : decodeUtf8(input);
  scan(text, depth);
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const position = /position (\d+)/.exec(error.message)?.[1];
    const line = lineAt(text, position === undefined ? text.length : Number(position));
    throw new JsonFault('not_json', { zh: '不是有效的 JSON', en: 'it is not valid JSON' }, line);
  }
}

/** @throws JsonFault not_utf8 */
function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new JsonFault('not_utf8', { zh: '不是有效的 UTF-8 文本', en: 'it is not valid UTF-8' }, 0);
  }
}

function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let i = text.indexOf('\n'); i >= 0 && i < offset; i = text.indexOf('\n', i + 1)) line += 1;
  return line;
}

const token = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|[{}[\]:,]/gs;

/** One pass over the tokens with a stack of the names seen in each open object. */
function scan(text: string, depth: number): void {
  const open: (Set<string> | undefined)[] = [];
  let before = '';
  token.lastIndex = 0;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [found] = match;
    const { index } = match;
    const fault = (code: JsonFault['code'], zh: string, en: string): JsonFault =>
      new JsonFault(code, { zh, en }, lineAt(text, index));
    const first = found.charAt(0);
    if (first === '{') open.push(new Set());
    else if (first === '[') open.push(undefined);
    else if (first === '}' || first === ']') open.pop();
    else if (first === '"') {
      const names = open.at(-1);
      if (names !== undefined && (before === '{' || before === ',')) {
        const name = nameOf(found);
        if (names.has(name))
          throw fault('name_doubled', '同一对象中有重复的字段名', 'a name occurs twice in one object');
        names.add(name);
      }
    } else if (first !== ':' && first !== ',' && !isExactNumber(found))
      throw fault(
        'number_not_exact',
        '数值无法精确保存，请改用文本',
        'a number cannot be stored exactly; send it as text',
      );
    if (open.length > depth)
      throw fault('too_deep', `嵌套超过 ${depth} 层`, `it is nested deeper than ${depth} levels`);
    before = first;
  }
}

function nameOf(text: string): string {
  try {
    return JSON.parse(text) as string;
  } catch {
    return text;
  }
}

/**
 * The canonical text of a schema document: RFC 8785 with all of JSON's numbers, since schemas contain fractions (`multipleOf: 0.01`). Names
 * are sorted by UTF-16 code units. Numbers are written as in ECMAScript, as RFC 8785 §3.2.2.3 requires.
 * @throws TypeError on a value that JSON cannot represent
 */
export function canonicalText(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError('JSON has no form for this number');
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      return value === null ? 'null' : Array.isArray(value) ? ofArray(value) : ofObject(value);
    default:
      throw new TypeError(`JSON has no form for ${typeof value}`);
  }
}

function ofArray(items: readonly unknown[]): string {
  let text = '[';
  for (let at = 0; at < items.length; at += 1) text += (at === 0 ? '' : ',') + canonicalText(items[at]);
  return `${text}]`;
}

function ofObject(members: object): string {
  const names = Object.keys(members).sort();
  let text = '{';
  for (let at = 0; at < names.length; at += 1) {
    const name = names[at] as keyof typeof members;
    text += `${at === 0 ? '' : ','}${JSON.stringify(name)}:${canonicalText(members[name])}`;
  }
  return `${text}}`;
}
