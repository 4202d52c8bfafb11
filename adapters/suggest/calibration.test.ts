import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { surroundingsWith } from '../../machine/surroundings.ts';
import { sharedSchema } from '../../machine/shippedSchemas.ts';
import { encodeGb18030 } from '../../terms/gb18030.ts';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { sharedData, sharedFiles } from '../../tests/sharedData.ts';
import { demoRegions } from '../fixtures/demoRegions.ts';
import { schemaOf } from '../fixtures/schemaOf.ts';
import { calibration, type JudgedGuess } from './fixtures/calibration.ts';
import { detectFormat } from './detectFormat.ts';
import { heldOutFiles } from './fixtures/heldOutFiles.ts';
import { labelledFiles, type LabelledFile } from './fixtures/labelledFiles.ts';
import { suggestMapping, type Suggestion } from './suggest.ts';

const { codeLists } = surroundingsWith([demoRegions]);
const makers = { household: householdFile, encodeGb18030, sharedData, sharedFiles };
const anySchema = schemaOf('any@1', { zzz: { type: 'string', maxLength: 9 } });

/** Every guess about a file, judged by its label; a format that is wrong makes its options meaningless. */
async function judged(one: LabelledFile): Promise<JudgedGuess[]> {
  const format = detectFormat(one.bytes);
  const right = format.value === one.format;
  const guesses: JudgedGuess[] = [
    { about: `${one.name}: format ${format.value}`, confidence: format.confidence, right },
  ];
  if (!right || one.format === 'none') return guesses;
  const schema = one.schema === undefined ? anySchema : sharedSchema(one.schema);
  const { options, fields } = await suggestMapping(one.bytes, schema, codeLists);
  for (const [name, value] of Object.entries(one.options ?? {})) {
    const guess = options[name];
    if (guess === undefined) continue;
    const about = `${one.name}: ${name} ${JSON.stringify(guess.value)}`;
    guesses.push({ about, confidence: guess.confidence, right: isDeepStrictEqual(guess.value, value) });
  }
  if (one.fields === undefined) return guesses;
  for (const [name, guess] of Object.entries(fields)) {
    const about = `${one.name}: ${name} ← ${guess.column}`;
    guesses.push({ about, confidence: guess.confidence, right: one.fields[name] === guess.column });
  }
  return guesses;
}

test('the probabilities of guesses are honest over the labelled files', async () => {
  const files = labelledFiles(makers);
  assert.ok(files.length >= 60, `${files.length} files`);
  const guesses = (await Promise.all(files.map(judged))).flat();
  const bins = calibration(guesses);
  const wrong = guesses
    .filter(({ right }) => !right)
    .map(({ about, confidence }) => `${confidence} ${about}`);
  for (const { from, guesses: count, meanConfidence, right } of bins)
    assert.ok(
      count < 5 || right >= meanConfidence - 0.1,
      `over-confident from ${from} % on:\n${wrong.join('\n')}`,
    );
  const sure = guesses.filter(({ confidence }) => confidence >= 0.9);
  assert.ok(sure.filter(({ right }) => right).length >= sure.length * 0.9, wrong.join('\n'));
});

test('the probabilities hold for files on which no rule was tuned', async () => {
  const files = heldOutFiles(makers);
  const guesses = (await Promise.all(files.map(judged))).flat();
  const wrong = guesses
    .filter(({ right }) => !right)
    .map(({ about, confidence }) => `${confidence} ${about}`);
  const sure = guesses.filter(({ confidence }) => confidence >= 0.9);
  const right = sure.filter((one) => one.right).length;
  assert.ok(
    sure.length > 30 && right >= sure.length * 0.9,
    `${right} of ${sure.length}:\n${wrong.join('\n')}`,
  );
});

/** The files that were named when guesses were sure and wrong. */
test('what was guessed wrong: fixed width, a grid, titles and missing headers, SOAP, UTF-8 in a table, foreign codes', async () => {
  const byName = new Map(labelledFiles(makers).map((one) => [one.name, one]));
  const suggested = async (name: string): Promise<Suggestion> => {
    const one = byName.get(name);
    assert.ok(one !== undefined, name);
    return suggestMapping(
      one.bytes,
      one.schema === undefined ? anySchema : sharedSchema(one.schema),
      codeLists,
    );
  };
  const fixed = await suggested('people, fixed width in GBK');
  assert.equal(fixed.format.value, 'fixed');
  assert.deepEqual((await suggested('observations, fixed width')).format.value, 'fixed');
  assert.ok((await suggested('a grid')).format.confidence < 0.2);
  assert.deepEqual((await suggested('book with titles')).options['headerRows']?.value, [3]);
  assert.deepEqual((await suggested('household without a header')).options['headerRows']?.value, []);
  assert.equal((await suggested('SOAP')).options['rows']?.value, '/Envelope/Body/Answer/person');
  const region = (await suggested('household of an unknown city')).fields['region_code'];
  assert.ok((region?.confidence ?? 1) < 0.6);
  assert.match(region?.reason.zh ?? '', /代码表 gbt2260 中：须登记补充代码/);
  const table = Buffer.alloc(74, 0x20);
  table.fill(0, 0, 65);
  table.set([3, 124, 1, 1, 1, 0, 0, 0, 65, 0, 9, 0]);
  table.write('NAME', 32);
  table.write('C', 43);
  table[48] = 8;
  table[64] = 13;
  table.write('张三', 66);
  const { format, options } = await suggestMapping(table, anySchema, codeLists);
  assert.deepEqual([format.value, options['encoding']?.value], ['dbf', 'utf-8']);
});
