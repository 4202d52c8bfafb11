/** Damaged files of every format through the whole way in of a real hub: each ends as one batch, in a sentence, whole or not at all. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, test } from 'node:test';
import { fuzzCases, type FuzzCase } from '../fuzzCases.ts';
import { mutated } from '../../adapters/fixtures/mutated.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import { testDatabase } from '../database.ts';
import { sampleCity, testHub } from '../hub.ts';
import { open, post, put } from '../flows/intakeCalls.ts';

const database = await testDatabase();
// however slow the machine, a commit answers when its batch has ended
const hub = await testHub({ database, intake: { answerWithin: 600_000 } });
after(() => hub.stop());
const city = await sampleCity(hub);
const { client } = city.publicSecurity;
const steward = await hub.token('han', ['steward'], 'pub-security');

/** Files of each format that are sent. */
const files = 12;
const tables: readonly string[] = ['csv', 'fixed', 'dbf', 'xlsx'];
const urn = 'urn:datong:fuzzed:1.0';

async function registered(path: string, body: object): Promise<void> {
  const { status, json } = await hub.staff(
    path.endsWith('mappings') ? steward : city.operator,
    'POST',
    path,
    body,
  );
  assert.equal(status, 201, JSON.stringify(json));
}

/** A dataset of texts, so that what is read is what is judged. */
async function datasetFor({ format, options = {} }: FuzzCase, name: string): Promise<string> {
  const id = `pub-security.${name}`;
  const title = { zh: name, en: name };
  await registered('/v1/datasets', { id, title, schema: urn, mode: 'snapshot', sharing: { type: 'none' } });
  await registered(`/v1/datasets/${id}/mappings`, {
    document: {
      mapping: `pub-security/${name}@1`,
      target: 'fuzzed@1',
      source: { format, options },
      // of a nested format every record has the same key: one becomes a row, and the rest is reported as repeated
      fields: { text: tables.includes(format) ? { from: 1 } : { const: 'a' } },
      limits: { maxBadRatio: tables.includes(format) ? 0.5 : 1 },
    },
  });
  return id;
}

interface Stored {
  readonly state: string;
  readonly records: string;
  readonly good: string;
  readonly bad: string;
  readonly skipped: string;
}

/** @returns the code of its refusal, or its state */
async function sent(id: string, bytes: Buffer, place: string): Promise<string> {
  const batch = await open(client, id);
  const half = Math.floor(bytes.length / 2);
  await put(client, batch, 0, bytes.subarray(0, half));
  await put(client, batch, half, bytes.subarray(half));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const commit = { sha256, bytes: bytes.length, mapping: id.slice(id.indexOf('.') + 1) };
  const outcome = await post(client, `/v1/batches/${batch}/commit`, commit).catch((error: unknown) => {
    assert.ok(error instanceof DatongProblem, `${place}: ${String(error)}`);
    return error;
  });
  const { rows } = await database.app.query<Stored>(
    'SELECT state, records, rows_ok AS good, rows_bad AS bad, skipped FROM batch WHERE id = $1',
    [batch],
  );
  const [stored] = rows;
  assert.ok(stored, place);
  const { state, records, good, bad, skipped } = stored;
  if (outcome instanceof DatongProblem) {
    assert.ok(outcome.status >= 400 && outcome.status < 500, `${place}: ${outcome.status} ${outcome.code}`);
    assert.doesNotMatch(outcome.message, /\bat .*:\d+:\d+|Error:|undefined|\[object/, place);
    assert.ok(['held', 'rejected', 'failed'].includes(state), `${place}: ${outcome.code} left it ${state}`);
  } else assert.equal(state, 'published', place);
  // nothing half: a batch that may still be seen holds what it says, any other has no rows
  const table = `rows.b_${batch.replaceAll('-', '')}`;
  const { rows: there } = await database.owner.query<{ is: boolean }>(
    'SELECT to_regclass($1) IS NOT NULL AS is',
    [table],
  );
  if (state === 'published' || state === 'held') {
    assert.equal(Number(records), Number(good) + Number(bad) + Number(skipped), place);
    const { rows: counted } = await database.owner.query<{ n: string }>(`SELECT count(*) AS n FROM ${table}`);
    assert.equal(counted[0]?.n, good, place);
  } else assert.equal(there[0]?.is, false, `${place}: ${state} and its rows are still there`);
  return outcome instanceof DatongProblem ? outcome.code : state;
}

test('damaged files end in a sentence and as one batch, whole or not at all', async () => {
  await registered('/v1/schemas', {
    document: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: urn,
      type: 'object',
      'x-title': { zh: '文本', en: 'Text' },
      'x-class': 'general',
      'x-primary-key': ['/text'],
      required: ['text'],
      additionalProperties: false,
      properties: {
        text: {
          type: 'string',
          maxLength: 4000,
          'x-title': { zh: '文本', en: 'Text' },
          'x-class': 'general',
          'x-sensitivity': 'L1',
        },
      },
    },
  });
  const ends = new Map<string, number>();
  let nth = 0;
  for (const one of fuzzCases()) {
    if (one.companions !== undefined) continue; // other files of the folder do not travel
    nth += 1;
    const id = await datasetFor(one, `fuzz-${nth}`);
    for (let seed = 1; seed <= files; seed += 1) {
      const end = await sent(id, mutated(one.bytes, seed), `${one.name}, mutation ${seed}`);
      ends.set(end, (ends.get(end) ?? 0) + 1);
    }
  }
  const reported = JSON.stringify([...ends]);
  assert.ok((ends.get('published') ?? 0) >= 20, `some can be read all the same: ${reported}`);
  assert.ok(ends.size >= 6, `and others are told why not: ${reported}`);
  assert.deepEqual(
    hub.logged.filter((line) => /internal_error|TypeError|RangeError/.test(line)),
    [],
  );
});
