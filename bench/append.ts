/**
 * The audit append with everything on (claims, tree, MAC of the head, signed checkpoint, a proof for each caller) against the least
 * that any durable log does: INSERT + COMMIT each of the same row with the same indexes, over ten connections.
 */
import { createSecretKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newSalt } from '../log/commitment.ts';
import type { Leaf } from '../log/leaf.ts';
import { leafHash } from '../log/hash.ts';
import { prepareLeaf } from '../log/leafBytes.ts';
import { noteSigner } from '../log/note/noteKey.ts';
import { columnsOf } from '../hub/audit/columns.ts';
import type { EntryDraft } from '../hub/audit/draft.ts';
import { openAuditLog, type OpenedAuditLog } from '../hub/audit/openAuditLog.ts';
import { subjectsOf } from '../hub/audit/subjects.ts';
import { startPostgres, type RunningPostgres } from '../hub/postgres/startPostgres.ts';
import { asLogin, openDatabase, type Database } from '../hub/store/database.ts';
import { migrate } from '../hub/store/migrate.ts';
import { uuid7 } from '../terms/uuid7.ts';
import { median, type Bench, type BenchRow } from './row.ts';

const rounds = 9;
/** ms of one turn of one side */
const slice = 400;
const limits: Readonly<Record<number, { must: number; aim: number }>> = {
  64: { must: 1.4, aim: 2.2 },
  256: { must: 1.6, aim: 2.8 },
};

export const bench: Bench = { name: 'append', run };

/** One append, by whichever side. */
type Append = (draft: Draft) => Promise<unknown>;

interface Draft extends EntryDraft<Draft> {
  readonly subjects: NonNullable<EntryDraft<Draft>['subjects']>;
  readonly claims: Required<Pick<EntryDraft<Draft>['claims'], 'nonce' | 'quota' | 'epoch'>>;
}

async function run(): Promise<readonly BenchRow[]> {
  const stateDir = await mkdtemp(join(tmpdir(), 'datong-bench-append-'));
  const server = await startPostgres({ stateDir });
  try {
    const [ours, theirs] = [await database(server, 'ours'), await database(server, 'plain')];
    const log = await openAuditLog({ database: ours, keys: newKeys(), stateDir });
    const insert = plainInsert(theirs);
    const figures: BenchRow[] = [];
    for (const callers of [64, 256]) figures.push(await compare(log, insert, callers));
    await log.close();
    await Promise.all([ours.close(), theirs.close()]);
    return figures;
  } finally {
    await server.destroy();
    await rm(stateDir, { recursive: true, force: true });
  }
}

async function compare(log: OpenedAuditLog, insert: Append, callers: number): Promise<BenchRow> {
  const append: Append = (draft) => log.append(draft);
  for (const side of [append, insert]) await eventsPerSecond(side, callers, 2 * slice, log.epoch());
  const ratios: number[] = [];
  const rates: { readonly log: number[]; readonly plain: number[] } = { log: [], plain: [] };
  for (let round = 0; round < rounds; round += 1) {
    const plain = await eventsPerSecond(insert, callers, slice, log.epoch());
    const logged = await eventsPerSecond(append, callers, slice, log.epoch());
    rates.plain.push(plain);
    rates.log.push(logged);
    ratios.push(logged / plain);
  }
  const limit = limits[callers];
  return {
    figure: `audit append, ${callers} callers`,
    value: median(ratios),
    unit: '×',
    against: 'INSERT + COMMIT each of the same row and indexes, 10 connections',
    ...(limit === undefined ? {} : { must: { atLeast: limit.must }, aim: limit.aim }),
    note: `${median(rates.log).toFixed(0)} against ${median(rates.plain).toFixed(0)} entries/s`,
  };
}

async function eventsPerSecond(
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
      quota: { agreement: leaf.agreement ?? '', day: '2026-09-01', calls: 1, max: 1e12 },
      epoch,
    },
    subjects: subjects.stored,
    whenLost: (claim) => {
      throw new Error(`lost ${claim}`);
    },
  };
  return draft;
}

function newKeys(): Parameters<typeof openAuditLog>[0]['keys'] {
  const log = noteSigner('datong/bench', generateKeyPairSync('ed25519').privateKey);
  return { log, headMac: createSecretKey(randomBytes(32)) };
}

async function database(server: RunningPostgres, name: string): Promise<Database> {
  const address = { host: server.host, port: server.port, user: server.user, database: 'postgres' };
  await asLogin(address, (login) => login.query(`CREATE DATABASE ${name}`));
  const opened = await openDatabase({ ...address, database: name }, { connections: 10 });
  await migrate(opened);
  return opened;
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
      subjects.tokens,
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
