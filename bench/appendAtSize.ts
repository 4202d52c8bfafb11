/** Whether appends slow down as the log grows: the same load on a log of 10,000 entries and on one of three million. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { headRow } from '../hub/log/head.ts';
import { openAuditLog, type OpenedAuditLog } from '../hub/log/openAuditLog.ts';
import { startPostgres, type RunningPostgres } from '../hub/platform/postgres/startPostgres.ts';
import { ensurePartitions, partitionSize } from '../hub/log/store/partitions.ts';
import type { Database } from '../hub/platform/database/database.ts';
import { foldFrontier, frontierLength } from '../log/tree/growTree.ts';
import { newDatabase, newKeys, type BenchKeys } from './append/logs.ts';
import { eventsPerSecond } from './append/rate.ts';
import { median, type Bench, type BenchRow } from './row.ts';

const sizes = { small: 10_000, large: 3_000_000 };
const callers = 64;
const rounds = 9;
const slice = 400;

export const bench: Bench = { run };

async function run(): Promise<readonly BenchRow[]> {
  const stateDir = await mkdtemp(join(tmpdir(), 'datong-bench-size-'));
  const server = await startPostgres({ stateDir, settings: { max_wal_size: '4GB' } });
  try {
    const small = await filled(server, stateDir, 'small', sizes.small);
    const large = await filled(server, stateDir, 'large', sizes.large);
    const row = await compare(small.log, large.log);
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

async function compare(small: OpenedAuditLog, large: OpenedAuditLog): Promise<BenchRow> {
  const rate = (log: OpenedAuditLog, milliseconds: number): Promise<number> =>
    eventsPerSecond((draft) => log.append(draft), callers, milliseconds, log.epoch());
  for (const log of [small, large]) await rate(log, 2 * slice);
  const ratios: number[] = [];
  const rates: { readonly small: number[]; readonly large: number[] } = { small: [], large: [] };
  for (let round = 0; round < rounds; round += 1) {
    rates.small.push(await rate(small, slice));
    rates.large.push(await rate(large, slice));
    ratios.push((rates.small.at(-1) ?? 0) / (rates.large.at(-1) ?? 1));
  }
  return {
    figure: 'time of an append at 3 M ÷ 10 k entries',
    value: median(ratios),
    unit: '×',
    against: 'the same load on a log of 10,000 entries',
    must: { atMost: 1.2 },
    aim: 1.05,
    note: `${median(rates.large).toFixed(0)} against ${median(rates.small).toFixed(0)} entries/s, ${callers} callers`,
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
