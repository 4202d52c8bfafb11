/** A batch that stops waits for a person: why, until when, who may say what, and what readers see meanwhile. */
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { batchesWaiting } from '../../hub/flows/intake/store/batchesWaiting.ts';
import { expectingDatasets } from '../../hub/flows/intake/store/silence.ts';
import { uuid7 } from '../../machine/uuid7.ts';
import { dayInChina } from '../../terms/civilDate.ts';
import { readDocuments } from '../../clients/cli/apply/readDocuments.ts';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { samples, type StaffAnswer } from '../hub.ts';
import { commit, put, reported, until, uploaded } from './intakeCalls.ts';
import { lastLeaf, newestLeaves } from './leaves.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false }, { connections: 8 });
const { client } = city.publicSecurity;
const steward = await hub.token('han', ['steward'], 'pub-security');
const second = await hub.token('wei', ['steward'], 'pub-security');

/** At most 12 of the rows are bad; the mappings here let 13 pass. */
const file = (rows: number, seed: number): Uint8Array => householdFile(rows, seed).bytes;

type Cells = Readonly<Record<string, unknown>>;
const sample = readDocuments(resolve(samples, 'household/dataset.yaml')).find(
  ({ kind }) => kind === 'Mapping',
);
/** The sample's mapping, of a dataset of this name. */
const documentOf = (name: string, version: number): Cells & { readonly fields: Cells } => ({
  ...(sample?.members['document'] as { readonly fields: Cells }),
  mapping: `pub-security/${name}@${version}`,
  limits: { maxBad: 13 },
});

async function dataset(name: string, more: object = {}): Promise<string> {
  const id = `pub-security.${name}`;
  const body = {
    id,
    title: { zh: name, en: name },
    schema: 'urn:datong:household:1.0',
    mode: 'snapshot',
    sharing: { type: 'none' },
    ...more,
  };
  assert.equal((await hub.staff(city.operator, 'POST', '/v1/datasets', body)).status, 201);
  const document = documentOf(name, 1);
  const made = await hub.staff(steward, 'POST', `/v1/datasets/${id}/mappings`, { document });
  assert.equal(made.status, 201, JSON.stringify(made.json));
  return id;
}

/** @returns id of the batch, and the code of its refusal or the status of its answer */
async function sent(id: string, bytes: Uint8Array): Promise<readonly [batch: string, code: string]> {
  const batch = await uploaded(client, id, bytes);
  return [batch, await reported(commit(client, batch, bytes, id.slice(id.indexOf('.') + 1)))];
}
const decide = (
  token: string,
  batch: string,
  act: 'release' | 'drop' | 'restoration',
): Promise<StaffAnswer> =>
  hub.staff(token, 'POST', `/v1/batches/${batch}/${act}`, { reason: '已与报送员核对' });
const shown = async (batch: string): Promise<Record<string, unknown>> =>
  (await hub.staff(steward, 'GET', `/v1/batches/${batch}`)).json;
const current = async (id: string): Promise<unknown> => {
  const { json } = await hub.staff(steward, 'GET', `/v1/datasets/${id}`);
  return (json['dataset'] as { readonly currentBatch?: string }).currentBatch;
};
/** What waits for a person about one dataset. */
const inbox = async (token: string, id: string): Promise<readonly string[]> => {
  const { json } = await hub.staff(token, 'GET', '/v1/inbox');
  const batches = json['batches'] as readonly { readonly batch: string; readonly dataset: string }[];
  return batches.filter(({ dataset: of }) => of === id).map(({ batch }) => batch);
};
const rowsOf = async (batch: string): Promise<number | undefined> => {
  const table = `rows.b_${batch.replaceAll('-', '')}`;
  const { rows } = await database.owner.query<{ there: boolean }>(
    'SELECT to_regclass($1) IS NOT NULL AS there',
    [table],
  );
  if (rows[0]?.there !== true) return undefined;
  const counted = await database.owner.query<{ n: string }>(`SELECT count(*) AS n FROM ${table}`);
  return Number(counted.rows[0]?.n);
};

test('a held batch waits for the clerk who may correct it, and for no one of another department', async () => {
  const id = await dataset('mended');
  await sent(id, file(400, 171));
  const [small] = await sent(id, file(120, 172));
  const clerk = await hub.token('min', ['clerk'], 'pub-security');
  const { json } = await hub.staff(clerk, 'GET', '/v1/inbox');
  const [item, ...more] = (json['batches'] as readonly Cells[]).filter((one) => one['dataset'] === id);
  assert.deepEqual([item?.['batch'], item?.['mend'], more.length], [small, true, 0]);
  assert.equal(typeof item?.['due'], 'string', 'with the day on which it lapses');
  const shown = (await hub.staff(clerk, 'GET', `/v1/datasets/${id}`)).json['dataset'] as Cells;
  const named = (json['datasets'] as readonly Cells[]).filter((one) => one['dataset'] === id);
  assert.deepEqual(named, [{ dataset: id, title: shown['title'] }], 'named once');
  assert.equal((await decide(clerk, small, 'release')).status, 403, 'mending decides nothing');
  const [decided] = (
    (await hub.staff(steward, 'GET', '/v1/inbox')).json['batches'] as readonly Cells[]
  ).filter((one) => one['dataset'] === id);
  assert.deepEqual([decided?.['batch'], decided?.['mend']], [small, undefined]);
  // the limit of 1,000 applies to the caller's departments: batches of others take no place in it
  const ofDepartments = async (...codes: readonly string[]): Promise<readonly string[]> =>
    (await batchesWaiting(database.app, codes)).map(({ batch }) => batch.id);
  assert.deepEqual(await ofDepartments('education', 'ecology'), []);
  assert.ok((await ofDepartments('education', 'pub-security')).includes(small));
  assert.deepEqual(await inbox(await hub.token('qiu', ['clerk'], 'education'), id), []);
  assert.deepEqual(await inbox(await hub.token('he', ['auditor'], 'pub-security'), id), []);
  await decide(steward, small, 'drop');
  assert.deepEqual(await inbox(clerk, id), []);
});

test('a snapshot that lost most of its rows is held with its reason; a steward releases it, and it is the measure from then on', async () => {
  const id = await dataset('shrinking');
  const [first, ok] = await sent(id, file(400, 1));
  assert.equal(ok, '200');
  const [small, code] = await sent(id, file(120, 2));
  assert.equal(code, 'batch_shrunk');
  assert.equal(await current(id), first, 'readers see what they saw');
  const held = await shown(small);
  const [finding] = held['findings'] as readonly { code: string; facts: object; text: { zh: string } }[];
  assert.deepEqual([held['state'], held['problem'], finding?.code], ['held', 'batch_shrunk', 'batch_shrunk']);
  assert.match(finding?.text.zh ?? '', /本次只有 \d+ 行/);
  const days = (Date.parse(String(held['heldUntil'])) - database.now()) / 86_400_000;
  assert.ok(days > 13 && days <= 14.1, `${days} days`);
  assert.deepEqual(await inbox(steward, id), [small]);

  const { status, json } = await decide(steward, small, 'release');
  const { change, batch } = await lastLeaf(database);
  assert.deepEqual(
    [status, json['state'], await current(id)],
    [200, 'published', small],
    JSON.stringify(json),
  );
  assert.deepEqual((change as { act: string; findings: string }).findings, 'batch_shrunk');
  assert.equal((batch as { id: string }).id, small);
  assert.deepEqual(await inbox(steward, id), []);
  assert.equal((await sent(id, file(100, 3)))[1], '200', 'no half is missing of what was approved');
  const again = await decide(steward, small, 'release');
  assert.equal(again.json['code'], 'transition_not_allowed');
});

test('a source that was emptied is held, however few rows there were: 50 to 0, and 99 to 1', async () => {
  const [heading = ''] = Buffer.from(file(1, 1))
    .toString('latin1')
    .split(/(?<=\n)/);
  for (const [name, before, now] of [
    ['emptied', 52, 0],
    ['nearly-emptied', 104, 1],
  ] as const) {
    const id = await dataset(name);
    const [first, ok] = await sent(id, file(before, 31));
    assert.equal(ok, '200');
    const small = now === 0 ? Buffer.from(heading, 'latin1') : file(now, 32);
    const [batch, code] = await sent(id, small);
    assert.equal(code, 'batch_shrunk', name);
    assert.deepEqual([await current(id), (await shown(batch))['state']], [first, 'held']);
  }
});

test('figures of quality, exact for one row, are for the department of the dataset alone', async () => {
  const id = await dataset('single');
  assert.equal((await sent(id, file(1, 61)))[1], '200');
  const path = `/v1/datasets/${id}/quality`;
  const own = await hub.staff(steward, 'GET', path);
  assert.equal((own.json['batches'] as readonly object[]).length, 1, JSON.stringify(own.json));
  const stranger = await hub.token('xie', ['steward'], 'education');
  const refused = await hub.staff(stranger, 'GET', path);
  assert.deepEqual([refused.status, refused.json['code']], [404, 'dataset_unknown']);
  const called = city.education.client.call({ method: 'GET', path, receipt: 'required' });
  await assert.rejects(called, { code: 'dataset_unknown' });
});

test('the measure is the largest batch since the last approval: rows cannot go little by little', async () => {
  const id = await dataset('dwindling');
  assert.equal((await sent(id, file(400, 11)))[1], '200');
  assert.equal((await sent(id, file(260, 12)))[1], '200');
  assert.equal((await sent(id, file(150, 13)))[1], 'batch_shrunk');
});

test('what is dropped is gone and stays so', async () => {
  const id = await dataset('dropping');
  const [first] = await sent(id, file(400, 21));
  const [small] = await sent(id, file(120, 22));
  assert.ok((await rowsOf(small)) !== undefined, 'a held batch keeps its rows');
  const { json } = await decide(steward, small, 'drop');
  assert.equal(json['state'], 'dropped', JSON.stringify(json));
  assert.deepEqual([await rowsOf(small), await current(id)], [undefined, first]);
  assert.equal((await decide(steward, small, 'release')).json['code'], 'transition_not_allowed');
});

test('a batch with too many bad rows is released without them; they stay in quarantine', async () => {
  const id = await dataset('bad');
  const bytes = householdFile(1_400, 31).bytes;
  const text = Buffer.from(bytes).toString('latin1').split('\n');
  const worse = Buffer.from(text.with(5, 'x,y,z').with(7, 'x,y').join('\n'), 'latin1');
  const [batch, code] = await sent(id, worse);
  assert.equal(code, 'too_many_bad_rows');
  const held = (await shown(batch))['counts'] as { rows: number; bad: number; records: number };
  const [found] = (await shown(batch))['findings'] as readonly { facts: object; text: { zh: string } }[];
  assert.deepEqual(found?.facts, { bad: held.bad, records: held.records, limit: 'maxBad', allowed: 13 });
  assert.match(found.text.zh, /条问题数据，超过映射允许的上限（maxBad = 13）/);
  const { status } = await decide(steward, batch, 'release');
  assert.deepEqual([status, await rowsOf(batch)], [200, held.rows]);
  assert.ok(((await client.quarantine(batch)).json as { bad: number }).bad === held.bad && held.bad > 13);
});

test('a dataset defines how much may be missing, how long a batch waits, and that two persons must agree', async () => {
  const id = await dataset('guarded', { intake: { mayShrink: 0.02, holdDays: 3, secondPerson: true } });
  assert.equal((await sent(id, file(400, 41)))[1], '200');
  const [batch, code] = await sent(id, file(380, 42));
  assert.equal(code, 'batch_shrunk');
  const days = (Date.parse(String((await shown(batch))['heldUntil'])) - database.now()) / 86_400_000;
  assert.ok(days > 2 && days <= 3.1, `${days} days`);
  const first = await decide(steward, batch, 'release');
  assert.deepEqual([first.status, first.json['state']], [202, 'held']);
  assert.equal((await decide(steward, batch, 'release')).status, 202, 'the same person again');
  assert.deepEqual(
    [await inbox(steward, id), await inbox(second, id)],
    [[], [batch]],
    'it waits for another person',
  );
  const { status, json } = await decide(second, batch, 'release');
  const { change } = await lastLeaf(database);
  assert.deepEqual([status, json['state'], await current(id)], [200, 'published', batch]);
  assert.ok((change as { proposedBy?: string }).proposedBy !== undefined);
});

/** Who a token's person is. */
const personOf = async (name: string): Promise<string> => {
  const { rows } = await database.owner.query<{ id: string }>('SELECT id FROM person WHERE name = $1', [
    name,
  ]);
  return rows[0]?.id ?? '';
};
type Amended = { readonly status: number; readonly json: Record<string, unknown> };
const amend = async (token: string, id: string, intake: object): Promise<Amended> => {
  const { json } = await hub.staff(token, 'GET', `/v1/datasets/${id}`);
  const { digest } = json['dataset'] as { readonly digest: string };
  const body = { digest, reason: '核定人变动', intake };
  return hub.staff(token, 'POST', `/v1/datasets/${id}/amendment`, body);
};

test('held batches wait for the person their dataset names, or for their stand-in; others are refused until that person can decide no more', async () => {
  const ownSteward = await hub.token('yue', ['steward'], 'pub-security');
  const clerk = await hub.token('lin', ['clerk'], 'pub-security');
  const [yue, lin] = [await personOf('yue'), await personOf('lin')];
  const officer = await hub.token('shu', ['security']);
  const id = await dataset('named');
  assert.equal(
    (await amend(steward, id, { decides: lin })).json['code'],
    'decider_unfit',
    'a clerk decides nothing',
  );
  const named = await amend(steward, id, { decides: yue });
  assert.equal(named.status, 200, JSON.stringify(named.json));
  assert.equal((await sent(id, file(400, 45)))[1], '200');
  const [batch] = await sent(id, file(120, 46));
  const held = await shown(batch);
  assert.deepEqual([held['decides'], held['decidesName']], [yue, 'yue']);
  const waits = async (): Promise<readonly boolean[]> =>
    Promise.all(
      [steward, ownSteward, clerk, officer].map(async (one) => (await inbox(one, id)).includes(batch)),
    );
  assert.deepEqual(await waits(), [false, true, true, false], 'and the clerk, who may mend it');
  /** as shown to each of them on the page of the batch */
  const forAnother = async (): Promise<readonly unknown[]> =>
    Promise.all(
      [steward, ownSteward, clerk].map(
        async (one) => (await hub.staff(one, 'GET', `/v1/batches/${batch}`)).json['waitsForAnother'],
      ),
    );
  assert.deepEqual(await forAnother(), [true, undefined, true]);
  for (const token of [steward, officer])
    for (const act of ['release', 'drop'] as const)
      assert.equal((await decide(token, batch, act)).json['code'], 'decided_by_another', act);
  const refusal = await lastLeaf(database);
  assert.deepEqual([refusal.decision, refusal.code], ['deny', 'decided_by_another']);
  // a steward who is refused cannot make themselves the decider: two others must agree
  const han = await personOf('han');
  for (const intake of [{ decides: han }, {}]) {
    const { status, json } = await amend(steward, id, intake);
    assert.deepEqual([status, typeof json['proposal']], [202, 'string'], JSON.stringify(json));
  }
  assert.equal((await decide(steward, batch, 'release')).json['code'], 'decided_by_another');
  // the deputy decides on the steward's behalf
  const until = new Date(database.now() + 86_400_000).toISOString();
  const deputy = {
    as: 'deputy',
    steward: yue,
    person: lin,
    department: 'pub-security',
    until,
    reason: '休假',
  };
  const proposal = await hub.staff(ownSteward, 'POST', '/v1/stand-ins', deputy);
  const path = `/v1/proposals/${String(proposal.json['proposal'])}`;
  const { json: seen } = await hub.staff(steward, 'GET', path);
  assert.equal((await decide(clerk, batch, 'drop')).json['code'], 'scope_missing', 'not accepted yet');
  const accepted = await hub.staff(steward, 'POST', `${path}/acceptance`, { digest: seen['digest'] });
  assert.equal(accepted.status, 201, JSON.stringify(accepted.json));
  assert.deepEqual(await waits(), [false, true, true, false]);
  assert.deepEqual(await forAnother(), [true, undefined, undefined], 'the deputy decides on their behalf');
  const released = await decide(clerk, batch, 'release');
  assert.deepEqual([released.status, await current(id)], [200, batch], JSON.stringify(released.json));

  // where two are required, the steward's decision comes first
  const two = await dataset('named-two', { intake: { secondPerson: true, decides: yue } });
  assert.equal((await sent(two, file(400, 47)))[1], '200');
  const [other] = await sent(two, file(120, 48));
  assert.equal((await decide(steward, other, 'release')).json['code'], 'decided_by_another');
  assert.equal((await decide(ownSteward, other, 'release')).status, 202);
  assert.equal((await decide(clerk, other, 'release')).status, 202, 'the deputy is no second person');
  assert.equal((await decide(steward, other, 'drop')).json['code'], 'decided_by_another');
  assert.deepEqual(await inbox(steward, two), [other]);
  assert.equal((await decide(steward, other, 'release')).status, 200);

  // while the steward can decide no more, any other person with the role decides
  const [late] = await sent(two, file(50, 49));
  assert.deepEqual(await inbox(steward, two), []);
  const ended = await hub.staff(city.operator, 'POST', `/v1/persons/${yue}/end`, { reason: '调离' });
  assert.equal(ended.status, 200, JSON.stringify(ended.json));
  assert.deepEqual([(await shown(late))['decides'], await inbox(steward, two)], [undefined, [late]]);
  assert.equal((await decide(steward, late, 'drop')).status, 200);
});

test('held batches lapse without a decision in time, and a later batch overtakes them', async () => {
  const id = await dataset('lapsing');
  await sent(id, file(400, 51));
  const [late] = await sent(id, file(120, 52));
  const [overtaken] = await sent(id, file(110, 53));
  await database.app.query("UPDATE batch SET held_until = now() - interval '1 minute' WHERE id = $1", [late]);
  assert.equal(
    (await decide(steward, late, 'release')).json['code'],
    'transition_not_allowed',
    'its time is over',
  );
  assert.equal(await hub.hub.runner.run('lapseBatches'), 'ok');
  const leaf = await lastLeaf(database);
  assert.deepEqual(
    [leaf.kind, leaf.operation, (leaf.change as { batch: string }).batch],
    ['retire', 'lapseBatches', late],
  );
  assert.deepEqual([(await shown(late))['state'], (await shown(overtaken))['state']], ['expired', 'held']);
  assert.equal((await sent(id, file(390, 54)))[1], '200');
  assert.equal((await shown(overtaken))['state'], 'dropped', 'older rows never come over newer ones');
  assert.deepEqual([await rowsOf(late), await rowsOf(overtaken)], [undefined, undefined]);
});

test('old bytes, and bytes of another dataset, are named and held', async () => {
  const [id, other] = [await dataset('monthly'), await dataset('elsewhere')];
  const january = file(400, 61);
  const [first] = await sent(id, january);
  await sent(id, file(400, 62));
  const [again, code] = await sent(id, january);
  assert.equal(code, 'batch_bytes_before');
  const [finding] = (await shown(again))['findings'] as readonly { facts: { batch: string } }[];
  assert.equal(finding?.facts.batch, first);
  const [foreign, why] = await sent(other, january);
  assert.equal(why, 'batch_bytes_elsewhere');
  const advice = async (): Promise<string> => {
    const found = (await shown(foreign))['findings'] as readonly { next: { en: string } }[];
    return found[0]?.next.en ?? '';
  };
  assert.match(await advice(), /ask the steward to release it/);
  await decide(steward, foreign, 'release');
  await decide(second, foreign, 'release');
  assert.equal((await shown(foreign))['state'], 'published');
  assert.match(await advice(), /is published and needs no release/);
});

test('the batch before the current one is put back by two persons, and only that one', async () => {
  const id = await dataset('restoring');
  const [oldest] = await sent(id, file(400, 71));
  const [former] = await sent(id, file(401, 72));
  const [latest] = await sent(id, file(402, 73));
  const rows = await rowsOf(former);
  assert.ok(rows !== undefined, 'two are kept');
  assert.equal((await decide(steward, oldest, 'restoration')).json['code'], 'batch_not_former');
  assert.equal((await decide(steward, latest, 'restoration')).json['code'], 'transition_not_allowed');
  assert.equal((await decide(steward, former, 'restoration')).status, 202);
  assert.equal((await decide(steward, former, 'restoration')).status, 202);
  assert.equal(await current(id), latest);
  assert.deepEqual(await inbox(second, id), [former]);
  // a person's data was deleted since, by the batch that is seen now: the one before would show it again
  const gone = `INSERT INTO ticket (id, opener, origin, provider, dataset, subject, sealed_key, claim, wish, state, opened_at, opened_by, answered_at, batch)
    VALUES ($1, 'pub-security', 'counter', 'pub-security', $2, decode(repeat('00', 32), 'hex'), '', '-', 'deletion', 'mended', now(), gen_random_uuid(), now(), $3)`;
  await database.owner.query(gone, ['tkt-999999999', id, latest]);
  const returning = await decide(second, former, 'restoration');
  assert.deepEqual(
    [returning.status, returning.json['code'], await current(id)],
    [409, 'deletion_would_return', latest],
  );
  // by that batch itself, or one before it: it is not in there
  await database.owner.query('UPDATE ticket SET batch = $1 WHERE dataset = $2', [former, id]);
  const { status } = await decide(second, former, 'restoration');
  assert.equal((await lastLeaf(database)).operation, 'restoreBatch');
  assert.deepEqual([status, await current(id), await rowsOf(former)], [200, former, rows]);
  assert.deepEqual(
    [(await shown(former))['state'], (await shown(latest))['state']],
    ['published', 'superseded'],
  );
  assert.equal((await sent(id, file(403, 74)))[1], '200', 'and the next one follows as ever');
  assert.ok(
    (await rowsOf(former)) !== undefined && (await rowsOf(latest)) === undefined,
    'the one before stays',
  );
});

/** A further version of a dataset's mapping, as two persons let it in. */
async function mapped(
  id: string,
  version: number,
  change: (fields: Cells) => Cells,
  more: object = {},
): Promise<void> {
  const { fields, ...document } = documentOf(id.slice(id.indexOf('.') + 1), version);
  const path = `/v1/datasets/${id}/mappings`;
  const body = { document: { ...document, fields: change(fields), ...more } };
  const { json } = await hub.staff(steward, 'POST', path, body);
  assert.ok(json['proposal'] !== undefined, JSON.stringify(json));
  const proposal = `/v1/proposals/${json['proposal'] as string}`;
  const { digest } = (await hub.staff(second, 'GET', proposal)).json;
  assert.equal((await hub.staff(second, 'POST', `${proposal}/acceptance`, { digest })).status, 201);
}

test('stored bytes are read again by a newer mapping: a batch of its own, published only over the one that it is made of', async () => {
  const id = await dataset('again', { intake: { expect: { every: 'day' } } });
  const came = async (): Promise<unknown> =>
    (await expectingDatasets(database.app)).find((one) => one.id === id)?.cameAt;
  const bytes = file(400, 75);
  const again = (batch: string, mapping: string, token = steward): Promise<StaffAnswer> =>
    hub.staff(token, 'POST', `/v1/batches/${batch}/retranslation`, { mapping, reason: '住址列改取户号' });
  const settled = async (batch: string): Promise<Record<string, unknown>> => {
    await until(async () => !['receiving', 'checking'].includes(String((await shown(batch))['state'])));
    return shown(batch);
  };
  const [first] = await sent(id, bytes);
  const sentAt = await came();
  assert.equal((await again(first, 'again@2')).json['code'], 'mapping_unknown');
  await mapped(id, 2, (fields) => ({ ...fields, address: fields['household_no'] }));
  assert.equal(
    (await again(first, 'again', await hub.token('clerk', ['clerk'], 'pub-security'))).status,
    403,
  );
  const made = await again(first, 'again');
  assert.deepEqual([made.status, made.json['retranslates'], made.json['mapping']], [202, first, 'again@2']);
  const batch = String(made.json['batch']);
  const done = await settled(batch);
  assert.deepEqual(
    [done['state'], done['mapping'], done['retranslates'], done['sha256'], await current(id)],
    ['published', 'again@2', first, (await shown(first))['sha256'], batch],
  );
  assert.deepEqual([(await shown(first))['state'], await rowsOf(batch)], ['superseded', await rowsOf(first)]);
  const moved = async (one: string): Promise<number> => {
    const table = `rows.b_${one.replaceAll('-', '')}`;
    const { rows } = await database.owner.query<{ n: string }>(
      `SELECT count(*) AS n FROM ${table} WHERE f_address = f_household_no`,
    );
    return Number(rows[0]?.n);
  };
  assert.deepEqual([await moved(first), await moved(batch)], [0, await rowsOf(batch)]);
  const requested = (await newestLeaves(database, 20)).find(
    ({ operation }) => operation === 'retranslateBatch',
  );
  assert.deepEqual(
    [requested?.change?.['retranslates'], requested?.change?.['reason'], requested?.provider],
    [first, '住址列改取户号', 'pub-security'],
  );
  assert.equal(await came(), sentAt, 'nothing was sent');
  // one that readers do not see any more, and one whose rows are merged
  assert.equal((await again(first, 'again')).json['code'], 'batch_not_current');
  // what only the department's own key may bring is not made by a person either
  const signed = await dataset('again-signed', { intake: { signedOnly: true } });
  const [alone] = await sent(signed, file(120, 77));
  assert.equal((await again(alone, 'again-signed')).json['code'], 'signed_only');
  const merged = await dataset('again-merged', { mode: 'upsert' });
  const [one] = await sent(merged, file(120, 76));
  assert.equal((await again(one, 'again-merged')).json['code'], 'batch_merged');

  // as any other batch it may be held
  await mapped(id, 3, (fields) => fields, { limits: { maxBad: 1 } });
  const strict = await settled(String((await again(batch, 'again@3')).json['batch']));
  assert.deepEqual(
    [strict['state'], strict['problem'], await current(id)],
    ['held', 'too_many_bad_rows', batch],
  );

  // a hub that died half-way, by whichever batch: what it began is gone on with, but never over another batch
  const began = async (from: string, mapping = 'again@2'): Promise<string> => {
    const { rows } = await database.owner.query<{ id: string }>(
      `INSERT INTO batch (id, dataset, department, state, retranslates, sha256, mapping, moved_at)
       SELECT $2, dataset, department, 'receiving', id, sha256, $3, now() - interval '1 hour' FROM batch WHERE id = $1 RETURNING id`,
      [from, uuid7(database.now()), mapping],
    );
    return rows[0]?.id ?? '';
  };
  const [resumed, late, lost] = [await began(batch), await began(first), await began(first, 'again@9')];
  assert.equal((await again(batch, 'again')).json['code'], 'batch_claimed', 'one at a time');
  // no one brings other bytes to it
  assert.equal(await reported(put(client, resumed, 0, Buffer.from('x'))), 'batch_not_open');
  assert.equal(await reported(commit(client, resumed, bytes, 'again')), 'batch_not_open');
  assert.equal(await hub.hub.runner.run('resumeBatches'), 'ok');
  assert.deepEqual([(await settled(resumed))['state'], await current(id)], ['published', resumed]);
  const ends = await Promise.all([late, lost].map(settled));
  assert.deepEqual(
    ends.map(({ state, problem }) => [state, problem]),
    [
      ['failed', 'batch_not_current'],
      ['dropped', 'mapping_unknown'],
    ],
  );
  assert.equal(await current(id), resumed);
  const denied = (await newestLeaves(database, 20)).filter(({ decision }) => decision === 'deny');
  assert.ok(
    denied.some(({ code }) => code === 'mapping_unknown'),
    'what can never be made ends, and the log says why',
  );

  // a person's data was deleted since, and would come back with the bytes
  const gone = `INSERT INTO ticket (id, opener, origin, provider, dataset, subject, sealed_key, claim, wish, state, opened_at, opened_by, answered_at)
    VALUES ('tkt-999999998', 'pub-security', 'counter', 'pub-security', $1, decode(repeat('00', 32), 'hex'), '', '-', 'deletion', 'mended', now(), gen_random_uuid(), now())`;
  const unmarked = await began(resumed);
  await database.owner.query(gone, [id]);
  assert.equal((await again(resumed, 'again')).json['code'], 'deletion_would_return');
  assert.equal(await hub.hub.runner.run('resumeBatches'), 'ok');
  assert.deepEqual(
    [(await settled(unmarked))['problem'], await current(id)],
    ['deletion_would_return', resumed],
  );
  // raw bytes have an end
  await database.owner.query("UPDATE ticket SET state = 'open', answered_at = NULL WHERE dataset = $1", [id]);
  await database.owner.query('DELETE FROM batch_part WHERE batch = $1', [resumed]);
  assert.equal((await again(resumed, 'again')).json['code'], 'raw_bytes_gone');
});

test('an upsert batch that was held is merged when it is released', async () => {
  const id = await dataset('upserting', { mode: 'upsert' });
  assert.equal((await sent(id, file(400, 81)))[1], '200');
  const text = Buffer.from(householdFile(1_400, 82).bytes).toString('latin1').split('\n');
  const worse = Buffer.from(text.with(5, 'x,y,z').with(7, 'x,y').join('\n'), 'latin1');
  const [batch, code] = await sent(id, worse);
  assert.equal(code, 'too_many_bad_rows');
  assert.equal((await decide(steward, batch, 'release')).status, 200);
  const { rows } = await database.owner.query<{ n: string }>(
    "SELECT sum(c.reltuples)::text AS n FROM pg_class AS c WHERE c.relnamespace = 'rows'::regnamespace AND c.relname LIKE '%upserting%' AND c.relkind = 'r'",
  );
  assert.ok(rows.length === 1);
  assert.equal(await rowsOf(batch), undefined, 'its own table is merged and gone');
  assert.equal(await current(id), batch);
});

test('a reason with an identity number is refused, and another department’s steward knows no such batch', async () => {
  const id = await dataset('reasons');
  await sent(id, file(400, 91));
  const [batch] = await sent(id, file(120, 92));
  const number = householdFile(20, 4).good[0]?.id ?? '';
  const refused = await hub.staff(steward, 'POST', `/v1/batches/${batch}/release`, {
    reason: `见 ${number}`,
  });
  assert.equal(refused.json['code'], 'reason_identifies');
  const foreign = await hub.token('liu', ['steward'], 'education');
  assert.equal((await decide(foreign, batch, 'release')).json['code'], 'not_your_department');
  assert.deepEqual(await inbox(foreign, id), []);
});

test('an expected batch that does not come is reported once, in the inbox, the metrics and the readiness', async () => {
  const expect = { every: 'day', since: '2026-01-01' };
  const id = await dataset('expected', { intake: { expect } });
  await dataset('unexpected', { intake: { expect: { every: 'day' } } });
  const bad = { ...expect, by: 3 };
  await assert.rejects(dataset('neither', { intake: { expect: bad } }), 'a day has no third working day');
  const silent = async (token: string): Promise<readonly object[]> =>
    (await hub.staff(token, 'GET', '/v1/inbox')).json['silent'] as readonly object[];
  const readiness = hub.hub.services.readiness?.['submissions'];
  const [found, ...more] = await silent(steward);
  assert.deepEqual(more, [], 'what was registered today is not late');
  const yesterday = dayInChina(database.now() - 86_400_000);
  const late = { from: yesterday, due: yesterday, overdue: true };
  assert.deepEqual(found, { dataset: id, department: 'pub-security', ...late });
  assert.deepEqual(await silent(await hub.token('liu', ['steward'], 'education')), []);
  assert.equal(await readiness?.(), `degraded: nothing came of ${id}`);
  assert.match((await hub.hub.metrics.text()).body, /^datong_datasets_silent 1$/m);
  const reported = async (): Promise<number> => {
    await hub.hub.runner.run('tellSilence');
    const { rows } = await database.owner.query<{ n: string }>(
      'SELECT count(*) AS n FROM silence WHERE dataset = $1',
      [id],
    );
    return Number(rows[0]?.n);
  };
  assert.equal(await reported(), 1);
  const leaf = await lastLeaf(database);
  assert.deepEqual(
    [leaf.operation, leaf.provider, leaf.change],
    ['tellSilence', 'pub-security', { from: yesterday, due: yesterday }],
  );
  assert.equal(await reported(), 1);
  assert.deepEqual(await lastLeaf(database), leaf, 'once');
  assert.equal((await sent(id, file(120, 95)))[1], '200');
  assert.deepEqual([await silent(steward), await readiness?.()], [[], 'ok']);
  // of one that was registered long ago, files are waited for from the day on which that was stated
  const later = await dataset('expected-later');
  await database.owner.query("UPDATE dataset SET registered_at = now() - interval '1 year' WHERE id = $1", [
    later,
  ]);
  const read = (await hub.staff(steward, 'GET', `/v1/datasets/${later}`)).json['dataset'];
  const amended = await hub.staff(steward, 'POST', `/v1/datasets/${later}/amendment`, {
    digest: (read as { digest: string }).digest,
    reason: '改为每日报送',
    intake: { expect: { every: 'day' } },
  });
  assert.deepEqual([amended.status, await silent(steward)], [200, []], JSON.stringify(amended.json));
  await database.owner.query("UPDATE dataset SET expects_from = now() - interval '3 days' WHERE id = $1", [
    later,
  ]);
  assert.deepEqual(
    (await silent(steward)).map((one) => (one as { dataset: string }).dataset),
    [later],
  );
});
