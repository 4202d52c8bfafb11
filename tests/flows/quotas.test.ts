/** Limits of a day: calls, rows and bytes, counted in the database, shown in every reply, refused with the time they begin anew. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { DatongClient } from '../../clients/sdk/datongClient.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import type { CallContext, Query } from '../../clients/sdk/types.ts';
import { testHub } from '../hub.ts';
import { applyGrant } from '../policyWith.ts';
import { cityHub } from '../cityHub.ts';
import { withinOneDay } from '../withinOneDay.ts';

await withinOneDay();

const { database, hub, city } = await cityHub({}, { connections: 20 });
const other = await testHub({ database, keysDir: hub.hub.config.keysDir });
after(() => other.stop());
const file = householdFile(1500, 7);
const dataset = 'pub-security.household';
const context: CallContext = {
  purpose: 'school-enrolment',
  agreement: 'agr-school-enrolment',
  onBehalfOf: 'official-17',
  matter: 'YX-2026-000123',
};
const inside = file.good.filter(({ region }) => region !== '990103');
const { education } = city;
/** The same department at the other process. */
const there = new DatongClient({
  department: 'education',
  hub: { exchange: other.hub.origins.exchange, open: other.hub.origins.open },
  ca: other.ca,
  tls: education.tls,
  signingKey: education.signing,
});
after(() => there.close());

before(() => city.publicSecurity.client.sendFile(dataset, file.bytes, { mapping: 'household' }));

const about = (at: number): Query => ({
  filter: [{ field: 'person_id', op: 'eq', value: inside[at]?.id ?? '' }],
});
async function refusal(work: Promise<unknown>): Promise<DatongProblem> {
  const problem = await work.then(
    () => assert.fail('was answered'),
    (error: unknown) => error,
  );
  assert.ok(problem instanceof DatongProblem, String(problem));
  return problem;
}
const limited = (version: number, limits: object): Promise<void> =>
  applyGrant(hub, city, 'household/agreement.yaml', version, (grant) => ({ ...grant, limits }));
/** `"calls";r=19` → 19 */
const left = (header: string | undefined, of: string): number =>
  Number(new RegExp(`"${of}";r=(\\d+);t=[1-9]\\d*`).exec(header ?? '')?.[1] ?? Number.NaN);

test('each reply states the rest of the day, whichever process counted', async () => {
  await limited(2, { rowsPerCall: 10, callsPerDay: 20, rowsPerDay: 100, bytesPerDay: 1_000_000 });
  const one = await education.client.query(dataset, about(0), context);
  assert.equal(
    one.headers.get('ratelimit-policy'),
    '"calls";q=20;w=86400, "rows";q=100;w=86400, "bytes";q=1000000;w=86400',
  );
  const reported = one.headers.get('ratelimit');
  assert.deepEqual([left(reported, 'calls'), left(reported, 'rows')], [19, 99]);
  assert.equal(left(reported, 'bytes'), 1_000_000 - one.body.length);
  const two = await there.query(dataset, about(1), context);
  assert.deepEqual(
    ['calls', 'rows', 'bytes'].map((of) => left(two.headers.get('ratelimit'), of)),
    [18, 98, 1_000_000 - one.body.length - two.body.length],
  );
});

test('rows beyond the day are refused at both processes, and the refusal says which limit and until when', async () => {
  await limited(3, { rowsPerCall: 10, callsPerDay: 20, rowsPerDay: 4 });
  await education.client.query(dataset, about(2), context);
  await there.query(dataset, about(3), context);
  for (const client of [education.client, there]) {
    const problem = await refusal(client.query(dataset, about(4), context));
    assert.deepEqual([problem.status, problem.code, problem.at], [429, 'quota_exhausted', 'rows']);
    const headers = new Map(
      (problem.kept?.reply.rawHeaders ?? []).flatMap(
        (name, i, all) => (i % 2 === 0 ? [[name.toLowerCase(), all[i + 1] ?? '']] : []) as [string, string][],
      ),
    );
    const seconds = Number(headers.get('retry-after'));
    const midnight = Math.ceil(database.now() / 1000 + 8 * 3600) % 86_400;
    assert.ok(seconds >= 1 && Math.abs(86_400 - midnight - seconds) < 600, String(seconds));
    assert.equal(left(headers.get('ratelimit'), 'rows'), 0);
  }
  // an answer without rows takes none, and is answered
  const none = await education.client.query(
    dataset,
    { filter: [{ field: 'person_id', op: 'eq', value: '990101201501010015' }] },
    context,
  );
  assert.equal(none.json.rows.delivered, 0);
});

test('bytes are those of the answer', async () => {
  await limited(4, { rowsPerCall: 10, callsPerDay: 100, bytesPerDay: 2_000 });
  const taken = await database.app.query<{ calls: string }>(
    "SELECT calls FROM agreement_quota WHERE agreement LIKE '% bytes'",
  );
  let bytes = Number(taken.rows[0]?.calls ?? 0);
  for (let at = 0; ; at += 1) {
    const answer = await education.client.query(dataset, about(at), context).catch((error: unknown) => error);
    if (answer instanceof DatongProblem) {
      assert.equal(answer.at, 'bytes');
      break;
    }
    bytes += (answer as { body: Uint8Array }).body.length;
    assert.ok(bytes <= 2_000);
  }
});
