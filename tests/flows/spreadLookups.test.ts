/** 400 numbers tried one by one, spread over 97 officials and 300 cases: slowed after so many in vain, and found. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import { testDatabase } from '../database.ts';
import { sampleCity, testHub } from '../hub.ts';
import { lastLeaf } from './leaves.ts';

const database = await testDatabase();
const hub = await testHub({ database, jobsByTime: false });
after(() => hub.stop());
const city = await sampleCity(hub, 10_000);
const dataset = 'pub-security.household';
const file = householdFile(1500, 7);
await city.publicSecurity.client.sendFile(dataset, file.bytes, { mapping: 'household' });
const auditor = await hub.token('auditor', ['auditor']);
const [child = ''] = file.good.filter(({ region }) => region === '990101').map(({ id }) => id);

/** Numbers of no real person, with the check digit that they need. */
function numberOf(nth: number): string {
  const digits = `99010120150101${String(100 + nth).padStart(3, '0')}`;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((all, weight, at) => all + weight * Number(digits[at]), 0);
  return `${digits}${'10X98765432'[sum % 11] ?? ''}`;
}

async function ask(nth: number, value = numberOf(nth)): Promise<DatongProblem | undefined> {
  const context = {
    purpose: 'school-enrolment',
    agreement: 'agr-school-enrolment',
    onBehalfOf: `official-${nth % 97}`,
    matter: `YX-2026-${String(nth % 300).padStart(6, '0')}`,
  };
  try {
    await city.education.client.query(
      dataset,
      { filter: [{ field: 'person_id', op: 'eq', value }] },
      context,
    );
    return undefined;
  } catch (error) {
    if (error instanceof DatongProblem) return error;
    throw error;
  }
}

test('the attack is refused after 120 in vain, with the time to come again, and each refusal has its entry', async () => {
  const outcomes: (DatongProblem | undefined)[] = [];
  for (let nth = 0; nth < 400; nth += 1) outcomes.push(await ask(nth));
  const refused = outcomes.filter((one) => one !== undefined);
  assert.ok(refused.length >= 270, `${refused.length} refused`);
  assert.deepEqual(
    [...new Set(refused.map(({ code, status }) => `${status} ${code}`))],
    ['429 lookups_limited'],
  );
  const leaf = await lastLeaf(database);
  assert.deepEqual([leaf.decision, leaf.code], ['deny', 'lookups_limited']);
  // who is there is not revealed either
  assert.equal((await ask(1, child))?.code, 'lookups_limited');
});

test('it is found, as of the department', async () => {
  assert.equal(await hub.hub.runner.run('watchLog'), 'ok');
  const { json } = await hub.staff(auditor, 'GET', '/v1/risks');
  const risks = json['risks'] as readonly {
    rule: string;
    consumer: string;
    count: number;
    official?: string;
  }[];
  const [risk] = risks.filter(({ rule }) => rule === 'enumeration');
  assert.ok(risk !== undefined, JSON.stringify(risks));
  assert.deepEqual([risk.consumer, risk.official], ['education', undefined]);
  assert.ok(risk.count >= 120);
});
