/**
 * The audit append with everything on (claims, tree, MAC of the head, signed checkpoint, a proof for each caller) against the least
 * that any durable log does: INSERT + COMMIT each of the same row with the same indexes, over ten connections.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { columnsOf } from '../hub/log/columns.ts';
import { openAuditLog, type OpenedAuditLog } from '../hub/log/openAuditLog.ts';
import { startPostgres, type RunningPostgres } from '../hub/platform/postgres/startPostgres.ts';
import { type Database, asLogin, openDatabase } from '../hub/platform/database/database.ts';
import { leafHash } from '../log/hash.ts';
import { prepareLeaf } from '../log/leafBytes.ts';
import { inTurns, median, type Bench, type BenchRow, Forked } from './row.ts';
import { createSecretKey, randomBytes } from 'node:crypto';
import { migrate } from '../hub/platform/database/migrate.ts';
import { oneLogKey } from '../tests/oneLogKey.ts';
import type { EntryDraft } from '../hub/log/draft.ts';
import { subjectsOf } from '../hub/log/subjects.ts';
import { newSalt } from '../machine/newKeyPair.ts';
import type { Leaf } from '../log/leaf.ts';
import { uuid7 } from '../machine/uuid7.ts';
import { createKeys } from '../hub/platform/keys/createKeys.ts';
import { headRow } from '../hub/log/head.ts';
import { ensurePartitions, partitionSize } from '../hub/log/store/partitions.ts';
import { foldFrontier, frontierLength } from '../log/tree/growTree.ts';

/* Drafts as releases of personal data make them. */

interface Draft extends EntryDraft<Draft> {
  readonly subjects: NonNullable<EntryDraft<Draft>['subjects']>;
  readonly claims: Required<Pick<EntryDraft<Draft>['claims'], 'nonce' | 'quotas' | 'epoch'>>;
}

let made = 0;
const keyids = Array.from({ length: 20 }, () => randomBytes(32).toString('base64url'));
const digest = randomBytes(32).toString('base64url');
const pick = (prefix: string, count: number): string => `${prefix}-${made % count}`;

/** A leaf of about 900 B, as a release of personal data writes it. */
function draftOf(epoch: number): Draft {
  made += 1;
  const now = Date.now();
  const consumer = pick('consumer', 20);
  const provider = pick('provider', 12);
  const keyid = keyids[made % keyids.length] ?? '';
  const subjects = subjectsOf([newSalt()]);
  if (subjects === undefined) throw new Error('no subject');
  const leaf: Leaf = {
    v: 1,
    id: uuid7(now),
    at: new Date(now).toISOString(),
    kind: 'release',
    operation: 'queryDataset',
    decision: made % 20 === 0 ? 'deny' : 'allow',
    ...(made % 20 === 0 ? { code: 'purpose_not_agreed' } : {}),
    actor: { department: consumer, keyid, certificate: '5f3c9a7711223344' },
    consumer,
    provider,
    dataset: `${provider}.household`,
    schema: 'urn:datong:household:1.0',
    agreement: pick('agr-2026', 40),
    purpose: 'school-enrolment',
    onBehalfOf: 'clerk-0042',
    matter: `2026-09-${made}`,
    fields: { address: 'clear', birth_date: 'dateTrunc', name: 'personName', person_id: 'idCard' },
    rows: { delivered: 1, withheld: 0 },
    subjects: subjects.leaf,
    request: digest,
    reply: digest,
    status: 200,
    policy: digest,
    epoch,
  };
  const draft: Draft = {
    leaf,
    claims: {
      nonce: { keyid, nonce: `${now.toString(36)}-${made.toString(36)}-0123456789`, expires: 0 },
      quotas: [{ of: 'calls', counter: leaf.agreement ?? '', day: '2026-09-01', calls: 1, max: 1e12 }],
      epoch,
    },
    subjects: subjects.stored,
    whenLost: (claim) => {
      throw new Error(`lost ${claim}`);
    },
  };
  return draft;
}

/* Databases and keys of the append benches, on a server that durably stores what it acknowledges. */

export type BenchKeys = Parameters<typeof openAuditLog>[0]['keys'];

export function newKeys(): BenchKeys {
  const log = oneLogKey('datong/bench');
  return { log, headMac: createSecretKey(randomBytes(32)) };
}

export async function newDatabase(server: RunningPostgres, name: string): Promise<Database> {
  const address = { host: server.host, port: server.port, user: server.user, database: 'postgres' };
  await asLogin(address, (login) => login.query(`CREATE DATABASE ${name}`));
  const opened = await openDatabase({ ...address, database: name }, { connections: 10 });
  await migrate(opened);
  return opened;
}

/** One append, by whichever side. */
type Append = (draft: Draft) => Promise<unknown>;

/** Entries a second that so many callers get through, each waiting for its own before it makes the next. */
export async function eventsPerSecond(
  append: Append,
  callers: number,
  milliseconds: number,
  epoch: number,
): Promise<number> {
  const started = performance.now();
  let done = 0;
  const caller = async (): Promise<void> => {
    while (performance.now() - started < milliseconds) {
      await append(draftOf(epoch));
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return done / ((performance.now() - started) / 1000);
}

const roundsOfAppend = 9;
/** milliseconds of one turn of one side */
const sliceOfAppend = 400;
const limits: Readonly<Record<number, { must: number; aim: number }>> = {
  64: { must: 1.2, aim: 2.2 },
  256: { must: 1.6, aim: 2.8 },
};

export const appendBench: Bench = { run: runOfAppend };

async function runOfAppend(): Promise<readonly BenchRow[]> {
  const stateDir = await mkdtemp(join(tmpdir(), 'datong-bench-append-'));
  const server = await startPostgres({ stateDir });
  try {
    const [hubDatabase, plainDatabase] = [
      await newDatabase(server, 'ours'),
      await newDatabase(server, 'plain'),
    ];
    const log = await openAuditLog({ database: hubDatabase, keys: newKeys(), stateDir });
    const insert = plainInsert(plainDatabase);
    const figures: BenchRow[] = [];
    for (const callers of [64, 256]) figures.push(await compareOfAppend(log, insert, callers));
    await log.close();
    await Promise.all([hubDatabase.close(), plainDatabase.close()]);
    return figures;
  } finally {
    await server.destroy();
    await rm(stateDir, { recursive: true, force: true });
  }
}

async function compareOfAppend(log: OpenedAuditLog, insert: Append, callers: number): Promise<BenchRow> {
  const append: Append = (draft) => log.append(draft);
  const rate = (side: Append, milliseconds: number): Promise<number> =>
    eventsPerSecond(side, callers, milliseconds, log.epoch());
  for (const side of [append, insert]) await rate(side, 2 * sliceOfAppend);
  const { ratio, base, measured } = await inTurns(
    roundsOfAppend,
    () => rate(insert, sliceOfAppend),
    () => rate(append, sliceOfAppend),
  );
  const limit = limits[callers];
  return {
    figure: `audit append, ${callers} callers`,
    value: ratio,
    unit: '×',
    against: 'INSERT + COMMIT each of the same row and indexes, 10 connections',
    ...(limit === undefined ? {} : { must: { atLeast: limit.must }, aim: limit.aim }),
    note: `${measured.toFixed(0)} against ${base.toFixed(0)} entries/s`,
  };
}

/** The same row and subject row, one statement, committed by itself. */
function plainInsert({ app }: Database): Append {
  const statement = {
    name: 'plain',
    text: `WITH subject AS (INSERT INTO audit_subject (idx, salt, tokens) VALUES ($1, $2, $3))
      INSERT INTO audit_entry (idx, at, id, consumer, provider, dataset, decision, code, keyid, nonce, leaf, hash)
      VALUES ($1, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
  };
  let index = 0;
  return ({ leaf, claims, subjects }) => {
    const { bytes } = prepareLeaf(leaf);
    const columns = columnsOf(leaf);
    index += 1;
    return app.query(statement, [
      index,
      subjects.salt,
      [Buffer.from(subjects.tokens)],
      columns.at,
      columns.id,
      columns.consumer,
      columns.provider,
      columns.dataset,
      columns.decision,
      columns.code,
      claims.nonce.keyid,
      claims.nonce.nonce,
      bytes,
      leafHash(bytes),
    ]);
  };
}

/* Two processes of a hub on one log: their total appends compared with those of one process, and how evenly they share it. */

const callers = 64;
const rounds = 7;
/** milliseconds of one turn */
const slice = 1_000;

export const appendByTwoBench: Bench = { run };

async function run(): Promise<readonly BenchRow[]> {
  const stateDir = await mkdtemp(join(tmpdir(), 'datong-bench-two-'));
  const server = await startPostgres({ stateDir });
  const appenders: Forked[] = [];
  try {
    const database = await newDatabase(server, 'two');
    await database.close();
    const keysDir = join(stateDir, 'keys');
    await createKeys(keysDir, 'bench', Date.now());
    const address = { host: server.host, port: server.port, user: server.user, database: 'two' };
    for (const name of ['one', 'other']) {
      const place = { address, keysDir, stateDir: join(stateDir, name), callers };
      appenders.push(await Forked.start({ program: 'append', ...place }));
    }
    return await compare(appenders);
  } finally {
    for (const appender of appenders) await appender.stop();
    await server.destroy();
    await rm(stateDir, { recursive: true, force: true });
  }
}

async function compare(appenders: readonly Forked[]): Promise<readonly BenchRow[]> {
  const together = (milliseconds: number): Promise<number[]> =>
    Promise.all(appenders.map((appender) => appender.ask(milliseconds)));
  await together(2 * slice);
  const ratios: number[] = [];
  const shares: number[] = [];
  const rates = { alone: [] as number[], together: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    const alone = (await appenders[round % appenders.length]?.ask(slice)) ?? 1;
    const both = await together(slice);
    const sum = both.reduce((total, rate) => total + rate, 0);
    rates.alone.push(alone);
    rates.together.push(sum);
    ratios.push(sum / alone);
    shares.push(Math.min(...both) / Math.max(...both));
  }
  return [
    {
      figure: 'audit append by two processes',
      value: median(ratios),
      unit: '×',
      against: 'one of them alone on the same log',
      must: { atLeast: 0.5 },
      note: `${median(rates.together).toFixed(0)} against ${median(rates.alone).toFixed(0)} entries/s, ${callers} callers each`,
    },
    {
      figure: 'the slower of two processes that append',
      value: median(shares),
      unit: '×',
      against: 'the faster',
      must: { atLeast: 0.7 },
    },
  ];
}

/* Whether appends slow down as the log grows: the same load on a log of 10,000 entries and on one of three million. */

const sizes = { small: 10_000, large: 3_000_000 };
const callersOfAppendAtSize = 64;
const roundsOfAppendAtSize = 9;
const sliceOfAppendAtSize = 400;

export const appendAtSizeBench: Bench = { run: runOfAppendAtSize };

async function runOfAppendAtSize(): Promise<readonly BenchRow[]> {
  const stateDir = await mkdtemp(join(tmpdir(), 'datong-bench-size-'));
  const server = await startPostgres({ stateDir, settings: { max_wal_size: '4GB' } });
  try {
    const small = await filled(server, stateDir, 'small', sizes.small);
    const large = await filled(server, stateDir, 'large', sizes.large);
    const row = await compareOfAppendAtSize(small.log, large.log);
    for (const { log, database } of [small, large]) {
      await log.close();
      await database.close();
    }
    return [row];
  } finally {
    await server.destroy();
    await rm(stateDir, { recursive: true, force: true });
  }
}

async function compareOfAppendAtSize(small: OpenedAuditLog, large: OpenedAuditLog): Promise<BenchRow> {
  const rate = (log: OpenedAuditLog, milliseconds: number): Promise<number> =>
    eventsPerSecond((draft) => log.append(draft), callersOfAppendAtSize, milliseconds, log.epoch());
  for (const log of [small, large]) await rate(log, 2 * sliceOfAppendAtSize);
  const { ratio, base, measured } = await inTurns(
    roundsOfAppendAtSize,
    () => rate(small, sliceOfAppendAtSize),
    () => rate(large, sliceOfAppendAtSize),
  );
  return {
    figure: 'time of an append at 3 M ÷ 10 k entries',
    // of times, not of rates
    value: 1 / ratio,
    unit: '×',
    against: 'the same load on a log of 10,000 entries',
    must: { atMost: 1.2 },
    aim: 1.05,
    note: `${measured.toFixed(0)} against ${base.toFixed(0)} entries/s, ${callersOfAppendAtSize} callers`,
  };
}

async function filled(
  server: RunningPostgres,
  stateDir: string,
  name: string,
  size: number,
): Promise<{ readonly log: OpenedAuditLog; readonly database: Database }> {
  const database = await newDatabase(server, name);
  const keys = newKeys();
  for (let index = 0; index <= size; index += partitionSize / 2)
    await ensurePartitions(database.owner, index);
  await fill(database, size);
  await pretendHead(database, keys, size);
  return { database, log: await openAuditLog({ database, keys, stateDir: join(stateDir, name) }) };
}

/** Rows like those of releases, a day old, made by the server itself. */
async function fill({ owner }: Database, size: number): Promise<void> {
  await owner.query(
    `INSERT INTO audit_entry (idx, at, id, consumer, provider, dataset, decision, code, keyid, nonce, leaf, hash)
     SELECT g, now() - interval '1 day', (lpad(to_hex(g), 12, '0') || '70008000' || lpad(to_hex(g), 12, '0'))::uuid,
            'consumer-' || g % 20, 'provider-' || g % 12, 'provider-' || g % 12 || '.household',
            CASE WHEN g % 20 = 0 THEN 'deny' ELSE 'allow' END, NULL, md5(g::text), md5(g::text),
            convert_to(repeat(md5(g::text), 28), 'UTF8'), sha256(int8send(g))
       FROM generate_series(0, $1::bigint - 1) AS g`,
    [size],
  );
  await owner.query(
    `INSERT INTO audit_subject SELECT g, sha256(int8send(g)), ARRAY[decode(md5(g::text), 'hex')]
       FROM generate_series(0, $1::bigint - 1) AS g`,
    [size],
  );
  await owner.query('VACUUM ANALYZE audit_entry, audit_subject');
}

/** Writes a head over leaves that do not exist: the writer needs only the frontier. */
async function pretendHead({ owner }: Database, keys: BenchKeys, size: number): Promise<void> {
  const frontier = Array.from({ length: frontierLength(size) }, () => randomBytes(32));
  const tree = { size, root: foldFrontier(frontier), frontier };
  const row = headRow({ tree, epoch: 1 }, { key: keys.headMac, origin: keys.log.name });
  await owner.query('UPDATE audit_head SET size = $1, root = $2, frontier = $3, mac = $4', [
    row.size,
    row.root,
    row.frontier,
    row.mac,
  ]);
}
