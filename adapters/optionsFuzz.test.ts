/** Options that a schema accepts are read with, or refused by a Problem: no combination of them crashes a reader. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Problem } from '../terms/problem.ts';
import type { JsonSchema } from '../schemas/datasetSchema.ts';
import { sharedData } from '../tests/sharedData.ts';
import { sourceOf } from './copybook/fixtures/readHost.ts';
import { bytesOf } from './fixtures/bytes.ts';
import { random } from './fixtures/mutated.ts';
import { readAll, type ReadAll } from './fixtures/readAll.ts';
import { formatNamed, refuseUnusedOptions, unusedOptions } from './formats.ts';
import { checkedOptions } from './reading/optionsCheck.ts';

type Pick = ReturnType<typeof random>;

const lines = 'KIND,b,1\r\nA,2,3\n"x","y",9\rB,,\n\n0102,é,z\n9902xx';
const copybook = sourceOf(
  [
    '01 R.',
    ' 05 KIND PIC X.',
    ' 05 N PIC 9(2).',
    ' 05 A PIC X(3).',
    ' 05 B REDEFINES A PIC 9(3).',
    ' 05 E PIC ZZ9.9.',
    ' 05 T PIC X(2) OCCURS 0 TO 4 DEPENDING ON N.',
    '',
  ].join('\n'),
);
/** Small files, also of other forms than the options say. */
const files: Readonly<Record<string, readonly (string | Buffer)[]>> = {
  csv: [lines, Buffer.from(lines, 'utf16le'), ''],
  fixed: [lines, Buffer.from(lines, 'utf16le'), '12'],
  copybook: [lines, Buffer.from('\0\x0b\0\0A02abc12.3', 'latin1'), Buffer.alloc(40, 0xf1)],
  dbf: [readFileSync(sharedData('dbf/dbase_03.dbf')), 'x'],
  xml: ['<d n="2"><r a="1"><b>x<i>y</i></b></r><r><b/><b>z</b></r></d>', '<a/>'],
  xlsx: [readFileSync(sharedData('xlsx/us-crime-2.xlsx'))],
  hl7: ['MSH|^~\\&|A|B|C|D|20240101||ADT^A01|1|P|2.5\rPID|1||x\rOBX|1|TX|R||a\rtext\rFTS|1\r'],
  json: ['{"a":{"b":[{"c":1},{"c":2}]},"n":2}', '{"a":1}\n{"a":2}\n[1]', '[[[[1]]],{"a":"x"}]'],
};
/** Values of strings with a meaning: names of fields, paths, separators, code pages. */
const words = [
  ...[
    'KIND',
    'N',
    'A',
    'B',
    'T',
    'R',
    'E',
    'a',
    'b',
    'x',
    '',
    '1',
    '2',
    '02',
    '99',
    'S',
    'Sheet1',
    'OBX',
    'PID',
  ],
  ...[
    'auto',
    'tab',
    ',',
    ';',
    '|',
    '\u3000',
    '/d/r',
    '//r',
    '/*',
    '/*/*',
    '/d/@n',
    '/a/b',
    '/n',
    'message',
    'ff',
  ],
  copybook,
];

/** A value that the schema allows in most cases; where it does not, the options are not tried. */
function valueOf(schema: JsonSchema, name: string, pick: Pick): unknown {
  const of = <One>(list: readonly One[]): One | undefined => list[pick(list.length)];
  if (name === 'copybook') return copybook;
  if (schema['const'] !== undefined) return schema['const'];
  if (Array.isArray(schema['enum'])) return of(schema['enum'] as unknown[]);
  if (Array.isArray(schema['anyOf'])) return valueOf(of(schema['anyOf'] as JsonSchema[]) ?? {}, name, pick);
  const { minimum = 0, maximum = 9 } = schema as { readonly minimum?: number; readonly maximum?: number };
  const count = (schema['minItems'] as number | undefined) ?? pick(3);
  switch (schema['type']) {
    case 'integer':
      return of(
        [minimum, minimum + 1, 0, 1, 2, 3, 4, 5, 7, 12, 1024, maximum].filter(
          (n) => n >= minimum && n <= maximum,
        ),
      );
    case 'boolean':
      return pick(2) === 0;
    case 'array':
      return Array.from({ length: count }, () => valueOf(schema['items'] as JsonSchema, '', pick));
    case 'object':
      return objectOf(schema, pick);
    default: {
      const pattern = new RegExp((schema['pattern'] as string | undefined) ?? '', 'u');
      return of(words.filter((word) => pattern.test(word)));
    }
  }
}

function objectOf(schema: JsonSchema, pick: Pick): object {
  const required = (schema['required'] ?? []) as readonly string[];
  const entries: [string, unknown][] = [];
  for (const [name, inner] of Object.entries((schema['properties'] ?? {}) as Record<string, JsonSchema>))
    if (required.includes(name) || pick(4) === 0) entries.push([name, valueOf(inner, name, pick)]);
  const others = schema['additionalProperties'];
  if (typeof others === 'object' && others !== null)
    for (let n = pick(3); n > 0; n -= 1)
      entries.push([words[pick(words.length)] ?? '', valueOf(others as JsonSchema, '', pick)]);
  return Object.fromEntries(entries);
}

test('an option that the others would make ineffective is rejected', () => {
  const columns = [{ name: 'a', start: 0, length: 2 }];
  const cases: readonly (readonly [string, object])[] = [
    ['fixed', { columns, lineEnds: false, recordLength: 2, recordLines: 2 }],
    ['fixed', { columns, lineEnds: false, recordLength: 2, skipLines: 1 }],
    ['json', { layout: 'lines', rows: '/a' }],
    ['json', { layout: 'lines', count: '/n' }],
    ['csv', { separator: "'", quote: "'" }],
  ];
  for (const [format, options] of cases)
    assert.throws(
      () => checkedOptions(formatNamed(format), options),
      { code: 'adapter_options_invalid' },
      `${format} ${JSON.stringify(options)}`,
    );
  checkedOptions(formatNamed('fixed'), { columns, lineEnds: false, recordLength: 2 });
  checkedOptions(formatNamed('json'), { layout: 'lines' });
  for (const quote of ['"', '']) checkedOptions(formatNamed('csv'), { separator: "'", quote });
});

/** Paths of the options that are refused where a person gives them now. */
function unusedIn(format: string, options: object): readonly string[] {
  try {
    refuseUnusedOptions(formatNamed(format), options);
    return [];
  } catch (error) {
    assert.ok(error instanceof Problem && error.code === 'adapter_options_invalid');
    return (error.extras.findings as { readonly code: string; readonly path: string }[]).map(
      ({ code, path }) => {
        assert.equal(code, 'option_unused');
        return path;
      },
    );
  }
}

test('an option that changes nothing next to the others is found, and its default written out is none', () => {
  const header = { recordHeader: { bytes: 4, lengthBytes: 4 } };
  const words = { rdw: { adjustment: 1 }, bdw: { bigEndian: false } };
  const column = { name: 'a', start: 0, length: 2 };
  const columns = [column];
  const redefineRules = { B: { field: 'KIND', is: 'B' } };
  const segments = { segmentField: 'KIND', segmentRedefines: { A: 'A', B: 'B' } };
  const cases: readonly (readonly [format: string, options: object, paths: readonly string[]])[] = [
    ['copybook', { copybook, ...words }, ['/rdw', '/bdw']],
    ['copybook', { copybook, recordFormat: 'D', ...words }, ['/rdw', '/bdw']],
    ['copybook', { copybook, recordFormat: 'V', ...words }, ['/bdw']],
    ['copybook', { copybook, recordFormat: 'VB', ...words }, []],
    ['copybook', { copybook, recordFormat: 'VB', ...words, ...header }, ['/recordFormat', '/rdw', '/bdw']],
    ['copybook', { copybook, rdw: {}, bdw: { bigEndian: true }, recordFormat: 'F', ...header }, []],
    ['copybook', { copybook, recordFormat: 'D', ...header }, []],
    ['copybook', { copybook, encoding: 'ascii', codePage: 'cp037' }, ['/codePage']],
    ['copybook', { copybook, encoding: 'ascii', codePage: 'common' }, []],
    ['copybook', { copybook, codePage: 'CP037' }, []],
    ['copybook', { copybook, segmentField: 'KIND', segmentRedefines: {} }, ['/segmentField']],
    ['copybook', { copybook, segmentField: 'KIND', segmentRedefines: { A: '' } }, ['/segmentField']],
    ['copybook', { copybook, segmentField: 'KIND', segmentRedefines: { A: '' }, redefineRules }, []],
    ['copybook', { copybook, lengthByView: true, redefineRules: {} }, ['/lengthByView']],
    ['copybook', { copybook, lengthByView: true, redefineRules }, []],
    ['copybook', { copybook, ...segments, segmentChildren: { a: ['b'] } }, []],
    ['copybook', { copybook, ...segments, segmentChildren: { A: ['B', 'E'] } }, ['/segmentChildren/A/1']],
    ['copybook', { copybook, ...segments, segmentChildren: { R: ['B'] } }, ['/segmentChildren/R']],
    ['fixed', { columns, lineEnds: false, recordLength: 2, short: 'fill' }, ['/short']],
    ['fixed', { columns, lineEnds: false, recordLength: 2, maxRecordBytes: 2048 }, ['/maxRecordBytes']],
    ['fixed', { columns, lineEnds: false, recordLength: 2, short: 'bad' }, []],
    ['fixed', { columns, short: 'fill', maxRecordBytes: 2048, recordLength: 1 }, []],
    ['fixed', { columns: [column, { ...column, start: 2 }], recordLength: 2 }, ['/columns/1/start']],
    ['fixed', { columns: [{ ...column, nulls: ['-9', ' 9', '', '-99'] }] }, [1, 2, 3].map(nullAt)],
    ['xlsx', { hidden: true }, ['/hidden']],
    ['xlsx', { hidden: true, sheet: 1 }, ['/hidden']],
    ['xlsx', { hidden: true, sheet: 'a' }, []],
    ['xlsx', { hidden: false }, []],
    ['xml', { carry: { a: '/d/n', b: '/*/r' } }, ['/carry/a', '/carry/b']],
    ['xml', { carry: { a: '/*/@n', b: '//d/@n', c: '//d', d: '//d/r/@a' } }, ['/carry/c', '/carry/d']],
    ['xml', { rows: '/d/r', carry: { a: '/d/h', b: '/d/r/@a', c: '/d/*', d: '//r/b', e: '/d' } }, []],
    [
      'xml',
      { rows: '/d/r', carry: { a: '/d/r/b', b: '/d/r', c: '/d/r/b/@n' } },
      ['a', 'b', 'c'].map(carried),
    ],
    ['xml', { rows: '/d/*', carry: { a: '/d/h', b: '/d/@n' } }, ['/carry/a']],
    [
      'xml',
      { rows: '//r', carry: { a: '/d/r/b', b: '//h', c: '//r/@a', d: '//r' } },
      ['/carry/a', '/carry/d'],
    ],
    ['xml', { rows: '//d/r', carry: { a: '/x/d/r/b', b: '//r/b', c: '/x/d/h' } }, ['/carry/a']],
  ];
  for (const [format, options, paths] of cases)
    assert.deepEqual(unusedIn(format, options), paths, `${format} ${JSON.stringify(options)}`);
});

const nullAt = (index: number): string => `/columns/0/nulls/${index}`;
const carried = (name: string): string => `/carry/${name}`;

/** Options without one that is at the top, or a value of `carry`. */
function without(options: object, path: string): object | undefined {
  const [, name = '', member, ...rest] = path.split('/');
  const { [name]: value, ...others } = options as Readonly<Record<string, unknown>>;
  if (member === undefined) return name === 'segmentField' ? undefined : others;
  if (name !== 'carry' || rest.length > 0) return undefined;
  const { [member]: _, ...carry } = value as Readonly<Record<string, unknown>>;
  return { ...others, carry };
}

/** What a file is read as; the code of a refusal. */
const outcome = (format: string, content: string | Buffer, options: object): Promise<ReadAll | string> =>
  readAll(format, bytesOf(content, 999), options).catch((error: unknown) => {
    if (error instanceof Problem) return error.code;
    throw error;
  });

test('without an option that is found unused, files are read alike', async () => {
  let compared = 0;
  for (const [format, contents] of Object.entries(files)) {
    const named = formatNamed(format);
    const most = format === 'xlsx' ? 5 : 60;
    let tried = 0;
    for (let seed = 1; seed <= 5_000 && tried < most; seed += 1) {
      const options = objectOf(named.optionsSchema, random(seed));
      let paths: readonly string[];
      try {
        paths = unusedOptions(named, checkedOptions(named, options)).map(({ path }) => path);
      } catch {
        continue;
      }
      for (const path of paths) {
        const others = without(options, path);
        if (others === undefined) continue;
        tried += 1;
        for (const content of contents) {
          const given: ReadAll | string = await outcome(format, content, options);
          const left: ReadAll | string = await outcome(format, content, others);
          assert.deepEqual(given, left, `${format} ${path} ${JSON.stringify(options)}`);
          compared += 1;
        }
      }
    }
  }
  assert.ok(compared > 200, `${compared} files`);
});

for (const [format, contents] of Object.entries(files))
  test(format, async () => {
    const { optionsSchema } = formatNamed(format);
    let tried = 0;
    let read = 0;
    const most = format === 'xlsx' ? 30 : 300;
    for (let seed = 1; seed <= 20_000 && tried < most; seed += 1) {
      const options = objectOf(optionsSchema, random(seed));
      try {
        checkedOptions(formatNamed(format), options);
      } catch {
        continue;
      }
      tried += 1;
      for (const content of contents)
        try {
          await readAll(format, bytesOf(content, 7 + (seed % 5000)), options);
          read += 1;
        } catch (error) {
          if (error instanceof Problem) continue;
          throw new Error(`options ${seed}: ${JSON.stringify(options)}`, { cause: error });
        }
    }
    assert.ok(tried === most && read > most / 10, `${tried} options, ${read} files read`);
  });
