import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Problem } from '../../../terms/problem.ts';
import { bytesOf } from '../../fixtures/bytes.ts';
import { inRoot, many, options, read } from '../fixtures/manyRecords.ts';
import { saxesRecords } from '../fixtures/saxesRecords.ts';
import type { XmlOptions } from '../options.ts';
import { readXml } from '../xml.ts';

/** Reads what the independent parser reads, most of it by shape. */
async function recognises(text: string, share: number, more: Partial<XmlOptions> = {}): Promise<void> {
  const { records, lines, recognised } = await read(text, more);
  const judged = saxesRecords(text, { ...options, ...more });
  assert.deepEqual(records, judged.records);
  assert.deepEqual(lines, judged.lines);
  assert.ok(recognised >= share * records.length, `${recognised} of ${records.length}`);
}

describe('records of known shapes', () => {
  test('elements that may be missing, empty, nil, repeated, CDATA, with references', async () => {
    const rows = many(300, (i) =>
      [
        `<row id="${i}"${i % 5 === 0 ? '' : ` k='v&lt;${i}'`}>`,
        i % 3 === 0 ? '<a/>' : `<a> ${i} &amp; &#x5f20;&#65; </a>`,
        i % 7 === 0 ? '' : '<b><![CDATA[<&]]></b>',
        i % 4 === 0 ? '<c xsi:nil="true"/>' : '<c>1</c>',
        `<list>${'<m n="1"><x>1</x></m> '.repeat(1 + (i % 3))}</list>`,
        i % 2 === 0 ? '' : '\n  <d>\n <e>x</e>\n </d>',
        '</row>',
      ].join(''),
    );
    await recognises(inRoot(rows), 0.9);
    await recognises(inRoot(rows), 0.9, { trim: false, lists: ['m', 'a'] });
  });

  test('references of every kind, and rare ideographs, in every record', async () => {
    const written = [
      '𠮟',
      '𬎆&#134047;',
      '&#x20B9F;',
      '&#x0000A;',
      '&#010;',
      '&#50000;',
      '&#55295;&#57344;',
      '&#xE000;',
    ];
    for (const text of [
      ...written,
      '&#65533;',
      '&#65536;',
      '&#1114111;',
      '&#x10FFFF;',
      '&#xFFFD;',
      '&#xD7FF;',
    ]) {
      const rows = many(50, (i) => `<row k="${text}"><a>${i}${text}</a><b><![CDATA[𠮟 &]]></b></row>`);
      await recognises(inRoot(rows), 0.9);
    }
  });

  test('a reference to what is no character is refused in a known shape too', async () => {
    for (const code of [0, 8, 31, 0xd800, 0xdfff, 0xfffe, 0xffff, 0x110000])
      for (const text of [`&#${code};`, `&#x${code.toString(16)};`]) {
        const rows = many(50, (i) => `<row><a>${i < 40 ? i : text}</a></row>`);
        await assert.rejects(read(inRoot(rows)), Problem, text);
      }
  });

  test('two kinds of records in turn, next to each other', async () => {
    const rows = many(200, (i) =>
      i % 2 === 0 ? `<row><a>${i}</a></row>` : `<other><b>${i}</b><a/></other>`,
    );
    await recognises(inRoot(rows), 0.9, { rows: '/r/*' });
  });

  test('children in different orders are different shapes', async () => {
    const rows = many(200, (i) =>
      i % 2 === 0 ? '<row><a>1</a><b>2</b></row>' : '<row><b>2</b><a>1</a></row>',
    );
    await recognises(inRoot(rows), 0.9);
  });

  test('quotes of either kind, and tags over several lines', async () => {
    const quoted = many(200, (i) => (i % 2 === 0 ? '<row k="1"/>' : "<row k='2'/>"));
    await recognises(inRoot(quoted), 0.9);
    const broken = many(100, (i) => `<row k="${i}"${i % 9 === 0 ? '\n\n' : ''}/>`);
    await recognises(inRoot(broken), 0.5);
  });

  test('names that mean something in JavaScript, and names that become one', async () => {
    const rows = many(50, () => '<row><__proto__>1</__proto__><constructor/><x:a>1</x:a><y:a>2</y:a></row>');
    await recognises(inRoot(rows), 0.9);
    const doubled = many(50, () => '<row x:k="1" y:k="2"><a/></row>');
    await recognises(inRoot(doubled), 0);
    const [both] = (await read(inRoot(doubled))).records;
    assert.deepEqual(both, { '@k': '1', '@y:k': '2', a: '' }, 'no value is lost');
    const uris = doubled.map((row) => row.replace('<row', '<row xmlns:x="urn:1" xmlns:y="urn:2"'));
    assert.deepEqual((await read(inRoot(uris), { namespaces: { q: 'urn:q' } })).records[1], both);
  });

  test('the same tags elsewhere: other parents, other meanings of a prefix, other carried values', async () => {
    const group = (i: number, uri: string): string =>
      `<g n="${i}" xmlns:p="${uri}">${'<p:row><p:a>1</p:a></p:row>\n'.repeat(5)}</g>`;
    const text = `<r>${many(9, (i) => group(i, i % 2 === 0 ? 'urn:x' : 'urn:y')).join('')}</r>`;
    await recognises(text, 0.3, { rows: '//row', carry: { n: '/r/g/@n' } });
    await recognises(text, 0, { rows: '/r/g/x:row', namespaces: { x: 'urn:x' } });
    await recognises(text, 0, { rows: '/r/g/*', namespaces: { x: 'urn:x' } });
    const bound = [
      '<row><a/></row>',
      '<row><p:b/></row>',
      '<row xmlns:p="urn:x"><a/></row>',
      '<row xmlns:p="urn:x"><p:b/></row>',
    ];
    const inner = many(60, (i) => bound[i % bound.length] ?? '');
    await recognises(`<r xmlns:p="urn:y">${inner.join('')}</r>`, 0.5, { namespaces: { x: 'urn:x' } });
    const others = many(60, (i) => `<${'gh'.charAt(i % 2)}><row><a>${i}</a></row></${'gh'.charAt(i % 2)}>`);
    await recognises(inRoot(others), 0, { rows: '/r/g/row' });
    const own = `<r>${many(9, (i) => `<row k="${i}"><a>1</a></row>`).join('')}</r>`;
    await recognises(own, 0, { carry: { k: '/r/row/@k' } });
    const around = `<r>${'<row><a>1</a></row> x '.repeat(9)}<t>\n<row><a/></row>\n</t></r>`;
    await recognises(around, 0, { rows: '//row', carry: { t: '/r/t' } });
  });

  test('a record is made as often as it is asked for, in any order', async () => {
    for await (const { records } of readXml(
      bytesOf(inRoot(many(40, (i) => `<row><m>${i}</m><m/></row>`)), 10_000),
      options,
    )) {
      assert.deepEqual(records.at(30), { m: ['30', ''] });
      assert.deepEqual(records.at(10), { m: ['10', ''] });
      assert.deepEqual(records.at(30), { m: ['30', ''] });
      assert.equal(records.at(40), undefined);
    }
  });

  test('a record of very many repeated parts', async () => {
    const row = (parts: number): string => `<row><id/>${'<m><n>x</n></m>'.repeat(parts)}</row>`;
    await recognises(inRoot([row(1), row(2), row(3), row(4), row(40_000), row(2)]), 0.5);
    const optional = many(250, (i) => `<o${i}/>`);
    const wide = (parts: readonly string[]): string =>
      `<row><id/>${parts.map((part) => `<m>${part}</m>`).join('')}</row>`;
    const learnt = [
      wide([optional.join('')]),
      wide([optional.join('')]),
      wide(['<o9/>', '<o1/>', '<o200/>']),
    ];
    const rows = [...learnt, ...learnt, wide(many(5_000, () => '<o3/>'))];
    await recognises(inRoot(rows), 0.1);
  });
});
