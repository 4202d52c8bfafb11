/** What the contract refuses in titles, reasons, references, file names and names of persons. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { checksByOperation } from '../../../../tests/requestChecks.ts';
import { Problem } from '../../../../terms/problem.ts';
import { textFindings } from './plainText.ts';
import type { RequestFinding } from './requestFindings.ts';

const first = (body: unknown): RequestFinding | undefined => textFindings(body)[0];

test('control, bidirectional and zero-width characters are named by place and code point', () => {
  for (const [text, code] of [
    ['a\u009bb', 'U+009B'],
    ['\u202eabc', 'U+202E'],
    ['a\u200bb', 'U+200B'],
    ['a\u2066b', 'U+2066'],
    ['a\u0000b', 'U+0000'],
    ['a\u001bb', 'U+001B'],
    ['a\ufeffb', 'U+FEFF'],
    ['a\u2028b', 'U+2028'],
    ['a\u3164b', 'U+3164'],
    ['a\u{e0041}b', 'U+E0041'],
    ['a\ud800b', 'U+D800'],
  ] as const)
    for (const member of ['reason', 'name', 'fileName', 'reference', 'anything']) {
      const finding = first({ [member]: text });
      assert.deepEqual([finding?.pointer, finding?.rule], [`/body/${member}`, 'hidden-character'], text);
      assert.match(finding?.message.en ?? '', new RegExp(code.replace('+', '\\+')));
      assert.match(finding?.message.zh ?? '', new RegExp(code.replace('+', '\\+')));
    }
  assert.equal(first({ title: { zh: '甲', en: 'a\u202e' } })?.pointer, '/body/title/en');
  assert.equal(
    first({ entries: [{ title: { zh: '甲\u200d', en: 'a' } }] })?.pointer,
    '/body/entries/0/title/zh',
  );
});

test('a reason may have lines, a title, reference or name may not', () => {
  for (const text of ['a\nb', 'a\tb', 'a\r\nb']) {
    assert.equal(first({ reason: text }), undefined);
    for (const member of ['title', 'reference', 'clause', 'name', 'fileName', 'case'])
      assert.equal(first({ [member]: text })?.rule, 'hidden-character', member);
    assert.equal(first({ title: { zh: text, en: 'a' } })?.rule, 'hidden-character');
  }
  assert.match(first({ reason: 'a\rb' })?.message.en ?? '', /U\+000D/);
});

test('a word of Latin letters with a similar letter of another script is refused', () => {
  for (const [text, code] of [
    ['Adm\u0456n', 'U+0456'],
    ['户籍\u0410dmin', 'U+0410'],
    ['p\u03bfpulation', 'U+03BF'],
  ] as const) {
    const finding = first({ name: text });
    assert.equal(finding?.rule, 'look-alike', text);
    assert.match(finding.message.en, new RegExp(code.replace('+', '\\+')));
  }
  for (const text of [
    'Админ',
    '户籍Admin用户',
    'PM2.5 μg/m³',
    'Δt',
    'β-HCG',
    '10 kΩ',
    'Ωmega',
    '阿卜杜拉·买买提',
    'José',
    '葛\u{e0100}',
  ])
    assert.equal(first({ title: text }), undefined, text);
});

test('a file name with an identity number is refused; it is stored', () => {
  const finding = first({ fileName: '体检_11010519491231002X.xlsx' });
  assert.deepEqual([finding?.pointer, finding?.rule], ['/body/fileName', 'identity-number']);
  assert.doesNotMatch(JSON.stringify(finding), /11010519491231002/);
  assert.equal(first({ fileName: '体检_110105194912310021.xlsx' }), undefined, 'its check digit is wrong');
});

test('values of rows are left to the schema, and a document is checked in its texts', () => {
  for (const member of ['value', 'values', 'key', 'keys', 'records', 'rows', 'data', 'query'])
    assert.equal(first({ [member]: { a: ['\u200b'] } }), undefined, member);
  const document = { title: { zh: '甲', en: 'a' }, fields: [{ replace: ['\u200b', ''] }] };
  assert.equal(first({ document }), undefined);
  assert.equal(
    first({ document: { ...document, title: { zh: '甲\u202e', en: 'a' } } })?.pointer,
    '/body/document/title/zh',
  );
  assert.equal(
    first({ document: { properties: { a: { 'x-title': { zh: '\u0007', en: '' } } } } })?.pointer,
    '/body/document/properties/a/x-title/zh',
  );
  assert.equal(
    first({ document: { 张三: { title: '\u0007' } } })?.pointer,
    '/body/document/*/title',
    'a name of the document’s own is not repeated',
  );
});

/** Texts of every recorded request body, by pointer. */
function texts(value: unknown, at: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value === 'string') return [at];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) => texts(item, [...at, name]));
}

function withHidden(value: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined) return `${String(value)}\u202e`;
  if (Array.isArray(value))
    return value.map((item: unknown, at) => (String(at) === name ? withHidden(item, rest) : item));
  const members = value as Readonly<Record<string, unknown>>;
  return { ...members, [name]: withHidden(members[name], rest) };
}

test('every text of every recorded request is refused with a hidden character, unless it is data, a secret or a document', async () => {
  const checks = await checksByOperation();
  const recorded = JSON.parse(
    readFileSync(new URL('../../../../api/examples.json', import.meta.url), 'utf8'),
  ) as Readonly<Record<string, { readonly body?: unknown }>>;
  const headers = ['content-type', 'application/json'];
  const passes = (operation: string, body: unknown): boolean => {
    try {
      checks.get(operation)?.body(headers, Buffer.from(JSON.stringify(body)));
      return true;
    } catch (error) {
      assert.ok(error instanceof Problem, operation);
      return false;
    }
  };
  let tried = 0;
  const accepted = new Set<string>();
  for (const [operation, { body }] of Object.entries(recorded)) {
    // the whole body of `pushRows` is rows, which the schema of the dataset checks
    if (operation === 'pushRows' || typeof body !== 'object' || body === null) continue;
    if (!passes(operation, body)) continue;
    for (const at of texts(body)) {
      tried += 1;
      if (passes(operation, withHidden(body, at)))
        accepted.add(at.find((name) => allowed.has(name)) ?? `${operation} ${at.join('/')}`);
    }
  }
  assert.ok(tried > 300, String(tried));
  assert.deepEqual(
    [...accepted].filter((one) => !allowed.has(one)),
    [],
  );
});

/** Members that hold data, secrets or documents. */
const allowed: ReadonlySet<string> = new Set([
  ...['value', 'values', 'is', 'key', 'keys', 'records', 'rows', 'data'],
  ...['query', 'password', 'assertion', 'codePage', 'json', 'xml'],
  ...['document', 'mappings'],
]);
