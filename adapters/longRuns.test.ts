/** Runs of millions of one character, or of few: no pattern of a reader may take a stack, or a time, that grows faster than they do. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Problem } from '../terms/problem.ts';
import { sourceOf } from './copybook/fixtures/readHost.ts';
import { bytesOf } from './fixtures/bytes.ts';
import { readAll } from './fixtures/readAll.ts';

const length = 8_000_000;
const run = (text: string): string => text.repeat(length / text.length);
/** What became of it: a count of records, the rule of the bad one, or the code of the refusal. */
async function outcome(format: string, text: string, options: object): Promise<string> {
  try {
    const { records, bad } = await readAll(format, bytesOf(text, 65_536), options);
    return bad[0]?.problems[0]?.rule ?? `${records.length} records`;
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
}

const header = 'MSH|^~\\&|A|B|C|D|20240101||ADT^A01|1|P|2.5\r';
const observation = (text: string): string => `${header}OBX|1|TX|R||${text}|\r`;
const rows = (one: string): string => `<d>${'<r><a>1</a></r>'.repeat(5)}${one}<r><a>1</a></r></d>`;
const limits: Readonly<Record<string, object>> = {
  csv: { maxRecordBytes: 16_777_216 },
  fixed: {
    encoding: 'utf-8',
    columns: [{ name: 'a', start: 0, length: 65_536 }],
    maxRecordBytes: 16_777_216,
  },
  copybook: {
    copybook: sourceOf('01 REC.\n   05 A PIC X(9).'),
    recordFormat: 'D',
    encoding: 'utf-8',
    maxRecordBytes: 16_777_216,
  },
  hl7: { maxRecordBytes: 67_108_864 },
  json: { maxRecordChars: 67_108_864 },
  xml: { rows: '/d/r', maxTextChars: 67_108_864, maxRecordChars: 67_108_864 },
};

const cases: readonly (readonly [format: string, what: string, text: () => string, outcome: string])[] = [
  ['hl7', 'hexadecimal digits of an escape', () => observation(`\\X${run('41')}\\`), '1 records'],
  ['hl7', 'an odd number of them', () => observation(`\\X${run('41')}4\\`), '1 records'],
  ['hl7', 'marks of escapes', () => observation(run('\\')), '1 records'],
  ['hl7', 'blanks in a spacing command', () => observation(`\\.sp${run(' ')}9\\`), '1 records'],
  ['hl7', 'end-of-file marks', () => `${header}PID|${run('\u001a')}|`, '1 records'],
  ['hl7', 'lines that are no segments', () => `${header}PID|${run('x\r')}`, '1 records'],
  ['json', 'characters of a text', () => `{"a":"${run('x')}","b":12345678901234567890}`, 'json.number'],
  ['json', 'digits of a number', () => `{"a":${run('7')}}`, 'json.number'],
  ['json', 'zeros inside a number', () => `{"a":1${run('0')}1}`, 'json.number'],
  ['json', 'digits of an exponent', () => `{"a":1e${run('9')}}`, 'json.number'],
  ['json', 'backslashes before a NUL', () => `{"a":"${run('\\\\')}\\u0000"}`, 'text.nul'],
  ['json', 'blanks before a colon', () => `{"a"${run(' ')}:1}`, '1 records'],
  ['csv', 'letters beyond ASCII', () => `a,b\n1,${run('Õ')}\n`, '1 records'],
  ['csv', 'signs of a formula', () => `a,b\n1,${run('=')}\n`, '1 records'],
  ['csv', 'apostrophes', () => `a,b\n1,${run("'")}\n`, '1 records'],
  ['csv', 'blanks before a quotation mark', () => `a,b\n1,${run(' ')}"x"\n`, 'csv.quote-blank'],
  ['fixed', 'digits behind an apostrophe', () => `'${run('7')}!\n`, '1 records'],
  ['fixed', 'blanks', () => `${run(' ')}x\n`, '1 records'],
  ['copybook', 'blanks and a character behind them', () => `${run(' ')}x\n`, '1 records'],
  ['xml', 'a name of an attribute', () => rows(`<r ${run('x')}="1"/>`), '7 records'],
  ['xml', 'a name of an element', () => rows(`<r><${run('x')}/></r>`), '7 records'],
  ['xml', 'references', () => rows(`<r><a>${run('&lt;')}</a></r>`), '7 records'],
  ['xml', 'characters beyond U+FFFF', () => rows(`<r><a>${run('𠮟')}</a></r>`), '7 records'],
  ['xml', 'brackets of a CDATA section', () => rows(`<r><a><![CDATA[${run(']')}]]></a></r>`), '7 records'],
];

describe('runs of eight million characters', () => {
  for (const [format, what, text, expected] of cases)
    test(`${format}: ${what}`, async () => {
      assert.equal(await outcome(format, text(), limits[format] ?? {}), expected);
    });

  test('xml: many attributes of one element take no time that grows with their square', async () => {
    const attributes = Array.from({ length: 100_000 }, (_, i) => `a${i}="1"`).join(' ');
    assert.equal(
      await outcome('xml', rows(`<r ${attributes}/>`), limits['xml'] ?? {}),
      'file_line_over_limit',
    );
  });

  test('dbf: a text field as long as a field can be', async () => {
    const head = Buffer.alloc(65);
    head[0] = 3;
    head.writeUInt32LE(1, 4);
    head.writeUInt16LE(65, 8);
    head.writeUInt16LE(65_536 - 1, 10);
    head.write('TC', 32);
    head.write('C', 43);
    head[48] = 0xfe;
    head[49] = 0xff;
    head[64] = 0x0d;
    const file = Buffer.concat([head, Buffer.alloc(65_535, 0x20), Buffer.from([0x1a])]);
    const { records } = await readAll('dbf', bytesOf(file, 65_536));
    assert.deepEqual(records, [['']]);
  });
});
