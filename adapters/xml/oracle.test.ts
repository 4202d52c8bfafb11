import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { Problem } from '../../terms/problem.ts';
import { sharedData } from '../../tests/sharedData.ts';
import { bytesOf } from '../fixtures/bytes.ts';
import { mutated, random } from '../fixtures/mutated.ts';
import type { CellGroup } from '../reading/reader.ts';
import { damagedMarkup, generatedDocument } from './fixtures/generatedDocument.ts';
import { options } from './fixtures/manyRecords.ts';
import { saxesRecords, type Judged } from './fixtures/saxesRecords.ts';
import type { XmlOptions } from './options.ts';
import { readXml } from './xml.ts';

const defaults: XmlOptions = { ...options, rows: '/*' };

/** Records that were recognised by the shape of earlier ones, and all. */
const counted = { recognised: 0, all: 0 };

async function judgedByReader(text: string, options: object, chunk: number): Promise<Judged | Problem> {
  const records: CellGroup[] = [];
  const lines: number[] = [];
  try {
    for await (const batch of readXml(bytesOf(text, chunk), { ...defaults, ...options })) {
      counted.recognised += batch.records.recognised;
      counted.all += batch.records.length;
      records.push(...batch.records);
      lines.push(...batch.lines);
    }
    return { records, lines, refused: undefined };
  } catch (error) {
    // that there is no record is decided after the last one of the document was read
    if (error instanceof Problem && error.code === 'xml_rows_missing')
      return { records, lines, refused: undefined };
    if (error instanceof Problem) return error;
    throw error;
  }
}

function judgedByOracle(text: string, options: object): Judged | Problem {
  try {
    return saxesRecords(text.replace(/^\ufeff/, ''), { ...defaults, ...options });
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

/** How often the two name the same place of a fault. Ours stops at the sign that is wrong where the other reads on to a later one. */
class Places {
  private same = 0;
  private all = 0;

  note(mine: Problem, refused: NonNullable<Judged['refused']>): void {
    if (mine.code !== 'xml_malformed') return;
    this.all += 1;
    if (mine.facts['line'] === refused.line && mine.facts['column'] === refused.column) this.same += 1;
  }

  check(): void {
    assert.ok(this.same > 0.9 * this.all, `the same place for ${this.same} of ${this.all} faults`);
  }
}

/** Both read the same records on the same lines, or both refuse. @returns whether they read */
async function compare(
  text: string,
  options: object,
  chunk: number,
  place: string,
  places: Places,
): Promise<boolean> {
  const [mine, judged] = [await judgedByReader(text, options, chunk), judgedByOracle(text, options)];
  const about = `${place}, chunks of ${chunk}`;
  if (judged instanceof Problem) {
    assert.ok(mine instanceof Problem && mine.code === judged.code, `${about}: not over the limit`);
    return false;
  }
  if (judged.refused !== undefined) {
    if (!(mine instanceof Problem)) assert.fail(`${about}: read, though ${judged.refused.what}`);
    places.note(mine, judged.refused);
    return false;
  }
  if (mine instanceof Problem) assert.fail(`${about}: refused (${mine.message})`);
  if (!isDeepStrictEqual(mine, judged)) assert.deepEqual(mine, judged, about);
  return true;
}

const realFiles: readonly { readonly name: string; readonly options: object }[] = [
  { name: 'road-weather/HaeKaikkiTiesaaAsematResponse', options: { rows: '/*/*' } },
  {
    name: 'road-weather/HaeTiesaaAsemanLaskennallisetAnturitResponse34',
    options: { rows: '//laskennallinenAnturi' },
  },
  {
    name: 'cap/canada.cap',
    options: { rows: '//info', lists: ['area'], carry: { id: '/alert/identifier' } },
  },
  {
    name: 'datex2/france-events',
    options: { rows: '//d:situationRecord', namespaces: { d: 'http://datex2.eu/schema/2/2_0' } },
  },
  { name: 'datex2/netherlands-truckparking-status', options: { rows: '//parkingRecordStatus' } },
  { name: 'cda/CCD', options: { rows: '//section', mixed: ['text'] } },
];

test('real files, as they are and damaged, are read as an independent parser reads them', async () => {
  const places = new Places();
  for (const { name, options } of realFiles) {
    const bytes = readFileSync(sharedData(`xml/${name}.xml`));
    assert.ok(await compare(bytes.toString(), options, 3_001, name, places));
    const start = bytes.subarray(0, 20_000);
    for (let seed = 1; seed <= 150; seed += 1) {
      const whole = seed % 3 === 0 ? bytes : start;
      const damaged =
        seed % 2 === 0 ? mutated(whole, seed).toString() : damagedMarkup(whole.toString(), seed);
      await compare(damaged, options, 1 + ((seed * 97) % 4_000), `${name}, ${seed}`, places);
    }
  }
  places.check();
});

test('generated documents with irregular records, as they are and damaged', async () => {
  const places = new Places();
  const documents = 1_000;
  counted.recognised = counted.all = 0;
  let read = 0;
  for (let seed = 1; seed <= documents; seed += 1) {
    const pick = random(seed);
    const { text, options } = generatedDocument(pick);
    const chunk = [7, 64, 500, 3_000, 100_000][pick(5)] ?? 1;
    if (await compare(text, options, chunk, `document ${seed}`, places)) read += 1;
    const damaged = damagedMarkup(text, seed);
    await compare(damaged, options, seed % 20 === 0 ? 1 : chunk, `document ${seed}, damaged`, places);
  }
  const share = counted.recognised / counted.all;
  assert.ok(share > 0.2, `only ${share} of the records were recognised by their shape`);
  assert.ok(read > 0.8 * documents, `only ${read} documents were sound`);
  places.check();
});

/** Where the other parser is laxer than the recommendation says, ours is not. */
test('what the independent parser lets pass', async () => {
  const lax: readonly (readonly [why: string, text: string, options?: object])[] = [
    ['a local name begins like a name', '<a:r xmlns:a="urn:a"><a:1b/></a:r>', { namespaces: { a: 'urn:a' } }],
    ['white space follows the name of an instruction', '<r><?a?b?></r>'],
  ];
  for (const [why, text, options = {}] of lax) {
    const judged = judgedByOracle(text, options);
    assert.ok(!(judged instanceof Problem) && judged.refused === undefined, why);
    const mine = await judgedByReader(text, options, 1_000);
    assert.ok(mine instanceof Problem && mine.code === 'xml_malformed', why);
  }
  // a document that says version 1.1 is read by the rules of 1.0, as its fifth edition has it
  const later = await judgedByReader('<?xml version="1.1"?><r>a\u0085b</r>', {}, 1_000);
  assert.deepEqual(later instanceof Problem ? later.code : later.records, [{ r: 'a\u0085b' }]);
  // the URI of a namespace is compared as written
  const spaced = await judgedByReader('<p:r xmlns:p=" urn:x"/>', { namespaces: { x: 'urn:x' } }, 1_000);
  assert.deepEqual(spaced instanceof Problem ? spaced.code : spaced.records, [{ r: '' }]);
});
