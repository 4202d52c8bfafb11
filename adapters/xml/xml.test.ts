import { shippedSurroundings } from '../../machine/surroundings.ts';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileSchema } from '../../schemas/compile.ts';
import { Problem } from '../../terms/problem.ts';
import { sharedData } from '../../tests/sharedData.ts';
import { encodeGb18030 } from '../../terms/gb18030.ts';
import { bytesOf, fileBytes } from '../fixtures/bytes.ts';
import { formatNamed, readRecords } from '../formats.ts';
import { readAll, type ReadAll } from '../fixtures/readAll.ts';
import { schemaOf } from '../fixtures/schemaOf.ts';
import { compileMapping } from '../mapping/compile.ts';
import { translate } from '../translate.ts';

const read = (text: string | Uint8Array, options: object = {}, chunk = 65_536): Promise<ReadAll> =>
  readAll('xml', bytesOf(text, chunk), options);
const refusedAs =
  (code: string, message = /./) =>
  (error: unknown) =>
    error instanceof Problem && error.code === code && message.test(error.message);
type Tree = Record<string, unknown>;

describe('trees', () => {
  test('text, attributes, nesting, repeated elements, CDATA, nil and empty', async () => {
    const text =
      '<r><row id="1"><a> x </a><b k="v">y</b><c/><d>1</d><d>2</d><e><![CDATA[<&]]></e><f xsi:nil="true"/></row></r>';
    for (const chunk of [1, 7, 1000]) {
      const { records } = await read(text, { rows: '/r/row' }, chunk);
      assert.deepEqual(records, [
        { '@id': '1', a: 'x', b: { '@k': 'v', '#text': 'y' }, c: '', d: ['1', '2'], e: '<&', f: null },
      ]);
    }
  });

  test('rows at any depth, lists with one element, values carried from before', async () => {
    const text = '<f xmlns="urn:a"><t>noon</t><g n="7"><i><k>1</k></i><i><k>2</k><k>3</k></i></g></f>';
    const { records, lines } = await read(text, {
      rows: '//i',
      lists: ['k'],
      carry: { time: '/f/t', group: '/f/g/@n' },
    });
    assert.deepEqual(records, [
      { time: 'noon', group: '7', k: ['1'] },
      { time: 'noon', group: '7', k: ['2', '3'] },
    ]);
    assert.deepEqual(lines, [1, 1]);
  });

  test('a record is at the line where its start tag begins, also after records of the same shape', async () => {
    const row = '<i\n  a="1"\n  b="2"\n>\n<k\n>1</k></i>\n';
    for (const chunk of [1, 7, 100_000]) {
      const { lines } = await read(`<f>\r\n${row.repeat(40)}</f>`, { rows: '/f/i' }, chunk);
      assert.deepEqual(
        lines,
        Array.from({ length: 40 }, (_, i) => 2 + i * 6),
      );
      const leaves = await read(`<f>${'<i\n>1</i\n>\n'.repeat(3)}</f>`, { rows: '/f/i' }, chunk);
      assert.deepEqual(leaves.lines, [1, 4, 7]);
    }
    const over = read('<f>\n<i\na="1"\nb="2"\n/></f>', { rows: '/f/i', maxAttributes: 1 });
    await assert.rejects(over, {
      code: 'file_line_over_limit',
      facts: { line: 2, option: 'maxAttributes', limit: 1 },
    });
  });

  test('a prologue that the bytes contradict is doubted, also where only the tail does', async () => {
    const prologue = '<?xml version="1.0" encoding="GBK"?>';
    const row = (name: string): string => `<r><n>${name}</n></r>`;
    const all = Buffer.from(`${prologue}<d>${row('张三李四')}${row('a')}</d>`);
    assert.deepEqual((await read(all, { rows: '/d/r' }, 9)).doubts, [
      '1:0 encoding.contradicted',
      'file 0:0 encoding.contradicted',
    ]);
    const good = encodeGb18030(`${prologue}<d>${row('张三').repeat(5_000)}`);
    const mixed = Buffer.concat([good, Buffer.from(`${row('李四')}</d>`)]);
    for (const chunk of [1_000, 1_000_000])
      assert.deepEqual((await read(mixed, { rows: '/d/r' }, chunk)).doubts, ['1:0 encoding.contradicted']);
    const sound = Buffer.concat([good, encodeGb18030(`${row('濮阳')}</d>`)]);
    assert.deepEqual((await read(sound, { rows: '/d/r' })).doubts, []);
  });

  test('characters that cannot be seen, written or referred to, are doubted at their path', async () => {
    const rows = Array.from({ length: 50 }, (_, i) => `<r><a k="x">v${i}</a><b>ok</b></r>`);
    rows[20] = '<r><a k="&#x200b;">v</a><b>1&#8238;</b></r>';
    rows[40] = '<r><a k="x">v</a><b>\u951f\u65a4\u62f7</b></r>';
    const text = `<d>${rows.join('\n')}</d>`;
    for (const chunk of [100, 100_000]) {
      const found: string[] = [];
      const batches = readRecords(formatNamed('xml'), bytesOf(text, chunk), { rows: '/d/r' });
      for await (const batch of batches)
        found.push(...batch.doubts.map(({ problem }) => `${problem.line} ${problem.header} ${problem.rule}`));
      assert.deepEqual(found, ['21 a/@k text.invisible', '21 b text.invisible', '41 b encoding.mojibake']);
    }
  });

  test('a path that no element matches refuses the document; an empty list is none', async () => {
    const fault =
      '<e:Envelope xmlns:e="urn:e"><e:Body><e:Fault><code>1</code></e:Fault></e:Body></e:Envelope>';
    await assert.rejects(read(fault, { rows: '/data/row' }), refusedAs('xml_rows_missing', /\/data\/row/));
    await assert.rejects(read(fault, { rows: '//row' }), refusedAs('xml_rows_missing'));
    await assert.rejects(read('<d><row/></d>', { rows: '/d/rows' }), refusedAs('xml_rows_missing'));
    await assert.rejects(read('<d/>', { rows: '/e' }), refusedAs('xml_rows_missing'));
    for (const [empty, rows] of [
      ['<d/>', '/d/row'],
      ['<d>\n</d>', '/d/row'],
      ['<d><t>1</t><list></list></d>', '/d/list/row'],
      ['<d><t>1</t><list/></d>', '//list/row'],
      ['<d/>', '//row'],
    ] as const)
      assert.deepEqual((await read(empty, { rows })).records, [], empty);
  });

  test('a number of records that the document declares is compared with those there are', async () => {
    const list = (count: string, rows: number): string =>
      `<d><list count="${count}">${'<r><a>1</a></r>'.repeat(rows)}</list><total>${count}</total></d>`;
    for (const count of ['/d/list/@count', '/d/total', '//total']) {
      const doubts = async (text: string): Promise<readonly string[]> =>
        (await read(text, { rows: '/d/list/r', count }, 9)).doubts;
      assert.deepEqual(await doubts(list('30', 30)), [], count);
      assert.deepEqual(await doubts(list('31', 30)), ['file 0:0 count.differs'], count);
      assert.deepEqual(await doubts(list('many', 3)), ['file 0:0 count.missing'], count);
      assert.deepEqual(await doubts(list('0', 0)), [], count);
    }
    const two = '<d><list count="1"><r/></list><list count="2"><r/><r/></list></d>';
    assert.deepEqual((await read(two, { rows: '/d/list/r', count: '/d/list/@count' })).doubts, []);
    const none = '<d count="0"><message>no data</message></d>';
    assert.deepEqual((await read(none, { rows: '/d/r', count: '/d/@count' })).records, []);
    await assert.rejects(read(none, { rows: '/d/r' }), refusedAs('xml_rows_missing'));
  });

  test('namespaces by URI, whatever the prefixes', async () => {
    const text = '<p:r xmlns:p="urn:x" xmlns:q="urn:y"><p:row><p:a>1</p:a><q:a>2</q:a></p:row></p:r>';
    const { records } = await read(text, { rows: '/r/row', namespaces: { y: 'urn:y' } });
    assert.deepEqual(records, [{ a: '1', 'y:a': '2' }]);
    assert.deepEqual(
      (await read(text, { rows: '/x:r/x:row', namespaces: { x: 'urn:x', y: 'urn:y' } })).records,
      [{ 'x:a': '1', 'y:a': '2' }],
    );
  });

  test('mixed content: all text of an element in its order', async () => {
    const { records } = await read('<r><row><p>one <b>two</b> three</p></row></r>', {
      rows: '//row',
      mixed: ['p'],
    });
    assert.deepEqual(records, [{ p: 'one two three' }]);
  });

  test('a SOAP envelope, and names that mean something in JavaScript', async () => {
    const text =
      '<s:Envelope xmlns:s="urn:s"><s:Body><x><__proto__>1</__proto__><constructor>2</constructor></x></s:Body></s:Envelope>';
    const { records } = await read(text, { rows: '/Envelope/Body/x' });
    assert.deepEqual(Object.keys(records[0] as Tree), ['__proto__', 'constructor']);
    assert.equal(({} as Tree)['1'], undefined);
  });

  test('the declared encoding is obeyed: GB2312, ISO-8859-1', async () => {
    const gb = Buffer.concat([
      Buffer.from('<?xml version="1.0" encoding="GB2312"?><r><n>'),
      Buffer.from([0xd5, 0xc5, 0xc8, 0xfd]),
      Buffer.from('</n></r>'),
    ]);
    for (const chunk of [1, 1000]) assert.deepEqual((await read(gb, {}, chunk)).records, [{ n: '张三' }]);
    const latin = Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><r><n>caf\u00e9</n></r>', 'latin1');
    assert.deepEqual((await read(latin)).records, [{ n: 'café' }]);
  });
});

describe('what is refused', () => {
  const deep = `${'<a>'.repeat(70)}${'</a>'.repeat(70)}`;
  const laughs = '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><r>&b;</r>';
  const outside = '<?xml version="1.0"?>\n<!DOCTYPE r SYSTEM "file:///etc/passwd"><r/>';

  test('DOCTYPE, so no entity bombs and no outside files', async () => {
    await assert.rejects(read(laughs), refusedAs('xml_doctype'));
    await assert.rejects(read(outside), refusedAs('xml_doctype', /line 2/));
    await assert.rejects(read(`<!DOCTYPE r [${'x'.repeat(200_000)}`), refusedAs('xml_doctype'));
    assert.deepEqual((await read('<!-- <!DOCTYPE --><r>ok</r>')).records, [{ r: 'ok' }]);
  });

  test('what is not well-formed, with line and column', async () => {
    await assert.rejects(read('<a>\n<b></a>'), refusedAs('xml_malformed', /line 2/));
    await assert.rejects(read('<a x="1" x="2"/>'), refusedAs('xml_malformed'));
    await assert.rejects(read('<a>&nope;</a>'), refusedAs('xml_malformed', /undefined entity/));
    await assert.rejects(read('<a><b>'), refusedAs('xml_malformed'));
    await assert.rejects(read('id,name\n1,2\n'), refusedAs('xml_malformed'));
    await assert.rejects(read(''), refusedAs('file_empty'));
  });

  test('what is too deep, too wide or too long', async () => {
    await assert.rejects(read(deep), refusedAs('file_line_over_limit', /line 1: .*maxDepth/));
    await assert.rejects(
      read(`<r ${Array.from({ length: 70 }, (_, i) => `a${i}="1"`).join(' ')}/>`),
      refusedAs('file_line_over_limit', /maxAttributes/),
    );
    await assert.rejects(
      read(`<r>${'x'.repeat(400_000)}`, { maxTextChars: 65_536 }),
      refusedAs('file_line_over_limit', /maxTextChars/),
    );
    await assert.rejects(
      read(`<r>${'<a>12345678</a>'.repeat(9_000)}</r>`, { maxRecordChars: 65_536 }),
      refusedAs('file_line_over_limit', /maxRecordChars/),
    );
  });

  test('bytes that the declared encoding does not have, with their line', async () => {
    const broken = Buffer.concat([
      Buffer.from('<r>\n<a>'),
      Buffer.from([0xd5, 0xc5]),
      Buffer.from('</a></r>'),
    ]);
    await assert.rejects(read(broken), refusedAs('file_encoding_wrong', /line 2 \(byte 4\)/));
    const later = Buffer.concat([Buffer.from(`<r>${'<a>x</a>\r\n'.repeat(500)}`), broken.subarray(4)]);
    for (const chunk of [1, 7, 1_000, 65_536])
      await assert.rejects(read(later, {}, chunk), refusedAs('file_encoding_wrong', /line 501 /));
  });
});

describe('real files', () => {
  const file = (name: string, options: object = {}): Promise<ReadAll> =>
    readAll('xml', fileBytes(sharedData(`xml/${name}.xml`), 3_001), options);

  test('CAP alerts: infos, areas, empty elements, two versions, a prefixed namespace, ISO-8859-1', async () => {
    const [canada] = (await file('cap/canada.cap', { lists: ['info', 'area'] })).records as Tree[];
    const infos = canada?.['info'] as Tree[];
    assert.deepEqual(
      infos.map((info) => info['language']),
      ['en-CA', 'fr-CA'],
    );
    assert.equal(infos.flatMap((info) => info['area'] as unknown[]).length, 4);
    assert.equal(canada?.['note'], '');
    assert.equal((canada['code'] as unknown[]).length, 3);
    assert.equal((await file('cap/canada.cap', { rows: '/alert/info' })).records.length, 2);
    assert.equal((await file('cap/australia.cap', { rows: '/alert/info' })).records.length, 2);
    const cap11 = { namespaces: { cap: 'urn:oasis:names:tc:emergency:cap:1.1' }, rows: '/cap:alert' };
    assert.equal((await file('cap/weather.cap', cap11)).records.length, 1);
    await assert.rejects(file('cap/canada.cap', cap11), refusedAs('xml_rows_missing'));
    const [quake] = (await file('cap/earthquake-iso8859-1.cap')).records;
    assert.match(JSON.stringify(quake), /[\u00a1-\u00ff]/);
    assert.doesNotMatch(JSON.stringify(quake), /\ufffd/);
  });

  test('an alert that breaks the rules of CAP is well-formed, and its record is bad with reasons', async () => {
    const schema = schemaOf('cap-alert@1', {
      identifier: { type: 'string', maxLength: 100 },
      sent: { type: 'string', format: 'date-time' },
      references: { type: 'string', minLength: 1, maxLength: 2000 },
    });
    const mapping = compileMapping(
      {
        mapping: 'weather/cap@1',
        target: 'cap-alert@1',
        source: { format: 'xml', options: { rows: '/alert' } },
        fields: {
          identifier: { from: 'identifier' },
          sent: { from: 'sent' },
          references: { from: 'references', keepEmpty: true },
        },
      },
      schema,
      shippedSurroundings.codeLists,
    );
    const reasons: string[] = [];
    let rows = 0;
    for await (const batch of translate(
      fileBytes(sharedData('xml/cap/canada_errors.cap.xml')),
      mapping,
      compileSchema(schema, shippedSurroundings),
    )) {
      rows += batch.rows.length;
      reasons.push(
        ...batch.bad.flatMap(({ problems }) => problems.map(({ field, rule }) => `${field} ${rule}`)),
      );
    }
    assert.equal(rows, 0);
    assert.deepEqual(reasons, ['references minLength']);
  });

  test('DATEX II of two versions: meaning in xsi:type, many prefixes', async () => {
    assert.equal((await file('datex2/france-speeds', { rows: '//siteMeasurements' })).records.length, 2);
    const events = await file('datex2/france-events', { rows: '//situationRecord' });
    assert.equal(events.records.length, 1);
    assert.ok((events.records[0] as Tree)['@type']);
    const parking = await file('datex2/netherlands-truckparking-status', {
      rows: '//parkingRecordStatus',
      carry: { published: '/payload/publicationTime' },
    });
    assert.equal(parking.records.length, 8);
    assert.match(String((parking.records[0] as Tree)['published']), /^2026-07-24T/);
  });

  test('road weather from a SOAP body: prefixed outside, unprefixed inside', async () => {
    const stations = await file('road-weather/HaeKaikkiTiesaaAsematResponse', {
      rows: '/HaeKaikkiTiesaaAsematResponse/tiesaaAsema',
    });
    assert.equal(stations.records.length, 4);
    assert.deepEqual((stations.records[0] as Tree)['tieosoite'], {
      etaisyysTieosanAlusta: '4066',
      tienumero: '1',
      tieosa: '16',
    });
    assert.equal((await file('road-weather/HaeKaikkiLAMAsematResponse', { rows: '/*/*' })).records.length, 4);
    assert.equal(
      (
        await file('road-weather/HaeTiesaaAsemanLaskennallisetAnturitResponse34', {
          rows: '//laskennallinenAnturi',
        })
      ).records.length,
      55,
    );
  });

  test('clinical documents: sections, nullFlavor, mixed tables', async () => {
    for (const [name, sections] of [
      ['CCD', 7],
      ['Discharge_Summary', 21],
    ] as const) {
      const { records } = await file(`cda/${name}`, { rows: '//section', mixed: ['text'] });
      assert.equal(records.length, sections);
      assert.equal(typeof (records[0] as Tree)['text'], 'string');
    }
  });
});
