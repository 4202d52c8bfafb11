/** Releases compared with the plain one: with the jobs of the hub, through the agent, of live data, on consent. */
import { mkdtemp, rm, writeFile, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { CallContext } from '../clients/sdk/types.ts';
import { macLength, macsOf, sealKey } from '../hub/features/consents/store/consentMacs.ts';
import { packHashes, readConsentStates } from '../hub/features/consents/store/readConsentStates.ts';
import { connectionOf } from '../hub/platform/database/connection.ts';
import type { Database } from '../hub/platform/database/database.ts';
import { sampleCity, testHub, type City, type TestHub } from '../tests/hub.ts';
import { sendRegister, registerSeed } from './release.ts';
import {
  answerOf,
  inTurns,
  median,
  type Bench,
  type BenchRow,
  type Limit,
  startChild,
  coreSpent,
} from './row.ts';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { householdFile } from '../clients/cli/demo/files/householdFile.ts';
import type { ProfileDocument } from '../clients/sdk/profile.ts';
import { datongBin, datongEnvironment } from '../tests/datong.ts';
import { householdRow, liveDataset } from '../tests/flows/liveProvider.ts';
import { requestedRow, LoadProcess, ofHub, type Requested } from './load.ts';
import type { AskOrder, AskWorld } from './clients.ts';
import { startPostgres } from '../hub/platform/postgres/startPostgres.ts';
import { newDatabase } from './append.ts';

/*
 * The cost of the hub's own jobs relative to the releases that cause them: a minute of one-record releases over mutual TLS, and all jobs of
 * such a minute, each at its interval. Both are core time of hub and database, so that the share is what the releases lose where no core is
 * idle.
 */

const rowsOfJobs = 20_000;
const socketsOfJobs = 64;
const warmUpOfJobs = 6_000;
const minute = 60_000;
/** milliseconds between two checks for due jobs; a more frequent job counts as often */
const sliceOfJobs = 5_000;
const most = 25_000;

export const jobsBench: Bench = { run: runOfJobs };

async function runOfJobs(): Promise<readonly BenchRow[]> {
  const stateDir = await mkdtemp(join(tmpdir(), 'datong-bench-jobs-'));
  const server = await startPostgres({ stateDir });
  try {
    const database = await newDatabase(server, 'jobs');
    const hub = await testHub({ database, calls: { rate: 1e9, burst: 1e9 }, jobsByTime: false });
    try {
      return [await share(hub, coreSpent(server))];
    } finally {
      await hub.stop();
    }
  } finally {
    await server.destroy();
    await rm(stateDir, { recursive: true, force: true });
  }
}

async function share(hub: TestHub, spent: () => number): Promise<BenchRow> {
  const load = new LoadProcess();
  try {
    const city = await sampleCity(hub, 1_000_000_000);
    const people = await sendRegister(city, rowsOfJobs);
    await load.connect(
      { ...ofHub(hub, city.education), name: 'hub', asked: requestedRow, people },
      socketsOfJobs,
    );
    /** a core's milliseconds, and answers, of releases for so long */
    const released = async (milliseconds: number, count: number) => {
      await load.prepare('hub', count);
      const before = spent();
      const { answers } = await load.run('hub', milliseconds);
      return { core: spent() - before, answers };
    };
    const { runner } = hub.hub;
    /** core milliseconds of a job, run now, and again while it reports more work */
    const done = async (name: string): Promise<number> => {
      const before = spent();
      do {
        const outcome = await runner.run(name);
        if (outcome !== 'ok') throw new Error(`${name}: ${outcome ?? 'is done elsewhere'}`);
      } while (await isDue(hub, name));
      return spent() - before;
    };
    await released(60_000, warmUpOfJobs);
    for (const { name } of runner.jobs) await done(name);
    const total = { releases: 0, answers: 0 };
    const jobs = new Map<string, number>();
    for (let elapsed = sliceOfJobs; elapsed <= minute; elapsed += sliceOfJobs) {
      const { core, answers } = await released(sliceOfJobs, most);
      total.releases += core;
      total.answers += answers;
      for (const { name, every, early } of runner.jobs) {
        // a job less frequent than once a minute has this minute's entries to read too
        if (every > sliceOfJobs && elapsed % Math.min(every, minute) >= sliceOfJobs && early?.() !== true)
          continue;
        jobs.set(name, (jobs.get(name) ?? 0) + (await done(name)) * Math.max(1, sliceOfJobs / every));
      }
    }
    const taken = [...jobs].sort(([, a], [, b]) => b - a);
    const sum = taken.reduce((ms, [, one]) => ms + one, 0);
    return {
      figure: 'the hub’s own jobs beside one-record releases, 64 sockets',
      value: (100 * sum) / total.releases,
      unit: '%',
      against: 'the same minute’s releases, a core’s time of hub and database',
      must: { atMost: 5 },
      note: `${total.answers.toLocaleString('en')} releases; ${taken
        .slice(0, 5)
        .map(([name, ms]) => `${name} ${((100 * ms) / total.releases).toFixed(2)}`)
        .join(', ')}`,
    };
  } finally {
    load.stop();
  }
}

async function isDue({ hub: { database } }: TestHub, name: string): Promise<boolean> {
  const { rows } = await database.owner.query<{ due: boolean }>(
    'SELECT due <= to_timestamp($2::double precision / 1000) AS due FROM job WHERE name = $1',
    [name, database.now()],
  );
  return rows[0]?.due === true;
}

/*
 * The cost of the agent for a program: one person at a time by plain HTTP through `datong client agent`, compared with the SDK in the
 * program itself. Both sign and verify every exchange; program, agent and hub are separate processes.
 */

const rowsOfAgent = 2_000;
const roundsOfAgent = 5;
const slice = 1_000;
const atOnce = 8;

export const agentBench: Bench = { run: runOfAgent };

async function runOfAgent(): Promise<readonly BenchRow[]> {
  const hub = await testHub({ calls: { rate: 1e9, burst: 1e9 } });
  const home = await mkdtemp(join(tmpdir(), 'datong-bench-agent-'));
  const program = startChild('clients.ts', 'askLoad');
  let agent: ReturnType<typeof spawn> | undefined;
  try {
    const city = await sampleCity(hub, 1_000_000_000);
    const { education } = city;
    const people = await sendRegister(city, rowsOfAgent);
    const { exchange, open } = hub.hub.origins;
    const profile: ProfileDocument = {
      v: 1,
      department: education.department,
      tls: education.tls,
      hub: { exchange, open, ca: hub.ca, keys: { keys: [] } },
      signingKey: education.signing.privateKey.export({ format: 'jwk' }),
    };
    await writeFile(join(home, 'datong.json'), JSON.stringify(profile), { mode: 0o600 });
    const child = spawn(process.execPath, [datongBin, 'agent', '--port', '0'], {
      cwd: home,
      env: datongEnvironment(),
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    agent = child;
    const [address] = (await once(createInterface(child.stdout), 'line')) as [string];
    const tokens = await readFile(join(home, 'datong-agent-tokens.json'), 'utf8');
    const { default: token } = JSON.parse(tokens) as { readonly default: string };
    await reported(program, { profile, address, token, people });
    return [await compareOfAgent(program)];
  } finally {
    program.kill();
    agent?.kill('SIGTERM');
    await hub.stop();
    await rm(home, { recursive: true, force: true });
  }
}

async function compareOfAgent(program: ChildProcess): Promise<BenchRow> {
  const ask = (way: AskOrder['way'], milliseconds: number): Promise<number> =>
    reported(program, { way, atOnce, milliseconds });
  // both sides run compiled code
  for (const way of ['sdk', 'agent'] as const) await ask(way, 3 * slice);
  const { ratio, base, measured } = await inTurns(
    roundsOfAgent,
    () => ask('sdk', slice),
    () => ask('agent', slice),
  );
  return {
    figure: 'one-record release through the agent',
    value: ratio,
    unit: '×',
    against: 'the SDK in the program',
    must: { atLeast: 0.5 },
    note: `${measured.toFixed(0)} against ${base.toFixed(0)} answers/s, ${atOnce} at once`,
  };
}

async function reported(program: ChildProcess, order: AskWorld | AskOrder): Promise<number> {
  return (await answerOf<{ readonly rate: number }>(program, order)).rate;
}

/*
 * The extra cost of a live release compared with a hosted one: CPU of the hub's process for each answer, both requested in turns for one
 * record, over mutual TLS with all features on. Consumer and provider (`datong client provide` on a file) run in separate processes.
 */

const rowsOfLive = 2_000;
const roundsOfLive = 5;
const answersOfRound = 600;
const warmUp = 6_000;
const sockets = 8;

export const liveBench: Bench = { run: runOfLive };

type Kind = 'hosted' | 'live';
const requestedOfLive: Readonly<Record<Kind, Requested>> = {
  hosted: requestedRow,
  live: { what: 'rows', dataset: liveDataset, agreement: 'agr-school-enrolment-live' },
};

async function runOfLive(): Promise<readonly BenchRow[]> {
  // the hub's own jobs depend on the clock, not on calls, and have a separate bench
  const hub = await testHub({ calls: { rate: 1e9, burst: 1e9 }, jobsByTime: false });
  const home = await mkdtemp(join(tmpdir(), 'datong-bench-live-'));
  const load = new LoadProcess();
  let provider: ReturnType<typeof spawn> | undefined;
  try {
    const city = await sampleCity(hub, 1_000_000_000);
    await city.apply('household-live/dataset.yaml');
    await city.apply('household-live/agreement.yaml', [city.education, city.publicSecurity]);
    const people = await sendRegister(city, rowsOfLive);
    provider = await provide(hub, city, home);
    return await compare(hub, city, load, people);
  } finally {
    load.stop();
    provider?.kill('SIGTERM');
    await hub.stop();
    await rm(home, { recursive: true, force: true });
  }
}

async function compare(
  hub: TestHub,
  { education }: City,
  load: LoadProcess,
  people: readonly string[],
): Promise<readonly BenchRow[]> {
  for (const name of ['hosted', 'live'] as const)
    await load.connect({ ...ofHub(hub, education), name, asked: requestedOfLive[name], people }, sockets);
  const cost = (kind: Kind, requests: number): Promise<number> => load.cpuOfAnswer(kind, requests, 60_000);
  await cost('hosted', warmUp);
  await cost('live', warmUp);
  const costs = { hosted: [] as number[], live: [] as number[], added: [] as number[] };
  for (let round = 0; round < roundsOfLive; round += 1) {
    const hosted = await cost('hosted', answersOfRound);
    const live = await cost('live', answersOfRound);
    costs.hosted.push(hosted);
    costs.live.push(live);
    costs.added.push(live - hosted);
  }
  return [
    {
      figure: 'live release, CPU of the hub beyond a hosted one',
      value: median(costs.added),
      unit: 'ms',
      against: 'hosted one-record release',
      must: { atMost: 1 },
      note: `${median(costs.live).toFixed(2)} ms against ${median(costs.hosted).toFixed(2)} ms an answer, ${sockets} sockets`,
    },
  ];
}

async function provide(
  hub: TestHub,
  { publicSecurity }: City,
  home: string,
): Promise<ReturnType<typeof spawn>> {
  const { exchange, open } = hub.hub.origins;
  const profile: ProfileDocument = {
    v: 1,
    department: publicSecurity.department,
    hub: { exchange, open, ca: hub.ca, keys: { keys: [] } },
    tls: publicSecurity.tls,
    signingKey: publicSecurity.signing.privateKey.export({ format: 'jwk' }),
  };
  await writeFile(join(home, 'datong.json'), JSON.stringify(profile), { mode: 0o600 });
  const lines = householdFile(rowsOfLive, registerSeed).good.map((person) =>
    JSON.stringify(householdRow(person)),
  );
  await writeFile(join(home, 'register.ndjson'), `${lines.join('\n')}\n`);
  await writeFile(
    join(home, 'provide.yaml'),
    `datasets: { ${liveDataset}: { file: { path: register.ndjson } } }\n`,
  );
  const child = spawn(process.execPath, [datongBin, 'provide'], {
    cwd: home,
    env: datongEnvironment(),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(createInterface(child.stdout), 'line');
  return child;
}

/*
 * The cost of consent: the look-up of 10,000 persons among a million consents compared with one plain join, and a page of 1,000 rows under
 * consent compared with the same page on a statute.
 */

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

const agreement = (id: string, purpose: string, basis: string, consent: string): string => `kind: Agreement
id: ${id}
version: 1
title: { zh: 名单, en: A list }
provider: pub-security
consumer: education
purposes: [${purpose}]
basis: ${basis}
valid: { from: '2026-01-01T00:00:00+08:00', until: '2029-01-01T00:00:00+08:00' }
grants:
  - dataset: pub-security.household
    schema: household@1
    limits: { rowsPerCall: 1000, callsPerDay: 1000000 }
    fields: { name: { mask: personName }, birth_date: { mask: clear }, region_code: { mask: clear } }
${consent}`;
const statute = '{ type: statutory, reference: 中华人民共和国义务教育法, clause: 第十二条 }';
/** The same page twice: under consent, and on a statute. */
const agreements = {
  consented: agreement(
    'agr-page-consented',
    'school-meals',
    '{ type: consent }',
    '    consent: { required: true }\n',
  ),
  plain: agreement('agr-page-plain', 'school-enrolment', statute, ''),
};

export const consentsBench: Bench = { run };

async function run(): Promise<readonly BenchRow[]> {
  const hub = await testHub({ calls: { rate: 1e9, burst: 1e9 }, jobsByTime: false });
  // past the hub, which seals rows as persons consent: not a million in one transaction
  const administrator = new pg.Client({
    ...connectionOf(hub.hub.database.address),
    options: '-c session_replication_role=replica',
  });
  await administrator.connect();
  const folder = await mkdtemp(join(tmpdir(), 'datong-bench-consents-'));
  try {
    const city = await sampleCity(hub, 1_000_000);
    await sendRegister(city, rows);
    const both = [city.education, city.publicSecurity];
    await city.apply('school-meals/notice.yaml');
    for (const [name, document] of Object.entries(agreements)) {
      const file = join(folder, `${name}.yaml`);
      await writeFile(file, document);
      await city.apply(file, both);
    }
    const { database } = hub.hub;
    await putAllOnOneConsent(administrator, database);
    const joined = await joins(database);
    const onOne = await pages(city, 'page of 1,000 rows under consent', { atMost: 1.5 });
    await putEachOnOwnConsent(administrator, database);
    const onTheirOwn = await pages(city, 'the same, each person on a consent of her own', { atMost: 1.7 });
    return [joined, { ...onOne, aim: 1.2 }, onTheirOwn];
  } finally {
    await rm(folder, { recursive: true, force: true });
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
async function putAllOnOneConsent(administrator: pg.Client, database: Database): Promise<void> {
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
async function putEachOnOwnConsent(administrator: pg.Client, database: Database): Promise<void> {
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
      await readConsentStates(database.app, scope, packHashes(subjects.slice(from, from + chunk)));
  };
  const plain = (): Promise<unknown> =>
    database.app.query(
      `SELECT s.subject, s.recipient, s.dataset, s.purpose, s.consent, s.state, s.fields, s.not_before, s.until, s.max_uses, s.uses, s.guardian, s.version, s.collected_by, s.retention
         FROM unnest($1::bytea[]) AS wanted (subject) JOIN consent_standing AS s USING (subject)
        WHERE s.recipient = $2 AND s.dataset = $3 AND s.purpose = $4`,
      [subjects, scope.recipient, scope.dataset, scope.purpose],
    );
  const { value, times } = await timedInTurns(measured, plain);
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
  const { value, times } = await timedInTurns(
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
async function timedInTurns(
  measured: () => Promise<unknown>,
  base: () => Promise<unknown>,
): Promise<{ readonly value: number; readonly times: string }> {
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const began = performance.now();
    await work();
    return performance.now() - began;
  };
  for (let round = 0; round < warming; round += 1) for (const work of [measured, base]) await work();
  const { ratio, ...times } = await inTurns(
    rounds,
    () => timed(base),
    () => timed(measured),
  );
  return { value: ratio, times: `${times.measured.toFixed(0)} against ${times.base.toFixed(0)} ms` };
}
