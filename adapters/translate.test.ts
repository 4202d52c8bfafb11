import { surroundingsWith } from '../machine/surroundings.ts';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { householdFile } from '../clients/cli/demo/files/householdFile.ts';
import { compileSchema } from '../schemas/compile.ts';
import { sharedSchema } from '../machine/shippedSchemas.ts';
import { Problem } from '../terms/problem.ts';
import { sharedData } from '../tests/sharedData.ts';
import { bytesOf, fileBytes } from './fixtures/bytes.ts';
import { demoRegions } from './fixtures/demoRegions.ts';
import { householdMapping } from './fixtures/householdMapping.ts';
import { addTotals, noTotals, overLimit, type Totals } from './limits.ts';
import { compileMapping } from './mapping/compile.ts';
import type { MappingDocument } from './mapping/document.ts';
import type { BadRecord, Bytes } from './reading/reader.ts';
import { KeyGuard, KeyHash } from './keyGuard.ts';
import { translate, type TranslatedBatch } from './translate.ts';

const surroundings = surroundingsWith([demoRegions]);

interface Translated {
  readonly totals: Totals;
  readonly rows: readonly Record<string, unknown>[];
  readonly bad: readonly BadRecord[];
}

async function translated(bytes: Bytes, document: MappingDocument, target: string): Promise<Translated> {
  const schema = sharedSchema(target);
  const batches: TranslatedBatch[] = [];
  for await (const batch of translate(
    bytes,
    compileMapping(document, schema, surroundings.codeLists),
    compileSchema(schema, surroundings),
  ))
    batches.push(batch);
  for (const { records, rows, bad, skipped, lines } of batches) {
    assert.equal(records, rows.length + bad.length + skipped);
    assert.equal(lines.length, rows.length);
  }
  return {
    totals: batches.reduce(addTotals, noTotals),
    rows: batches.flatMap((batch) => batch.rows),
    bad: batches.flatMap((batch) => batch.bad),
  };
}

describe('a household register in GB18030 with Chinese headers', () => {
  test('good rows come through exactly; twelve bad rows of six kinds name line, column, header and rule', async () => {
    const file = householdFile(2000, 7);
    const { totals, rows, bad } = await translated(
      bytesOf(file.bytes, 10_007),
      householdMapping,
      'household@1',
    );
    assert.deepEqual(totals, { records: 2000, rows: 1988, bad: 12, skipped: 0, doubted: 0, fileDoubts: 0 });
    assert.equal(overLimit(totals, { maxBadRatio: 0.01 }), undefined);
    assert.deepEqual(overLimit(totals, { maxBadRatio: 0.005 }), { limit: 'maxBadRatio', allowed: 0.005 });
    assert.deepEqual(overLimit(totals, {}), { limit: 'maxBad', allowed: 0 });
    assert.deepEqual(
      rows.map(({ person_id, name, income }) => [person_id, name, income]),
      file.good.map(({ id, name, income }) => [id, name, income]),
    );
    const kinds = bad.flatMap(({ problems }) => problems.map(({ header, rule }) => `${header} ${rule}`));
    assert.deepEqual(
      new Set(kinds),
      new Set([
        '公民身份号码 cn-resident-id.checksum',
        '出生日期 date.unreal',
        '性别 code.unknown',
        '年收入（元） number.shape',
        ' csv.ragged',
        '公民身份号码 key.repeated',
      ]),
    );
    for (const { line, problems } of bad) {
      for (const problem of problems) {
        assert.equal(problem.line, line);
        assert.doesNotMatch(JSON.stringify(problem), /\d{15}/, 'a problem never shows an identity number');
      }
    }
  });

  test('a renamed column refuses the file and says which', async () => {
    const bytes = bytesOf('身份证,姓名\n1,2\n');
    await assert.rejects(
      translated(bytes, { ...householdMapping, source: { format: 'csv' } }, 'household@1'),
      (error) =>
        error instanceof Problem &&
        error.code === 'mapping_column_missing' &&
        error.message.includes('公民身份号码') &&
        error.next.en.includes('身份证, 姓名'),
    );
  });

  test('a line that is no header is not printed: it may be a person', async () => {
    const person = ['110101199003070011', '演示甲', '13800001111'];
    const blank = ['', '演示甲', '', '男'];
    for (const cells of [person, blank, ['１３８００００１１１１', '演示乙']]) {
      const bytes = bytesOf(`${['标题', ...cells.slice(1)].join(',')}\n${cells.join(',')}\n`);
      const source = { format: 'csv', options: { headerRows: [2] } };
      await assert.rejects(translated(bytes, { ...householdMapping, source }, 'household@1'), (error) => {
        assert.ok(error instanceof Problem && error.code === 'mapping_column_missing');
        const text = JSON.stringify([error.message, error.next, error.facts]);
        for (const cell of cells) if (cell.length > 1) assert.ok(!text.includes(cell), text);
        assert.match(error.next.en, new RegExp(`${cells.length} columns`));
        return true;
      });
    }
  });
});

test('Beijing air: date in four columns, NA, a dot in a header', async () => {
  const reading = (from: string): MappingDocument['fields'][string] => ({ from, nullIf: ['NA'] });
  const mapping: MappingDocument = {
    mapping: 'ecology/air-quality-hourly@1',
    target: 'air-quality-hourly@1',
    source: { format: 'csv' },
    fields: {
      station: { from: 'station' },
      time: { join: ['year', 'month', 'day', 'hour'], sep: ' ', datetime: 'yyyy M d H', zone: '+08:00' },
      pm25: reading('PM2.5'),
      pm10: reading('PM10'),
      so2: reading('SO2'),
      no2: reading('NO2'),
      co: reading('CO'),
      o3: reading('O3'),
      temp: reading('TEMP'),
      pres: reading('PRES'),
      dewp: reading('DEWP'),
      rain: reading('RAIN'),
      wind_direction: reading('wd'),
      wind_speed: reading('WSPM'),
    },
  };
  const bytes = fileBytes(sharedData('beijing-air/PRSA_Data_Dongsi_20130301-20170228.csv'));
  const { totals, rows, bad } = await translated(bytes, mapping, 'air-quality-hourly@1');
  assert.deepEqual(
    bad.map(({ problems }) => problems),
    [],
  );
  assert.equal(totals.rows, 35_064);
  assert.equal(rows.filter((row) => Object.values(row).includes(null)).length, 4_726);
  assert.deepEqual(rows[0], {
    station: 'Dongsi',
    time: '2013-03-01T00:00:00+08:00',
    pm25: 9,
    pm10: 9,
    so2: 3,
    no2: 17,
    co: 300,
    o3: 89,
    temp: -0.5,
    pres: 1024.5,
    dewp: -21.4,
    rain: 0,
    wind_direction: 'NNW',
    wind_speed: 5.7,
  });
});

test('keys that have one place in the table under one salt have many under another', () => {
  const placeOf = (salt: number, key: string): number => {
    const hash = new KeyHash([0], salt);
    hash.take([key]);
    return hash.low & 1023;
  };
  const all = Array.from({ length: 40_000 }, (_, i) => `key ${i}`);
  const alike = all.filter((key) => placeOf(0, key) === 7);
  assert.ok(alike.length > 20, `${alike.length}`);
  for (const salt of [1, 2 ** 31, 2 ** 32 - 1]) {
    const places = new Set(alike.map((key) => placeOf(salt, key)));
    assert.ok(places.size > alike.length / 2, `${places.size} places of ${alike.length} keys`);
    const hash = new KeyHash([0], salt);
    const guard = new KeyGuard();
    const seen = [...alike, ...alike].map((key, line) => {
      hash.take([key]);
      return guard.seen(hash.high, hash.low, line + 1);
    });
    assert.deepEqual(
      seen.slice(0, alike.length),
      alike.map(() => undefined),
    );
    assert.deepEqual(
      seen.slice(alike.length),
      alike.map((_, line) => line + 1),
    );
  }
});
