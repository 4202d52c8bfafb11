/**
 * The cost of consent: the look-up of 10,000 persons among a million consents compared with one plain join, and a page of 1,000 rows under
 * consent compared with the same page on a statute.
 */
import { join } from 'node:path';
import pg from 'pg';
import type { CallContext } from '../clients/sdk/types.ts';
import { macLength, macsOf, sealKey } from '../hub/features/consents/store/consentMacs.ts';
import { packHashes, readStandings } from '../hub/features/consents/store/readConsentStates.ts';
import { connectionOf } from '../hub/platform/database/connection.ts';
import type { Database } from '../hub/platform/database/database.ts';
import { sampleCity, testHub, type City } from '../tests/hub.ts';
import { sendRegister } from './release/register.ts';
import { median, type Bench, type BenchRow, type Limit } from './row.ts';

const consents = 1_000_000;
const requested = 10_000;
/** persons that a release looks up at once */
const chunk = 1_000;
/** states of one statement that get their MACs */
const portion = 20_000;
const rows = 20_000;
const rounds = 61;
/** unmeasured rounds before, until both paths are compiled */
const warming = 20;
const scope = { recipient: 'education', dataset: 'pub-security.household', purpose: 'school-meals' };

export const bench: Bench = { run };

async function run(): Promise<readonly BenchRow[]> {
  const hub = await testHub({ calls: { rate: 1e9, burst: 1e9 }, jobsByTime: false });
  // past the hub, which seals rows as persons consent: not a million in one transaction
  const administrator = new pg.Client({
    ...connectionOf(hub.hub.database.address),
    options: '-c session_replication_role=replica',
  });
  await administrator.connect();
  try {
    const city = await sampleCity(hub, 1_000_000);
    await sendRegister(city, rows);
    const both = [city.education, city.publicSecurity];
    await city.apply('school-meals/notice.yaml');
    for (const name of ['consentedPage', 'plainPage'])
      await city.apply(join(import.meta.dirname, `documents/${name}.yaml`), both);
    const { database } = hub.hub;
    await everybodyAgrees(administrator, database);
    const joined = await joins(database);
    const onOne = await pages(city, 'page of 1,000 rows under consent', { atMost: 1.5 });
    await eachOnHerOwn(administrator, database);
    const onTheirOwn = await pages(city, 'the same, each person on a consent of her own', { atMost: 1.7 });
    return [joined, { ...onOne, aim: 1.2 }, onTheirOwn];
  } finally {
    await administrator.end();
    await hub.stop();
  }
}

/** Gives the states their MACs, as the hub does when a consent is given. @param which condition */
async function writeMacs(administrator: pg.Client, { app }: Database, which: string): Promise<void> {
  const key = sealKey(app);
  if (key === undefined) throw new Error('the hub seals no rows');
  const write = macsOf(key, scope);
  const { rows: states } = await administrator.query<{ subject: Buffer; times: Buffer; text: string }>(
    `SELECT subject, timestamptz_send(not_before) || timestamptz_send(until) AS times, consent || E'\\n' || terms AS text
       FROM consent_standing WHERE ${which}`,
  );
  for (let from = 0; from < states.length; from += portion) {
    const some = states.slice(from, from + portion);
    const macs = some.map((state) => {
      const mac = Buffer.alloc(macLength);
      write(state, mac, 0);
      return mac;
    });
    await administrator.query(
      'UPDATE consent_standing AS s SET mac = m.mac FROM unnest($1::bytea[], $2::bytea[]) AS m (subject, mac) WHERE s.subject = m.subject',
      [some.map(({ subject }) => subject), macs],
    );
  }
}

/** The persons of the register, and as many others as needed, all on one consent. */
async function everybodyAgrees(administrator: pg.Client, database: Database): Promise<void> {
  const register = await registerOf(administrator);
  await administrator.query(
    `INSERT INTO consent (id, jws, subject, recipient, provider, dataset, collected_by, notice, exchange)
     SELECT 'bench-' || n, 'e30.e30.e30', '', $1, 'pub-security', $2, 'pub-security', digest, gen_random_uuid()
       FROM (SELECT digest FROM consent_notice LIMIT 1) AS notice, generate_series(0, ${rows}) AS n`,
    [scope.recipient, scope.dataset],
  );
  await administrator.query(
    `INSERT INTO consent_standing (subject, recipient, dataset, purpose, consent, state, fields, not_before, until, collected_by)
     SELECT subject, $1, $2, $3, 'bench-0', 'given', '{name,birth_date,region_code}', now() - interval '1 day', now() + interval '1 year', 'pub-security'
       FROM (SELECT _subject AS subject FROM (${register}) AS people
             UNION SELECT sha256(convert_to(n::text, 'UTF8')) FROM generate_series(1, ${consents}) AS n) AS everybody`,
    [scope.recipient, scope.dataset, scope.purpose],
  );
  await administrator.query('ANALYZE consent_standing');
  await writeMacs(administrator, database, 'true');
  await administrator.query('VACUUM (FULL, ANALYZE) consent_standing');
}

/** The persons of the register on separate consents, no two of which are valid for the same time. */
async function eachOnHerOwn(administrator: pg.Client, database: Database): Promise<void> {
  const { rowCount } = await administrator.query(
    `UPDATE consent_standing AS s
        SET consent = 'bench-' || nth, not_before = not_before - interval '1 day' * random(), until = until + interval '1 day' * random()
       FROM (SELECT _subject AS subject, row_number() OVER () AS nth FROM (${await registerOf(administrator)}) AS people) AS numbered
      WHERE s.subject = numbered.subject AND s.recipient = $1 AND s.dataset = $2 AND s.purpose = $3`,
    [scope.recipient, scope.dataset, scope.purpose],
  );
  // a person may be in two rows
  if ((rowCount ?? 0) < rows * 0.99) throw new Error(`${rowCount} standings`);
  await writeMacs(administrator, database, `consent <> 'bench-0'`);
  await administrator.query('VACUUM (ANALYZE) consent_standing');
}

async function registerOf(owner: pg.Client): Promise<string> {
  const { rows: tables } = await owner.query<{ name: string }>(
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.columns
      WHERE table_schema = 'rows' AND column_name = '_subject'`,
  );
  return tables.map(({ name }) => `SELECT _subject FROM ${name}`).join(' UNION ');
}

async function joins(database: Database): Promise<BenchRow> {
  const { rows: some } = await database.app.query<{ subject: Buffer }>(
    'SELECT subject FROM consent_standing ORDER BY md5(subject::text) LIMIT $1',
    [requested],
  );
  const subjects = some.map(({ subject }) => subject);
  const measured = async (): Promise<void> => {
    for (let from = 0; from < subjects.length; from += chunk)
      await readStandings(database.app, scope, packHashes(subjects.slice(from, from + chunk)));
  };
  const plain = (): Promise<unknown> =>
    database.app.query(
      `SELECT s.subject, s.recipient, s.dataset, s.purpose, s.consent, s.state, s.fields, s.not_before, s.until, s.max_uses, s.uses, s.guardian, s.version, s.collected_by, s.retention
         FROM unnest($1::bytea[]) AS wanted (subject) JOIN consent_standing AS s USING (subject)
        WHERE s.recipient = $2 AND s.dataset = $3 AND s.purpose = $4`,
      [subjects, scope.recipient, scope.dataset, scope.purpose],
    );
  const { value, times } = await inTurns(measured, plain);
  return {
    figure: 'consents of 10,000 persons among a million',
    value,
    unit: '×',
    against: 'one plain join of the same 10,000',
    must: { atMost: 1.3 },
    aim: 1.1,
    note: times,
  };
}

async function pages({ education }: City, figure: string, must: Limit): Promise<BenchRow> {
  const page = async (context: CallContext): Promise<void> => {
    const { json } = await education.client.query(scope.dataset, { limit: 1_000 }, context);
    if (json.records.length !== 1_000) throw new Error(`${json.records.length} rows`);
  };
  const consented = { purpose: 'school-meals', agreement: 'agr-page-consented' };
  const statutory = { purpose: 'school-enrolment', agreement: 'agr-page-plain' };
  const { value, times } = await inTurns(
    () => page(consented),
    () => page(statutory),
  );
  return {
    figure,
    value,
    unit: '×',
    against: 'the same page on a statute',
    must,
    note: times,
  };
}

/** Runs both in turns, after some unmeasured rounds. @returns the median of their ratios */
async function inTurns(
  measured: () => Promise<unknown>,
  base: () => Promise<unknown>,
): Promise<{ readonly value: number; readonly times: string }> {
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const began = performance.now();
    await work();
    return performance.now() - began;
  };
  for (let round = 0; round < warming; round += 1) for (const work of [measured, base]) await work();
  const samples: { readonly measured: number; readonly base: number }[] = [];
  for (let round = 0; round < rounds; round += 1)
    samples.push({ measured: await timed(measured), base: await timed(base) });
  const middle = (name: 'measured' | 'base'): string => median(samples.map((one) => one[name])).toFixed(0);
  return {
    value: median(samples.map((one) => one.measured / one.base)),
    times: `${middle('measured')} against ${middle('base')} ms`,
  };
}
