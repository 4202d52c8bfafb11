/**
 * A hub is killed (SIGKILL) at random moments of an intake and started again, KILLS times, and half as often while a batch is read again by
 * another version of its mapping: each file ends published exactly once, with all of its rows, and nothing stays of what was broken off. ATTACK_SEED sets the moments. Run by itself, without the time limit of the runner.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { readDocuments } from '../../clients/cli/apply/readDocuments.ts';
import { staffClient } from '../../clients/cli/apply/staffCall.ts';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { seededRandom } from '../../clients/cli/demo/files/invented.ts';
import { testDatabase } from '../database.ts';
import { samples, sampleCity, testHub } from '../hub.ts';
import { hubAgain, killedWhile } from './hubAgain.ts';
import { dataset, leftOver, published, send } from './killedIntake.ts';

const kills = Number(process.env['KILLS'] ?? 20);
const seed = Number(process.env['ATTACK_SEED'] ?? 20261121);
const rows = 20_000;

const database = await testDatabase();
const made = await testHub({ database });
const { publicSecurity } = await sampleCity(made);
const { client } = publicSecurity;

/** A second version of its mapping, as two persons let it in. */
const author = await made.token('author', ['steward'], 'pub-security');
const second = await made.token('second', ['steward'], 'pub-security');
const sample = readDocuments(join(samples, 'household/dataset.yaml')).find(({ kind }) => kind === 'Mapping');
const document = { ...(sample?.members['document'] as object), mapping: 'pub-security/household@2' };
const requested = await made.staff(author, 'POST', `/v1/datasets/${dataset}/mappings`, { document });
const proposal = `/v1/proposals/${String(requested.json['proposal'])}`;
const { digest } = (await made.staff(second, 'GET', proposal)).json;
assert.equal((await made.staff(second, 'POST', `${proposal}/acceptance`, { digest })).status, 201);
const { origins } = made.hub;

const serve = await hubAgain(made, database);
after(() => made.stop());

test(`killed ${kills} times in the middle, each file ends published once, whole, and nothing else stays`, async (t) => {
  const { int: below } = seededRandom(seed);
  await killedWhile(
    t,
    serve,
    { times: kills, below },
    (i) => send(client, householdFile(rows, 100 + i)),
    async ({ batch, state }, reported, i) => {
      assert.equal(state, 'published', reported);
      assert.deepEqual(await leftOver(database), published(batch, householdFile(rows, 100 + i)), reported);
    },
  );
  const count = await database.app.query<{ n: string }>('SELECT count(*) AS n FROM batch');
  assert.equal(Number(count.rows[0]?.n), kills + 1, 'no file was opened twice');
});

/** Requests that a batch is read again; a hub that dies meanwhile answers nothing. */
async function readAgain(batch: string, mapping: string): Promise<void> {
  const client = staffClient({ origin: origins.staff, ca: made.ca, token: author });
  const body = { mapping, reason: 'another version' };
  await client.post(`/v1/batches/${batch}/retranslation`, body).catch(() => undefined);
  client.close();
}

/** Polls until the batch has a successor that readers see. @returns it */
async function readAnew(batch: string, mapping: string): Promise<string> {
  for (;;) {
    const { rows: made } = await database.owner.query<{ id: string; state: string }>(
      'SELECT id::text, state FROM batch WHERE retranslates = $1',
      [batch],
    );
    const [first] = made;
    assert.ok(made.length <= 1, 'one is made at a time, and one is enough');
    if (first?.state === 'published') return first.id;
    if (first === undefined) await readAgain(batch, mapping);
    await sleep(50);
  }
}

const times = Math.ceil(kills / 2);

test(`killed ${times} times while a batch is read again, it comes once, whole, and nothing else stays`, async (t) => {
  const { int: below } = seededRandom(seed + 1);
  const file = householdFile(rows, 99);
  let batch = '';
  await killedWhile(
    t,
    serve,
    { times, below, before: async () => void ({ batch } = await send(client, file)) },
    (i) => readAnew(batch, `household@${2 - (i % 2)}`),
    async (made, reported) => {
      batch = made;
      assert.deepEqual(await leftOver(database), published(batch, file), reported);
    },
  );
});
