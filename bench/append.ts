/**
 * The audit append with everything on (claims, tree, MAC of the head, signed checkpoint, a proof for each caller) against the least
 * that any durable log does: INSERT + COMMIT each of the same row with the same indexes, over ten connections.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { columnsOf } from '../hub/log/columns.ts';
import { openAuditLog, type OpenedAuditLog } from '../hub/log/openAuditLog.ts';
import { startPostgres } from '../hub/platform/postgres/startPostgres.ts';
import type { Database } from '../hub/platform/database/database.ts';
import { leafHash } from '../log/hash.ts';
import { prepareLeaf } from '../log/leafBytes.ts';
import { newDatabase, newKeys } from './append/logs.ts';
import { eventsPerSecond, type Append } from './append/rate.ts';
import { median, type Bench, type BenchRow } from './row.ts';

const rounds = 9;
/** milliseconds of one turn of one side */
const slice = 400;
const limits: Readonly<Record<number, { must: number; aim: number }>> = {
  64: { must: 1.4, aim: 2.2 },
  256: { must: 1.6, aim: 2.8 },
};

export const bench: Bench = { run };

async function run(): Promise<readonly BenchRow[]> {
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
    for (const callers of [64, 256]) figures.push(await compare(log, insert, callers));
    await log.close();
    await Promise.all([hubDatabase.close(), plainDatabase.close()]);
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
