/** Each arrow of a batch's life is walked by the calls of departments, by persons and by jobs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { batchLife } from '../../hub/domain/batch.ts';
import { batchTable } from '../../hub/domain/rowTable/layout.ts';
import { defaultIntakeLimits } from '../../hub/flows/intake/limits.ts';
import { asLogin } from '../../hub/platform/database/database.ts';
import { nonEmpty } from '../nonEmpty.ts';
import { mapping, mappingOf, schemaOf } from './householdVersions.ts';
import {
  bytesAwaited,
  commit,
  post,
  sha256,
  reported,
  until,
  uploaded,
  whileHeld,
  whileUnmade,
} from './intakeCalls.ts';
import { cityHub } from '../cityHub.ts';

const intake = { ...defaultIntakeLimits, answerWithin: 60_000 };
const { database, hub, city } = await cityHub({ intake, jobsByTime: false }, { connections: 12 });
const { client } = city.publicSecurity;
const office = await hub.token('office', ['steward']);
const officer = await hub.token('officer', ['security']);
const steward = await hub.token('han', ['steward'], 'pub-security');
const second = await hub.token('wei', ['steward'], 'pub-security');

const document = schemaOf(2);
const { json: schema } = await hub.staff(city.operator, 'POST', '/v1/schemas', { document });
for (const token of schema['state'] === 'published' ? [] : [office, officer])
  await hub.staff(token, 'POST', `/v1/schemas/${document.$id}/decision`, {
    act: 'publish',
    digest: schema['digest'],
  });

let files = 0;
/** Bytes that were not sent before: those of another dataset would be held. */
const file = (rows: number): Uint8Array => householdFile(rows, (files += 1)).bytes;
const linesOf = (bytes: Uint8Array): string[] => Buffer.from(bytes).toString('latin1').split('\n');
const bytesOf = (lines: readonly string[]): Uint8Array => Buffer.from(lines.join('\n'), 'latin1');
/** Thirty of the rows cannot be read: the mappings here let 13 pass. */
const spoilt = (bytes: Uint8Array): Uint8Array =>
  bytesOf(linesOf(bytes).map((line, i) => (i > 0 && i <= 30 ? 'x,y' : line)));

let datasets = 0;
/** A dataset without submissions. */
async function dataset(): Promise<string> {
  const id = `pub-security.walked-${(datasets += 1)}`;
  const title = { zh: id, en: id };
  const body = { id, title, schema: 'urn:datong:household:1.0', mode: 'snapshot', sharing: { type: 'none' } };
  assert.equal((await hub.staff(city.operator, 'POST', '/v1/datasets', body)).status, 201);
  const named = { ...mapping, mapping: `pub-security/${nameOf(id)}@1`, limits: { maxBad: 13 } };
  const made = await hub.staff(steward, 'POST', `/v1/datasets/${id}/mappings`, { document: named });
  assert.equal(made.status, 201, JSON.stringify(made.json));
  return id;
}
const nameOf = (id: string): string => id.slice(id.indexOf('.') + 1);
const stateOf = async (batch: string): Promise<unknown> =>
  (await hub.staff(steward, 'GET', `/v1/batches/${batch}`)).json['state'];

/** @returns its batch @param code of its refusal, or the status of its answer */
async function sent(id: string, bytes: Uint8Array, code = '200', name = nameOf(id)): Promise<string> {
  const batch = await uploaded(client, id, bytes);
  assert.equal(await reported(commit(client, batch, bytes, name)), code);
  return batch;
}
/** A batch whose bytes are not those that were announced. */
async function failed(id: string, bytes: Uint8Array): Promise<string> {
  const batch = await uploaded(client, id, bytes);
  const wrong = { sha256: 'a'.repeat(64), bytes: bytes.length, mapping: nameOf(id) };
  assert.equal(await reported(post(client, `/v1/batches/${batch}/commit`, wrong)), 'batch_digest_mismatch');
  return batch;
}
/** Half of the rows are missing. */
async function held(id: string): Promise<string> {
  await sent(id, file(400));
  return sent(id, file(120), 'batch_shrunk');
}
const decide = (token: string, batch: string, act: string) =>
  hub.staff(token, 'POST', `/v1/batches/${batch}/${act}`, { reason: '已与报送员核对' });

const changeover = (id: string): string => `/v1/datasets/${id}/changeover`;
async function goingOver(): Promise<string> {
  const id = await dataset();
  await sent(id, file(400));
  const named = { mapping: `pub-security/${nameOf(id)}-next@1`, limits: { maxBad: 13 } };
  const own = { mapping: `pub-security/${nameOf(id)}@2`, limits: { maxBad: 13 } };
  const begun = await hub.staff(steward, 'POST', changeover(id), {
    schema: document.$id,
    reason: '电话号码不再采集',
    mappings: [mappingOf(2, 2, own), mappingOf(2, 1, named)],
  });
  assert.equal(begun.status, 202, JSON.stringify(begun.json));
  return id;
}
const filledBatch = async (id: string): Promise<string> =>
  String((await hub.staff(steward, 'GET', changeover(id))).json['batch']);
const run = (job: string): Promise<unknown> => hub.hub.runner.run(job);
async function prepared(id: string): Promise<string> {
  return sent(id, file(400), '200', `${nameOf(id)}-next`);
}
async function givenUp(id: string): Promise<void> {
  const { status, json } = await hub.staff(steward, 'POST', `${changeover(id)}/decision`, {
    act: 'abandon',
    reason: '今年不改',
  });
  assert.equal(status, 200, JSON.stringify(json));
}

/** The state that a batch was seen in before an act, and after it. */
type Seen = readonly [before: unknown, after: unknown];
const around = async (batch: string, act: () => Promise<unknown>): Promise<Seen> => {
  const before = await stateOf(batch);
  await act();
  return [before, await stateOf(batch)];
};
/** Commits, and checks while the bytes are waited for. */
async function whileChecked(
  batch: string,
  begin: () => Promise<unknown>,
  meanwhile: () => Promise<unknown> = () => Promise.resolve(),
): Promise<{ readonly checking: unknown; readonly after: unknown }> {
  let running: Promise<unknown> = Promise.resolve();
  let checking: unknown;
  await whileHeld(database, 'batch_part', async () => {
    running = begin();
    await bytesAwaited(database, batch);
    checking = await stateOf(batch);
    await meanwhile();
  });
  await running;
  return { checking, after: await stateOf(batch) };
}
async function ends(id: string, bytes: Uint8Array, code: string, name = nameOf(id)): Promise<Seen> {
  const batch = await uploaded(client, id, bytes);
  const { checking, after: end } = await whileChecked(batch, async () => {
    assert.equal(await reported(commit(client, batch, bytes, name)), code);
  });
  return [checking, end];
}

const stepsOfArrow: Readonly<Record<string, () => Promise<Seen>>> = {
  'receiving commit': async () => {
    const bytes = file(300);
    const batch = await uploaded(client, await dataset(), bytes);
    const before = await stateOf(batch);
    const name = `walked-${datasets}`;
    const { checking } = await whileChecked(batch, () => reported(commit(client, batch, bytes, name)));
    return [before, checking];
  },
  'receiving repeat': async () => {
    const [id, bytes] = [await dataset(), file(300)];
    await sent(id, bytes);
    const again = await uploaded(client, id, bytes);
    return around(again, () => commit(client, again, bytes, nameOf(id)));
  },
  'receiving expire': async () => {
    const batch = await uploaded(client, await dataset(), file(300));
    await database.app.query("UPDATE batch SET opened_at = now() - interval '1 year' WHERE id = $1", [batch]);
    return around(batch, () => run('expireBatches'));
  },
  'receiving abandon': async () => {
    const id = await goingOver();
    await run('fillChangeovers');
    return around(await filledBatch(id), () => givenUp(id));
  },
  'checking resume': async () => {
    const [id, bytes] = [await dataset(), file(300)];
    const batch = await uploaded(client, id, bytes);
    const cut = (): Promise<unknown> =>
      asLogin(database.address, (login) =>
        login.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        ),
      );
    const lost = async (): Promise<unknown> =>
      assert.equal(await reported(commit(client, batch, bytes, nameOf(id))), 'database_unavailable');
    const { after: left } = await whileChecked(batch, lost, cut);
    await database.app.query("UPDATE batch SET lease_until = now() - interval '1 s' WHERE id = $1", [batch]);
    const { checking, after: end } = await whileChecked(batch, () => run('resumeBatches'));
    assert.equal(end, 'published');
    return [left, checking];
  },
  'checking publish': async () => ends(await dataset(), file(300), '200'),
  'checking hold': async () => ends(await dataset(), spoilt(file(300)), 'too_many_bad_rows'),
  'checking fail': async () => ends(await dataset(), Buffer.from('甲,乙\r\n1,2\r\n'), 'file_encoding_wrong'),
  'checking prepare': async () => {
    const id = await goingOver();
    return ends(id, file(400), '200', `${nameOf(id)}-next`);
  },
  'checking reject': async () => {
    const id = await goingOver();
    return ends(id, spoilt(file(400)), 'too_many_bad_rows', `${nameOf(id)}-next`);
  },
  'checking abandon': async () => {
    const id = await goingOver();
    await run('fillChangeovers');
    const batch = await filledBatch(id);
    let seen: Seen = [undefined, undefined];
    let filling: Promise<unknown> = Promise.resolve();
    await whileUnmade(database, batchTable(batch), async () => {
      filling = run('fillChangeovers');
      await until(async () => (await stateOf(batch)) === 'checking');
      seen = await around(batch, () => givenUp(id));
    });
    await filling;
    return [seen[0], await stateOf(batch)];
  },
  'held release': async () => {
    const batch = await held(await dataset());
    return around(batch, () => decide(steward, batch, 'release'));
  },
  'held drop': async () => {
    const batch = await held(await dataset());
    return around(batch, () => decide(steward, batch, 'drop'));
  },
  'held overtake': async () => {
    const id = await dataset();
    return around(await held(id), () => sent(id, file(390)));
  },
  'held lapse': async () => {
    const batch = await held(await dataset());
    await database.app.query("UPDATE batch SET held_until = now() - interval '1 s' WHERE id = $1", [batch]);
    return around(batch, () => run('lapseBatches'));
  },
  'held correct': async () => {
    const [id, whole] = [await dataset(), file(300)];
    const first = await sent(id, spoilt(whole), 'too_many_bad_rows');
    const mended = bytesOf(linesOf(whole).slice(0, 31));
    const batch = await uploaded(client, id, mended);
    const body = { sha256: sha256(mended), bytes: mended.length, mapping: nameOf(id), corrects: first };
    return around(first, () => post(client, `/v1/batches/${batch}/commit`, body));
  },
  'prepared switch': async () => {
    const id = await goingOver();
    return around(await prepared(id), async () => {
      const { digest, stops } = (await hub.staff(second, 'GET', changeover(id))).json;
      const body = { act: 'switch', digest, stops };
      const answers = [];
      for (const token of [steward, second])
        answers.push(await hub.staff(token, 'POST', `${changeover(id)}/decision`, body));
      assert.equal(answers.at(-1)?.status, 200, JSON.stringify(answers));
    });
  },
  'prepared abandon': async () => {
    const id = await goingOver();
    return around(await prepared(id), () => givenUp(id));
  },
  'published supersede': async () => {
    const id = await dataset();
    return around(await sent(id, file(300)), () => sent(id, file(300)));
  },
  'superseded restore': async () => {
    const id = await dataset();
    const former = await sent(id, file(300));
    await sent(id, file(300));
    return around(former, async () => {
      for (const token of [steward, second]) await decide(token, former, 'restoration');
    });
  },
  'failed retry': async () => {
    const [id, bytes] = [await dataset(), file(300)];
    const batch = await failed(id, bytes);
    const before = await stateOf(batch);
    const { checking, after: end } = await whileChecked(batch, async () => {
      assert.equal(await reported(commit(client, batch, bytes, nameOf(id))), '200');
    });
    assert.equal(end, 'published');
    return [before, checking];
  },
  'failed repeat': async () => {
    const [id, bytes] = [await dataset(), file(300)];
    const batch = await failed(id, bytes);
    const current = await sent(id, bytes);
    return around(batch, async () => {
      const { json } = await commit(client, batch, bytes, nameOf(id));
      assert.equal(
        (json as { batch: string }).batch,
        current,
        'it is answered as the batch that readers see',
      );
    });
  },
};

const arrows = Object.entries(batchLife).flatMap(([from, acts]) =>
  Object.entries(acts).map(([act, to]) => [from, act, to] as const),
);
for (const [from, act, to] of nonEmpty(arrows))
  test(`${from} → ${act} → ${to}`, async () => {
    const walk = stepsOfArrow[`${from} ${act}`];
    assert.ok(walk, 'no test takes this transition');
    assert.deepEqual(await walk(), [from, to]);
  });

test('no arrow is left over, and none is walked that the table does not have', () => {
  assert.deepEqual(Object.keys(stepsOfArrow).sort(), arrows.map(([from, act]) => `${from} ${act}`).sort());
});
