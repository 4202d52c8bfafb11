/** What a snapshot is compared with beyond its bytes: how it differs from the one that readers see, and whose rows it holds. */
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { headers } from '../../clients/cli/demo/files/householdFile.ts';
import { readDocuments } from '../../clients/cli/apply/readDocuments.ts';
import { samples } from '../hub.ts';
import type { components } from '../../api/openapi.ts';
import { gradeOf } from '../../hub/domain/quality.ts';
import { batchTable } from '../../hub/domain/rowTable/layout.ts';
import { file, idsOf, people, place, type Cells } from './householdRecords.ts';
import { guardedDatasets, type Sent } from './guardedDatasets.ts';
import { tripTests } from './driftTrips.ts';
import { lastLeaf } from './leaves.ts';
import { reported, until, whileHeld } from './intakeCalls.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub();
const { client } = city.publicSecurity;
const steward = await hub.token('han', ['steward'], 'pub-security');

const { sex, relation, address, mobile, income, moved } = place;

const { register, dataset, sent, merged } = guardedDatasets(hub, {
  operator: city.operator,
  steward,
  client,
});

test('a snapshot that grew, lost the values of a field, or has other codes than before is held, where its dataset says so', async () => {
  const id = await dataset('drifting', { mayGrow: 0.2, mayEmpty: 0.1, mayShift: 0.1 });
  const citizens = people(300, 1);
  assert.equal((await sent(id, citizens)).code, '200');
  const moved = citizens.map((cells, i) => (i < 20 ? cells.with(address, `新址${i}号`) : cells));
  assert.equal((await sent(id, moved)).code, '200', 'what changes a little is not drift');

  const grown = await sent(id, [...citizens, ...people(100, 2)]);
  assert.deepEqual([grown.code, grown.state], ['batch_grown', 'held']);
  assert.deepEqual(grown.findings[0]?.facts, { rows: 400, reference: 300, batches: 2 });

  const withNumber = citizens.filter((cells) => cells[mobile] !== '').length;
  const emptied = await sent(
    id,
    moved.map((cells) => cells.with(mobile, '')),
  );
  assert.deepEqual([emptied.code, emptied.state], ['batch_field_emptied', 'held']);
  const before = Math.round(((300 - withNumber) / 300) * 1_000) / 10;
  assert.deepEqual(emptied.findings, [
    { ...emptied.findings[0], severity: 'hold', facts: { field: 'mobile', now: 100, before, batches: 2 } },
  ]);

  const shifted = await sent(
    id,
    moved.map((cells) => cells.with(sex, '男')),
  );
  assert.equal(shifted.code, 'batch_codes_shifted');
  const women = Math.round((moved.filter((cells) => cells[sex] === '女').length / 300) * 1_000) / 10;
  assert.deepEqual(shifted.findings[0]?.facts, { field: 'sex', share: women, batches: 2 });
});

test('a dataset decides what becomes of drift: reported and published, or refused for good', async () => {
  const warned = await dataset('warned', { mayEmpty: 0.1, onDrift: 'warn' });
  const refused = await dataset('refused', { mayEmpty: 0.1, onDrift: 'reject' });
  const citizens = people(150, 3);
  const emptied = citizens.map((cells) => cells.with(mobile, ''));
  await sent(warned, citizens);
  const passed = await sent(warned, emptied);
  assert.deepEqual([passed.code, passed.state], ['200', 'published']);
  assert.deepEqual(
    passed.findings.map(({ code, severity }) => [code, severity]),
    [['batch_field_emptied', 'warn']],
  );
  const others = people(150, 4);
  await sent(refused, others);
  const rejected = await sent(
    refused,
    others.map((cells) => cells.with(mobile, '')),
  );
  assert.deepEqual([rejected.code, rejected.state], ['batch_field_emptied', 'rejected']);
  const { status, json } = await hub.staff(steward, 'POST', `/v1/batches/${rejected.batch}/release`, {
    reason: '已与报送员核对',
  });
  assert.deepEqual([status, json['code']], [409, 'transition_not_allowed'], 'no one can release it');
});

tripTests({ dataset, sent });

test('without a rule nothing is compared, and a rule that would do nothing is refused', async () => {
  const id = await dataset('unruled');
  const citizens = people(150, 5);
  await sent(id, citizens);
  const other = await sent(
    id,
    citizens.map((cells) => cells.with(mobile, '').with(relation, '户主')),
  );
  assert.deepEqual([other.code, other.findings], ['200', []]);
  for (const [rule, value] of Object.entries({
    mayShrink: 0.1,
    onDrift: 'warn',
  })) {
    const { status, json } = await register('pub-security.merged', {
      mode: 'upsert',
      intake: { [rule]: value },
    });
    assert.deepEqual([status, json['code']], [422, 'intake_rule_idle'], rule);
  }
});

test("last month's rows in other bytes are named and held", async () => {
  const id = await dataset('months');
  const january = people(300, 6);
  const february = january.map((cells, i) => (i % 6 === 0 ? cells.with(address, `新址${i}号`) : cells));
  const { batch: first } = await sent(id, january);
  assert.equal((await sent(id, february)).code, '200');
  const again = await sent(id, january.toReversed());
  assert.deepEqual([again.code, again.state], ['batch_rows_before', 'held']);
  assert.equal((again.findings[0]?.facts as { batch: string }).batch, first);
  const march = february.map((cells, i) => (i % 7 === 0 ? cells.with(address, `三月${i}号`) : cells));
  assert.equal((await sent(id, march)).code, '200', 'what goes on from the current rows passes');
});

test("another dataset's people are named and held, though the bytes are new", async () => {
  const [east, west] = [await dataset('east'), await dataset('west')];
  const [ownPeople, otherPeople] = [people(200, 7), people(200, 8)];
  await sent(east, ownPeople);
  assert.equal((await sent(west, otherPeople)).code, '200', 'a first batch has nothing to be held against');
  const wrong = await sent(
    east,
    otherPeople.map((cells) => cells.with(address, '另一处')),
  );
  assert.deepEqual([wrong.code, wrong.state], ['batch_rows_elsewhere', 'held']);
  assert.deepEqual(wrong.findings[0]?.facts, {}, 'the answer does not name their department');
  assert.equal(
    (await sent(east, people(200, 9))).code,
    '200',
    'persons whom no other department has are no reason',
  );
});

test('a dataset that wants control totals takes no file without them, and holds one that differs', async () => {
  const id = await dataset('controlled', { controlTotals: true });
  const citizens = people(120, 11);
  const cents = (cells: Cells): bigint => BigInt((cells[income] ?? '').replaceAll(/[,.]/g, ''));
  const total = citizens.reduce((sum, cells) => sum + cents(cells), 0n).toString();
  const sums = { '年收入（元）': `${total.slice(0, -2)}.${total.slice(-2)}` };
  assert.equal((await sent(id, citizens)).code, 'control_totals_missing');
  const foreign = { rows: 120, sha256: 'a'.repeat(64) };
  assert.equal((await sent(id, citizens, { control: foreign })).code, 'control_digest_mismatch');
  assert.equal(
    (await sent(id, citizens, { control: { sums: { 姓名: '1' } } })).code,
    'control_field_unknown',
  );
  const short = await sent(id, citizens.slice(1), { control: { rows: 120, sums } });
  assert.deepEqual(
    [short.state, short.findings.map(({ code }) => code)],
    ['held', ['batch_control_rows', 'batch_control_sum']],
  );
  assert.deepEqual(short.findings[0]?.facts, { declared: 120, found: 119 });

  // one row fails: the sum lacks it until it comes mended, and then the totals hold for the whole
  const spoilt = await sent(id, citizens.with(5, citizens[5]?.with(sex, '不详') ?? []), {
    control: { rows: 120, sums },
  });
  assert.deepEqual(
    [spoilt.code, (spoilt.findings[0]?.facts as { bad: number }).bad],
    ['batch_control_sum', 1],
  );
  const mended = await sent(id, citizens.slice(5, 6), { corrects: spoilt.batch });
  assert.deepEqual([mended.code, mended.state], ['200', 'published'], JSON.stringify(mended));
});

test('values outside the range of the last batches are found, whatever the mode', async () => {
  const id = await dataset('ranged', { mayStray: 0.05, onDrift: 'hold' }, 'upsert');
  const [first, second] = [people(150, 12), people(150, 13)];
  await sent(id, first);
  assert.equal((await sent(id, second)).code, '200', 'other people of the same town do not stray');
  const wrongUnit = people(150, 14).map((cells) => cells.with(income, '98,765,432,100.00'));
  const strayed = await sent(id, wrongUnit);
  assert.deepEqual([strayed.code, strayed.state], ['batch_values_strayed', 'held']);
  assert.deepEqual(strayed.findings[0]?.facts, { field: 'income', rows: 150 });
  const few = people(150, 15).map((cells, i) => (i < 7 ? cells.with(moved, '19010101') : cells));
  assert.equal((await sent(id, few)).code, '200', 'seven of 150 may');
  const { rows } = await database.app.query<{ low: string }>(
    "SELECT ranges -> 'move_in_date' ->> 0 AS low FROM batch WHERE dataset = $1 ORDER BY id DESC LIMIT 1",
    [id],
  );
  assert.equal(rows[0]?.low, '1901-01-01', 'kept are whole years');
});

test('columns that appear, vanish or change place are found, and no heading of the new file is repeated', async () => {
  const id = await dataset('columned', { onColumns: 'hold' });
  const citizens = people(30, 16);
  const wider = (records: readonly Cells[], cell: string): Cells[] =>
    records.map((cells) => [...cells, cell]);
  await sent(id, wider(citizens, '甲'), {}, [...headers, '所队']);
  const other = [...headers].toReversed();
  const turned = await sent(
    id,
    citizens.map((cells) => [...cells.toReversed(), '乙']),
    {},
    [...other, '110101190001011234'],
  );
  assert.deepEqual(
    turned.findings.map(({ code }) => code),
    ['batch_columns_missing', 'batch_columns_added', 'batch_columns_moved'],
  );
  assert.deepEqual(
    turned.findings.slice(0, 2).map(({ facts }) => facts),
    [{ columns: '所队' }, { columns: '13' }],
  );
  assert.ok(!JSON.stringify(turned.findings).includes('110101190001011234'));
  assert.equal((await sent(id, wider(citizens, '丙'), {}, [...headers, '所队'])).code, '200');
});

test('a new column that the mapping does not read is mentioned by number, and the file is published', async () => {
  const id = await dataset('wider', {});
  const citizens = people(30, 18);
  assert.equal((await sent(id, citizens)).code, '200');
  const wider = citizens.map((cells, i) => [...cells, i === 0 ? '甲' : '乙']);
  const answer = await sent(id, wider, {}, [...headers, '110101190001011234']);
  assert.equal(answer.code, '200');
  const { json } = await hub.staff(steward, 'GET', `/v1/batches/${answer.batch}`);
  const { state, findings } = json as { state: string; findings: { code: string; text: { en: string } }[] };
  assert.deepEqual([state, findings.map(({ code }) => code)], ['published', ['batch_columns_unread']]);
  assert.match(findings[0]?.text.en ?? '', /: 13$/);
  assert.ok(!JSON.stringify(json).includes('110101190001011234'));
  // it is new once
  const again = await sent(id, wider.toReversed(), {}, [...headers, '110101190001011234']);
  const { json: next } = await hub.staff(steward, 'GET', `/v1/batches/${again.batch}`);
  assert.equal(next['findings'], undefined);
});

test('a dataset that is only added to: what would alter an earlier batch is reported by line and held or refused, also where two come at once', async () => {
  const idle = await register('pub-security.whole', { intake: { onRewrite: 'hold' } });
  assert.equal(idle.json['code'], 'intake_rule_idle', 'a snapshot is whole');
  const id = await dataset('added-to', { onRewrite: 'hold' }, 'upsert');
  const citizens = people(12, 61);
  assert.equal((await sent(id, citizens.slice(0, 6))).code, '200');
  // unchanged rows state nothing new; within a batch a key comes once
  const [twice] = citizens.slice(6, 7);
  assert.ok(twice);
  const again = await sent(id, [...citizens.slice(4, 8), twice.with(address, '另一处')]);
  const { json: known } = await hub.staff(steward, 'GET', `/v1/batches/${again.batch}`);
  assert.deepEqual(known['counts'], { records: 5, rows: 4, bad: 1, skipped: 0 });
  assert.deepEqual(
    (
      (await client.quarantine(again.batch)).json as {
        rows: readonly { line: number; problems: readonly { rule: string }[] }[];
      }
    ).rows.map(({ line, problems }) => [line, problems[0]?.rule]),
    [[6, 'key.repeated']],
  );
  const released = await hub.staff(steward, 'POST', `/v1/batches/${again.batch}/release`, {
    reason: '一行重复',
  });
  assert.equal(released.status, 200, JSON.stringify(released.json));
  assert.deepEqual(await merged(id), idsOf(citizens.slice(0, 8)));

  const [first] = citizens;
  assert.ok(first);
  const altered = await sent(id, [
    ...citizens.slice(8, 9),
    first.with(address, '新址 9 号'),
    ...citizens.slice(9, 10),
  ]);
  assert.deepEqual(
    [altered.code, altered.state, altered.findings.map(({ facts }) => facts)],
    ['batch_rows_rewritten', 'held', [{ rows: 1, lines: '3' }]],
  );
  assert.ok(!JSON.stringify([altered.findings, hub.logged]).includes(idsOf([first])[0] ?? ''));
  assert.deepEqual(await merged(id), idsOf(citizens.slice(0, 8)), 'nothing of it is seen');
  // a person may say that it is right
  assert.equal(
    (await hub.staff(steward, 'POST', `/v1/batches/${altered.batch}/release`, { reason: '更正地址' })).status,
    200,
  );
  assert.deepEqual(await merged(id), idsOf(citizens.slice(0, 10)));

  // two that bring one key: whichever is later has the finding
  const [both] = citizens.slice(10, 11);
  assert.ok(both);
  const outcomes = await Promise.all(['甲处', '乙处'].map((where) => sent(id, [both.with(address, where)])));
  assert.deepEqual(outcomes.map(({ state }) => state).sort(), ['held', 'published']);

  // held for another reason: a person's approval covers what they were shown, not what came since
  const [last] = citizens.slice(11);
  assert.ok(last);
  const waits = await sent(id, [last, last.with(address, '重复')]);
  assert.deepEqual([waits.code, waits.state], ['too_many_bad_rows', 'held']);
  assert.equal((await sent(id, [last.with(address, '先到')])).code, '200');
  const late = await hub.staff(steward, 'POST', `/v1/batches/${waits.batch}/release`, { reason: '核对无误' });
  assert.deepEqual([late.status, late.json['code']], [422, 'batch_rows_rewritten']);

  const strict = await dataset('never-altered', { onRewrite: 'reject' }, 'upsert');
  await sent(strict, citizens);
  const refused = await sent(strict, [first.with(mobile, '15400000000')]);
  assert.deepEqual([refused.code, refused.state], ['batch_rows_rewritten', 'rejected']);
});

test('a dangling reference is reported by count and line, and becomes what its dataset decides; only the own department is read', async () => {
  const towns = await dataset('residents');
  const refers = { fields: ['person_id'], dataset: towns, onMissing: 'hold' } as const;
  const id = await dataset('schooled', { references: [refers] });
  const citizens = people(40, 51);
  const early = await sent(id, citizens.slice(0, 5));
  assert.deepEqual(
    [early.code, early.state],
    ['batch_references_missing', 'held'],
    'nothing is there to refer to',
  );
  const { batch: town } = await sent(towns, citizens);
  assert.equal((await sent(id, citizens.slice(0, 9))).code, '200');
  const strangers = people(2, 52);
  const some = [
    ...citizens.slice(0, 3),
    ...strangers.slice(0, 1),
    ...citizens.slice(3, 9),
    ...strangers.slice(1),
  ];
  const held = await sent(id, some);
  assert.deepEqual([held.code, held.state], ['batch_references_missing', 'held']);
  assert.deepEqual(held.findings, [
    {
      ...held.findings[0],
      severity: 'hold',
      facts: { field: 'person_id', dataset: towns, rows: 2, lines: '5, 12' },
    },
  ]);
  const leaf = await lastLeaf(database);
  const reported = JSON.stringify([held.findings, leaf, hub.logged]);
  for (const stranger of idsOf(strangers)) assert.ok(!reported.includes(stranger), 'no value is reported');

  // a waiting caller sees the progress, from whichever process; once it is done there is nothing to wait for
  const half = [
    ...citizens.slice(0, 12),
    ...citizens.slice(12, 13).map((cells) => cells.with(moved, '20210230')),
  ];
  const size = file(half, headers).length;
  let waited: Promise<Sent> | undefined;
  await whileHeld(database, batchTable(town), async () => {
    waited = sent(id, half);
    let seen: { readonly progress?: object } = {};
    await until(async () => {
      const { json } = await hub.staff(steward, 'GET', `/v1/batches?dataset=${id}&state=checking`);
      [seen = {}] = (json['batches'] ?? []) as (typeof seen)[];
      return seen.progress !== undefined;
    });
    const { perSecond, ...progress } = seen.progress as { readonly perSecond: number };
    assert.ok(perSecond > 0);
    assert.deepEqual(progress, { bytes: size, of: size, records: 13, bad: 1, secondsLeft: 0 });
  });
  const over = await waited;
  const shown = async () => (await hub.staff(steward, 'GET', `/v1/batches/${over?.batch ?? ''}`)).json;
  await until(async () => (await shown())['state'] !== 'checking'); // a slow machine answers the sender before
  const done = await shown();
  assert.deepEqual(
    [done['counts'], done['progress']],
    [{ records: 13, rows: 12, bad: 1, skipped: 0 }, undefined],
  );

  // as many as may, and another word for the rest
  const lenient = { ...refers, mayMiss: 0.2, onMissing: 'warn' } as const;
  const warned = await dataset('warned-of', { references: [lenient], mayShrink: 1 });
  assert.deepEqual((await sent(warned, some)).findings, []);
  const atLimit = await sent(warned, [...citizens.slice(0, 3), ...strangers]);
  assert.deepEqual(
    [atLimit.state, atLimit.findings.map(({ code, severity }) => [code, severity])],
    ['published', [['batch_references_missing', 'warn']]],
  );
  const strict = await dataset('strict', { references: [{ ...refers, onMissing: 'reject' }] });
  assert.equal((await sent(strict, some)).state, 'rejected');

  // among its own rows: those of the batch, and of a merged dataset those before it; what is empty refers to nothing, what is deleted neither
  const parents = {
    fields: ['guardian_id'],
    dataset: 'pub-security.own',
    keys: ['person_id'],
    onMissing: 'hold',
  };
  const guardian = headers.indexOf('监护人身份号码');
  const deleteWhere = { field: 'relation', is: ['其他'] };
  const own = await dataset('own', { references: [parents], deleteWhere }, 'upsert');
  const [head, ...others] = citizens.map((cells) =>
    cells.with(relation, '子').with(guardian, idsOf(citizens)[0] ?? ''),
  );
  assert.ok(head);
  assert.equal((await sent(own, [head, ...others.slice(0, 5)])).code, '200');
  const later = [...others.slice(5, 8), ...others.slice(8, 9).map((cells) => cells.with(guardian, ''))];
  assert.equal((await sent(own, later)).code, '200');
  const leaves = others.slice(9, 11).map((cells) => cells.with(guardian, idsOf(strangers)[0] ?? ''));
  const lost = await sent(own, [
    ...leaves.slice(0, 1).map((cells) => cells.with(relation, '其他')),
    ...leaves.slice(1),
  ]);
  assert.deepEqual([lost.code, lost.findings[0]?.facts['lines']], ['batch_references_missing', '3']);
  // what the same file deletes: the stored row, and a row that only deletes
  const deleted = (cells: Cells): Cells => cells.with(relation, '其他');
  const orphans = others
    .slice(9, 12)
    .map((cells, at) => cells.with(guardian, idsOf(others)[at === 2 ? 1 : at === 1 ? 12 : 0] ?? ''));
  const orphaned = await sent(
    own,
    [...others.slice(0, 1), ...others.slice(12, 13)].map(deleted).concat(orphans),
  );
  assert.deepEqual(
    [orphaned.code, orphaned.findings[0]?.facts['lines']],
    ['batch_references_missing', '4, 5'],
  );

  const refused = async (references: readonly object[], mode = 'snapshot'): Promise<string> => {
    const { json } = await register('pub-security.refused-reference', { intake: { references }, mode });
    const { code = '', ...details } = json as { code?: string };
    return `${code} ${JSON.stringify(details)}`;
  };
  const air = {
    fields: ['person_id'],
    dataset: 'ecology.air-quality-hourly',
    keys: ['station'],
    onMissing: 'warn',
  };
  assert.match(
    await refused([air]),
    /^reference_unfit .*ecology\.air-quality-hourly is not a dataset of the same department/,
  );
  assert.match(
    await refused([{ ...air, dataset: 'ecology.nothing' }]),
    /ecology\.nothing is not a dataset/,
    'nor is told which there are',
  );
  assert.match(await refused([{ ...refers, dataset: 'pub-security.nothing' }]), /there is no dataset/);
  assert.match(await refused([{ ...refers, fields: ['nothing'] }]), /fields and keys are fields/);
  assert.match(await refused([{ ...refers, keys: ['person_id', 'address'] }]), /fields and keys are fields/);
  assert.match(await refused([{ ...refers, fields: ['income'] }]), /is of another type/);
  assert.match(await refused([refers], 'live'), /^intake_rule_idle /);
});

test('conditions between the fields of a row are checked for every row, reported by line, and become what their dataset decides', async () => {
  const birth = headers.indexOf('出生日期');
  const moves = { field: 'move_in_date', is: 'atLeast', fields: ['birth_date'] };
  const id = await dataset('moved-in', { crossRules: [{ ...moves, onBroken: 'hold' }] });
  const citizens = people(20, 71).map((cells) => cells.with(moved, '20200101').with(birth, '19900101'));
  // the same day is right, what is empty is left out
  const right = citizens.map((cells, i) =>
    i === 0 ? cells.with(moved, '19900101') : i === 1 ? cells.with(moved, '') : cells,
  );
  assert.equal((await sent(id, right)).code, '200');
  const wrong = right.map((cells, i) => (i === 4 || i === 9 ? cells.with(moved, '19891231') : cells));
  const held = await sent(id, wrong);
  assert.deepEqual([held.code, held.state], ['batch_rule_broken', 'held']);
  assert.deepEqual(
    held.findings.map(({ facts }) => facts),
    [{ rule: 'move_in_date ≥ birth_date', rows: 2, lines: '6, 11' }],
  );
  assert.doesNotMatch(
    JSON.stringify([held.findings, await lastLeaf(database)]),
    /\b1989(?:1231)?\b/,
    'no value is reported',
  );
  const later = { ...moves, is: 'atMost', mayBreak: 0.2 };
  const warned = await dataset('moved-out', { crossRules: [{ ...later, onBroken: 'warn' }] });
  const reported = await sent(warned, right.slice(0, 1));
  assert.deepEqual([reported.state, reported.findings], ['published', []]);
  const atLimit = await sent(warned, right.toReversed());
  assert.deepEqual(
    [atLimit.state, atLimit.findings.map(({ severity, facts }) => [severity, facts['rows']])],
    ['published', [['warn', 18]]],
  );

  const sums = 'ecology.sums';
  const sum = { field: 'pm10', is: 'sumOf', fields: ['pm25', 'so2'], onBroken: 'reject' };
  const made = await register(sums, {
    schema: 'urn:datong:air-quality-hourly:1.0',
    intake: { crossRules: [sum] },
  });
  assert.equal(made.status, 201, JSON.stringify(made.json));
  const air = readDocuments(resolve(samples, 'air-quality/dataset.yaml')).find(
    ({ kind }) => kind === 'Mapping',
  );
  const document = { ...(air?.members['document'] as object), mapping: 'ecology/sums@1' };
  const keeper = await hub.token('qi', ['steward'], 'ecology');
  const mapped = await hub.staff(keeper, 'POST', `/v1/datasets/${sums}/mappings`, { document });
  assert.equal(mapped.status, 201, JSON.stringify(mapped.json));
  const hours = (...values: readonly string[]): Buffer =>
    Buffer.from(
      ['No,year,month,day,hour,PM2.5,PM10,SO2,NO2,CO,O3,TEMP,PRES,DEWP,RAIN,wd,WSPM,station']
        .concat(values.map((value, i) => `${i},2016,9,1,${i},${value},69,500,21,26.9,991.2,-1.1,0,NW,1.5,A`))
        .join('\r\n'),
    );
  const send = async (bytes: Buffer): Promise<string> =>
    city.ecology.client.sendFile(sums, bytes, { mapping: 'sums' }).then(
      ({ json }) => json.state,
      (error: unknown) => (error as { code: string }).code,
    );
  // added as decimals: 0.1 and 0.2 are 0.3
  assert.equal(await send(hours('0.1,0.3,0.2', 'NA,5,1')), 'published');
  assert.equal(await send(hours('0.1,0.3,0.2', '1,5,1')), 'batch_rule_broken');

  const unfit = async (rule: object): Promise<string> =>
    JSON.stringify(
      (await register('pub-security.unfit', { intake: { crossRules: [{ ...rule, onBroken: 'warn' }] } }))
        .json,
    );
  assert.match(await unfit({ ...moves, field: 'nothing' }), /cross_rule_unfit.*are fields of the schema/);
  assert.match(await unfit({ ...moves, fields: ['move_in_date'] }), /cross_rule_unfit.*with itself/);
  assert.match(await unfit({ ...moves, fields: ['income'] }), /cross_rule_unfit.*all are days/);
  assert.match(await unfit({ ...moves, field: 'name' }), /cross_rule_unfit.*all are days/);
  assert.match(await unfit({ ...moves, is: 'sumOf' }), /cross_rule_unfit.*only numbers make a sum/);
  assert.match(await unfit({ ...moves, fields: ['birth_date', 'income'] }), /cross_rule_unfit.*one other/);
});

test('the quality of a dataset’s files is shown in numbers and places, and its grade is computed again from them', async () => {
  const id = await dataset('graded', { expect: { every: 'day' } });
  const citizens = people(200, 22);
  await sent(id, citizens.slice(0, 150));
  const twice = citizens.with(120, citizens[4] ?? []);
  assert.equal((await sent(id, twice)).code, '200');
  const path = `/v1/datasets/${id}/quality`;
  const { json } = await hub.staff(steward, 'GET', path);
  const quality = json as unknown as components['schemas']['Quality'];
  const { batches, grade, score } = quality;
  assert.deepEqual(
    batches.map(({ rows, bad, repeated }) => [rows, bad, repeated]),
    [
      [199, 1, 1],
      [150, 0, 0],
    ],
  );
  const [newest] = batches;
  const empty = twice.filter((cells, i) => i !== 120 && cells[mobile] === '').length / 199;
  const withoutNumber = newest?.fields.find(({ field }) => field === 'mobile')?.empty ?? 0;
  assert.ok(Math.abs(withoutNumber - empty) < 1e-6, `${withoutNumber} for ${empty}`);
  assert.equal(newest?.fields.find(({ field }) => field === 'person_id')?.distinct, 1);
  assert.deepEqual(
    [newest.parts.validity, newest.parts.uniqueness, newest.parts.timeliness],
    [0.995, 0.995, 1],
  );
  assert.deepEqual({ grade, score }, gradeOf(batches.map(({ parts }) => parts)));
  const [problem] = quality.problems;
  assert.deepEqual([problem?.rule, problem?.count, problem?.lines], ['key.repeated', 1, [122]]);
  assert.ok(!citizens.some(([person = 'none']) => JSON.stringify(json).includes(person)));
  // each share opens the lines that it counts
  const opened = async (by: string, field: string) =>
    (await hub.staff(by, 'GET', `/v1/batches/${newest.batch}/fields/${field}`)).json;
  const lineOf = twice.flatMap((cells, i) => (i !== 120 && cells[mobile] === '' ? [i + 2] : []));
  const { lines: _, ...repeated } = (await opened(steward, 'sex'))['again'] as { lines: readonly number[] };
  assert.deepEqual(repeated, { count: 197, whole: true }, 'two values in 199 rows');
  assert.deepEqual((await opened(steward, 'mobile'))['empty'], { count: lineOf.length, lines: lineOf });
  assert.deepEqual(await opened(steward, 'person_id'), {
    batch: newest.batch,
    field: 'person_id',
    rows: 199,
    empty: { count: 0, lines: [] },
    again: { count: 0, lines: [], whole: true },
  });
  const auditor = await hub.token('lin', ['auditor']);
  assert.equal(
    (await opened(auditor, 'mobile'))['rows'],
    199,
    'counts and lines, for a person who sees no values',
  );
  assert.equal((await opened(steward, 'none'))['code'], 'unknown_reference');
  const requested = (by: typeof client): Promise<string> =>
    reported(by.call({ method: 'GET', path, receipt: 'required' }));
  assert.equal(await requested(client), '200');
  assert.equal(await requested(city.education.client), 'dataset_unknown');
  const foreign = await hub.token('zhou', ['steward'], 'education');
  assert.equal((await hub.staff(foreign, 'GET', path)).json['code'], 'dataset_unknown');
  assert.equal((await opened(foreign, 'mobile'))['code'], 'not_your_department');
  await database.app.query('DELETE FROM batch_part WHERE batch = $1', [newest.batch]);
  assert.equal((await opened(steward, 'mobile'))['code'], 'raw_bytes_gone');
});

test('a connection that is lost before the publication holds no batch: it is resumed', async (t) => {
  const deleteWhere = { field: 'relation', is: ['其他'] };
  const id = await dataset('resumed', { deleteWhere }, 'upsert');
  const rows = people(4, 91).map((cells, i) => cells.with(relation, i === 0 ? '其他' : '子'));
  const { app } = hub.hub.services.database;
  const query = app.query.bind(app) as (...statement: readonly unknown[]) => unknown;
  let lost = 0;
  t.mock.method(app, 'query', (...statement: readonly unknown[]) => {
    const [text, values] = statement;
    // a job may look at other datasets
    const isIt = String(text).includes('FROM held_dataset') && String(values).includes(id);
    if (lost > 0 || !isIt) return query(...statement);
    lost += 1;
    return Promise.reject(
      Object.assign(new Error('terminating connection'), { code: '57P01', severity: 'FATAL' }),
    );
  });
  const { batch, state } = await sent(id, rows);
  assert.deepEqual([lost, state], [1, 'checking']);
  await database.app.query("UPDATE batch SET lease_until = now() - interval '1 s' WHERE id = $1", [batch]);
  let found: unknown;
  // a run that began before the lease ended resumes nothing
  for (let runs = 0; runs < 5 && found !== 'published'; runs += 1) {
    assert.equal(await hub.hub.runner.run('resumeBatches'), 'ok');
    found = (await hub.staff(steward, 'GET', `/v1/batches/${batch}`)).json['state'];
  }
  assert.equal(found, 'published');
});
