import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../terms/problem.ts';
import { fuzzCases, type FuzzCase } from '../tests/fuzzCases.ts';
import { bytesOf } from './fixtures/bytes.ts';
import { mutated } from './fixtures/mutated.ts';
import { readAll, type ReadAll } from './fixtures/readAll.ts';
import { zipFile } from './xlsx/fixtures/workbookFile.ts';

async function attempt(bytes: Buffer, one: FuzzCase, seed: number): Promise<ReadAll | Problem> {
  try {
    return await readAll(one.format, bytesOf(bytes, 1 + (seed % 4000)), one.options ?? {}, one.companions);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw new Error(`${one.name}, mutation ${seed}: not refused but crashed`, { cause: error });
  }
}

test('thousands of mutated real files: no crash, no hang, no silent loss', async () => {
  const all = fuzzCases();
  const mutations = all.reduce((sum, one) => sum + one.mutations, 0);
  assert.ok(mutations >= 5_000, `only ${mutations} mutations`);
  for (const one of all) {
    let read = 0;
    for (let seed = 1; seed <= one.mutations; seed += 1) {
      const bytes = mutated(one.bytes, seed);
      const result = await attempt(bytes, one, seed);
      if (result instanceof Problem) continue;
      read += 1;
      const place = `${one.name}, mutation ${seed}`;
      assert.equal(result.total, result.records.length + result.bad.length + result.skipped, place);
      for (const { problems } of result.bad)
        assert.ok(problems.length > 0, `${place}: a bad record without a reason`);
      const counted = one.count?.(bytes);
      if (counted !== undefined) assert.equal(result.total, counted, `${place}: records in ≠ records out`);
    }
    // XML must be well-formed, and the checksums of a workbook right
    assert.ok(read > 0 || ['xml', 'xlsx'].includes(one.format), `${one.name}: every mutation was refused`);
  }
});

test('a workbook whose parts are damaged inside a sound archive', async () => {
  const sheet =
    '<worksheet><sheetData><row r="1"><c t="inlineStr"><is><t>a</t></is></c></row><row r="2"><c><v>1</v></c></row></sheetData></worksheet>';
  const workbook =
    '<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>';
  const relationships =
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>';
  const attempted = (seed: number, book: string | Buffer, cells: string | Buffer) =>
    attempt(
      zipFile([
        { name: '[Content_Types].xml', content: '<Types/>' },
        { name: 'xl/workbook.xml', content: book },
        { name: 'xl/_rels/workbook.xml.rels', content: relationships },
        { name: 'xl/worksheets/sheet1.xml', content: cells },
      ]),
      { name: 'parts', format: 'xlsx', bytes: Buffer.alloc(0), mutations: 0 },
      seed,
    );
  const sound = await attempted(0, workbook, sheet);
  assert.ok(!(sound instanceof Problem) && sound.total === 1);
  const reported = new Set<string>();
  for (let seed = 1; seed <= 200; seed += 1) {
    const book = seed % 2 === 0 ? mutated(Buffer.from(workbook), seed) : workbook;
    const result = await attempted(seed, book, mutated(Buffer.from(sheet), seed));
    if (result instanceof Problem) reported.add(result.message);
  }
  assert.ok(reported.size > 5, [...reported].join('\n'));
});
