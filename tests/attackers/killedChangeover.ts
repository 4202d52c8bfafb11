/**
 * A hub is killed (SIGKILL) at random moments while a dataset goes over to a new major version, KILLS times, and while it is moved to minor
 * ones, half as often: it is before or after the switch, never between, the rows under the new version come whole, and nothing remains of
 * what was broken off. ATTACK_SEED sets the moments. Run by itself.
 */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { readDocuments } from '../../clients/cli/apply/readDocuments.ts';
import { staffClient } from '../../clients/cli/apply/staffCall.ts';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { seededRandom } from '../../clients/cli/demo/files/invented.ts';
import { testDatabase } from '../database.ts';
import { sampleCity, samples, testHub } from '../hub.ts';
import { tables } from '../flows/intakeCalls.ts';
import { changesOf } from '../flows/leaves.ts';
import { hubAgain } from './hubAgain.ts';

const kills = Number(process.env['KILLS'] ?? 20);
const seed = Number(process.env['ATTACK_SEED'] ?? 20261121);
const rows = 20_000;
const dataset = 'pub-security.household';
const about = `/v1/datasets/${dataset}`;

const database = await testDatabase();
const made = await testHub({ database });
const { publicSecurity, operator } = await sampleCity(made);
const office = await made.token('office', ['steward']);
const officer = await made.token('officer', ['security']);
const author = await made.token('author', ['steward'], 'pub-security');
const second = await made.token('second', ['steward'], 'pub-security');
const file = householdFile(rows, 1);
await publicSecurity.client.sendFile(dataset, file.bytes, { mapping: 'household' });

/** Versions 2.0 and 3.0 are without telephone numbers: the dataset goes to and fro. */
interface Schema {
  $id: string;
  properties: Record<string, unknown>;
  required: string[];
}
const text = readFileSync(resolve(import.meta.dirname, '../../schemas/shared/household.json'), 'utf8');
for (const major of [2, 3]) {
  const document = JSON.parse(text) as Schema;
  document.$id = `urn:datong:household:${major}.0`;
  delete document.properties['mobile'];
  document.required = document.required.filter((name) => name !== 'mobile');
  const sent = await made.staff(operator, 'POST', '/v1/schemas', { document });
  for (const token of [office, officer]) {
    const body = { act: 'publish', digest: sent.json['digest'] };
    const path = `/v1/schemas/${document.$id}/decision`;
    if ((await made.staff(token, 'POST', path, body)).json['state'] === 'published') break;
  }
}
const { fields, ...sample } = readDocuments(join(samples, 'household/dataset.yaml')).find(
  ({ kind }) => kind === 'Mapping',
)?.members['document'] as { readonly fields: Readonly<Record<string, unknown>> };
const { mobile: _, ...stored } = fields;
const mappingOf = (major: number, version: number): object => ({
  ...sample,
  fields: stored,
  target: `household@${major}`,
  mapping: `pub-security/household@${version}`,
});

const { origins } = made.hub;
const serve = await hubAgain(made, database);
let hub: ChildProcess | undefined;
after(() => made.stop());

type Body = Readonly<Record<string, unknown>>;
/** A call of a person, returned as nothing where no hub answers. */
async function call(token: string, path: string, body?: object): Promise<Body | undefined> {
  const client = staffClient({ origin: origins.staff, ca: made.ca, token });
  try {
    return (await (body === undefined ? client.get(path) : client.post(path, body))).body;
  } catch {
    return undefined;
  } finally {
    client.close();
  }
}

/** The state of the dataset: everything of it is of one version. */
async function datasetState(): Promise<{ readonly schema: string; readonly batch: string }> {
  const row = await datasetStateRow();
  assert.deepEqual([row.under, row.n], [row.schema, '1'], 'version, pointer and batch go together');
  return row;
}

/** The same within a major version: rows lie where they were brought under an earlier minor one. */
async function datasetStateUnder(
  major: number,
): Promise<{ readonly schema: string; readonly batch: string }> {
  const row = await datasetStateRow();
  assert.ok([row.under, row.schema].every((one) => one.startsWith(`urn:datong:household:${major}.`)));
  return row;
}

interface DatasetStateRow {
  readonly schema: string;
  readonly batch: string;
  readonly under: string;
  readonly n: string;
}

async function datasetStateRow(): Promise<DatasetStateRow> {
  const { rows: found } = await database.owner.query<DatasetStateRow>(
    `SELECT d.schema, d.current_batch::text AS batch, b.schema_urn AS under,
            (SELECT count(*) FROM batch WHERE dataset = d.id AND state = 'published') AS n
       FROM dataset AS d JOIN batch AS b ON b.id = d.current_batch WHERE d.id = $1`,
    [dataset],
  );
  const [row] = found;
  assert.ok(row);
  const { rows: counted } = await database.owner.query<{ n: string }>(
    `SELECT count(*) AS n FROM rows.b_${row.batch.replaceAll('-', '')}`,
  );
  assert.equal(Number(counted[0]?.n), file.good.length, 'whole');
  return row;
}

/** Goes on until the switch, whatever is killed meanwhile. */
async function bringOver(to: string, mapping: object): Promise<void> {
  for (;;) {
    if ((await datasetState()).schema === to) return;
    const shown = await call(author, `${about}/changeover`);
    if (shown?.['code'] === 'changeover_unknown')
      await call(author, `${about}/changeover`, { schema: to, mappings: [mapping], reason: 'test' });
    else if (shown?.['stage'] === 'ready') {
      const stops = (shown['stops'] as readonly { readonly agreement: string }[]).map((one) => one.agreement);
      await call(second, `${about}/changeover/decision`, { act: 'switch', digest: shown['digest'], stops });
    }
    await sleep(50);
  }
}

test(`killed ${kills} times on its way, a dataset stands before or after the switch, and comes over whole`, async (t) => {
  t.after(() => void hub?.kill('SIGKILL')); // later than its database
  const random = seededRandom(seed);
  hub = await serve();
  let usual = 0;
  for (let i = 0; i <= kills; i += 1) {
    const major = 2 + (i % 2);
    const to = `urn:datong:household:${major}.0`;
    const begun = performance.now();
    const brought = bringOver(to, mappingOf(major, i + 2));
    const moment = random.int(Math.ceil(usual) + 1);
    const reported = `kill ${i} after ${moment} of ${Math.floor(usual)} ms`;
    if (i > 0) {
      await sleep(moment);
      const gone = once(hub, 'exit');
      hub.kill('SIGKILL');
      await gone;
      await datasetState();
      hub = await serve();
    }
    await brought;
    if (i === 0) usual = performance.now() - begun;
    assert.equal((await datasetState()).schema, to, reported);
    const { rows: open } = await database.owner.query(
      `SELECT 1 FROM batch WHERE state NOT IN ('published', 'superseded', 'dropped', 'expired')
        UNION ALL SELECT 1 FROM changeover WHERE state = 'open'`,
    );
    assert.equal(open.length, 0, reported);
    assert.equal(await changesOf(database, dataset, 'switch'), i + 1, 'one entry a switch');
  }
  assert.ok((await tables(database)).length <= 4, 'no table of what was broken off stays');
});

/** Each starts two hubs; what is broken off is one statement. */
const moves = Math.ceil(kills / 2);

test(`killed ${moves} times while it is moved to versions with one more field each, a dataset stands before or after, with the columns for it`, async (t) => {
  t.after(() => void hub?.kill('SIGKILL'));
  hub = await serve();
  const random = seededRandom(seed + 1);
  const { schema: start } = await datasetState();
  const major = Number(/:(\d+)\.0$/.exec(start)?.[1]);
  const urn = (minor: number): string => `urn:datong:household:${major}.${minor}`;
  const document = JSON.parse(text) as Schema;
  delete document.properties['mobile'];
  document.required = document.required.filter((name) => name !== 'mobile');
  for (let minor = 1; minor <= moves + 1; minor += 1) {
    document.$id = urn(minor);
    document.properties[`added_${minor}`] = {
      type: ['string', 'null'],
      maxLength: 10,
      'x-title': { zh: '备注', en: 'Remark' },
      'x-sensitivity': 'L1',
    };
    const sent = await call(operator, '/v1/schemas', { document });
    for (const token of [office, officer]) {
      const body = { act: 'publish', digest: sent?.['digest'] };
      if ((await call(token, `/v1/schemas/${urn(minor)}/decision`, body))?.['state'] === 'published') break;
    }
  }
  /** The version that the dataset is bound to, whose fields its table has columns for. */
  const bound = async (): Promise<number> => {
    const { schema, batch } = await datasetStateUnder(major);
    const { rows: columns } = await database.owner.query<{ name: string }>(
      "SELECT column_name AS name FROM information_schema.columns WHERE table_schema = 'rows' AND table_name = $1",
      [`b_${batch.replaceAll('-', '')}`],
    );
    const added = new Set(columns.map(({ name }) => name).filter((name) => name.includes('added_')));
    const minor = Number(/\.(\d+)$/.exec(schema)?.[1]);
    assert.ok(added.size >= minor, `${schema} has ${added.size} of its columns`);
    return minor;
  };
  let usual = 0;
  for (let minor = 1; minor <= moves + 1; minor += 1) {
    const begun = performance.now();
    const moved = call(author, `${about}/schema`, { schema: urn(minor) });
    if (minor === 1) {
      assert.equal((await moved)?.['changed'], true);
      usual = performance.now() - begun;
      continue;
    }
    await sleep(random.int(Math.ceil(usual) + 1));
    const gone = once(hub, 'exit');
    hub.kill('SIGKILL');
    await Promise.all([gone, moved]);
    const current = await bound();
    assert.ok(current === minor - 1 || current === minor, `before or after ${minor}, not ${current}`);
    hub = await serve();
    if (current !== minor) await call(author, `${about}/schema`, { schema: urn(minor) });
    assert.equal(await bound(), minor, 'and goes on from there');
  }
});
