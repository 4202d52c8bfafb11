import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Problem } from '../../../terms/problem.ts';
import { inRoot, many, options, read } from '../fixtures/manyRecords.ts';
import { saxesRecords } from '../fixtures/saxesRecords.ts';
import type { XmlOptions } from '../options.ts';

describe('faults among records of a known shape', () => {
  const row = '<row id="1"><a>1</a><b>x</b></row>';
  const faults: readonly (readonly [text: string, about: string])[] = [
    ['<row id="1"><a>]]></a><b>x</b></row>', 'the end of a CDATA section in text'],
    ['<row id="1"><a>&x;</a><b>x</b></row>', 'an undefined entity'],
    ['<row id="1"><a>&#0;</a><b>x</b></row>', 'a reference to no character'],
    ['<row id="1"><a>&#xd800;</a><b>x</b></row>', 'a reference to a surrogate'],
    ['<row id="1"><a>\u0001</a><b>x</b></row>', 'a control character'],
    ['<row id="1"><a>\uffff</a><b>x</b></row>', 'no character'],
    ['<row id="<"><a>1</a><b>x</b></row>', 'a bracket in an attribute'],
    ['<row id="1" id="1"><a>1</a><b>x</b></row>', 'an attribute twice'],
    ['<row id="1"><a>1</b><b>x</a></row>', 'tags crossed'],
    ['<row id="1"><a>1</a><b>x</b>', 'a tag not closed'],
    ['<row id="1"><a>1</a><b>x</b></row></row>', 'a tag closed twice'],
    ['<row id="1"><a>1</a><b>x</b></row', 'a tag cut off'],
    ['<row id=1><a>1</a><b>x</b></row>', 'a value without quotes'],
  ];

  test('are reported at the place that the independent parser reports', async () => {
    const { recognised } = await read(inRoot(many(100, () => row)));
    assert.ok(recognised >= 90, 'the rows before the fault are read by shape');
    for (const [fault, about] of faults) {
      const text = inRoot([...many(50, () => row), fault, ...many(50, () => row)]);
      const { refused } = saxesRecords(text, options);
      assert.ok(refused !== undefined, about);
      await assert.rejects(read(text), (error: unknown) => {
        assert.ok(error instanceof Problem && error.code === 'xml_malformed', about);
        assert.deepEqual(
          { line: error.facts['line'], column: error.facts['column'] },
          { line: refused.line, column: refused.column },
          about,
        );
        return true;
      });
    }
    const twice = many(60, (i) => ['<row p:k="1"/>', '<row q:k="2"/>'][i % 2] ?? '');
    for (const both of ['p:k="1" q:k="2"', 'q:k="2" p:k="1"']) {
      const bound = `<r xmlns:p="urn:x" xmlns:q="urn:x">${twice.join('')}<row ${both}/></r>`;
      await assert.rejects(read(bound, { namespaces: { x: 'urn:x' } }), /duplicate attribute/);
    }
  });

  test('limits also apply to records of a known shape', async () => {
    const limited = async (wide: string, more: Partial<XmlOptions>, what: RegExp): Promise<void> => {
      const text = inRoot([...many(50, () => row), wide, row]);
      await assert.rejects(
        read(text, more),
        (error: unknown) =>
          error instanceof Problem && error.code === 'file_line_over_limit' && what.test(error.message),
      );
    };
    const long = 'x'.repeat(2_000);
    await limited(row.replace('>x<', `>${long}<`), { maxTextChars: 1_024 }, /maxTextChars/);
    await limited(row.replace('>x<', `>${long}<`), { maxRecordChars: 1_024 }, /maxRecordChars/);
    // at each position at which a chunk may cut the white space
    for (let before = 0; before < 10; before += 1) {
      const comments = `<!--${'x'.repeat(1_000)}-->`.repeat(before);
      const text = inRoot([...many(50, () => row), comments, row, ' '.repeat(1_100), row]);
      await assert.rejects(read(text, { maxTextChars: 1_024 }), /maxTextChars/);
    }
    const one = '<row a="1"><a/></row>';
    const either = [one, one, one, '<row b="1"><a/></row>', one, '<row a="1" b="1"><a/></row>'];
    await assert.rejects(read(inRoot(either), { maxAttributes: 1 }), /maxAttributes/);
  });
});
