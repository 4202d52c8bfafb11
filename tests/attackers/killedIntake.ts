/** What the kills in the middle of an intake have in common: a file that is sent until it has its end, and what must lie in the database then. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { cellsOf, householdFile, type HouseholdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { seededRandom, residents, type Resident } from '../../clients/cli/demo/files/invented.ts';
import type { DatongClient } from '../../clients/sdk/datongClient.ts';
import type { SendOptions } from '../../clients/sdk/sendFile.ts';
import type { Database } from '../../hub/platform/database/database.ts';
import { file } from '../flows/householdRecords.ts';
import { tables } from '../flows/intakeCalls.ts';

export const dataset = 'pub-security.household';

/** Sends a file until the hub has an end for it. @returns its batch */
export async function send(
  client: DatongClient,
  { bytes }: Pick<HouseholdFile, 'bytes'>,
  { to = dataset, ...more }: Partial<SendOptions> & { readonly to?: string } = {},
): Promise<{ readonly batch: string; readonly state: string }> {
  const options = { mapping: 'household', idempotencyKey: randomUUID(), tries: 1_000, ...more };
  const { batch } = (await client.sendFile(to, bytes, options)).json;
  for (;;) {
    const state = await client.batch(batch).then(
      ({ json }) => json.state,
      () => 'checking', // no hub answers yet
    );
    if (state !== 'checking') return { batch, state };
    await sleep(100);
  }
}

/** What readers see, and what there is in addition to batches that are as they should be. */
export async function leftOver(database: Database): Promise<object> {
  const known = await database.owner.query<{ id: string }>(
    "SELECT id::text FROM batch WHERE state IN ('published', 'superseded')",
  );
  const ids = new Set(known.rows.map(({ id }) => id));
  const pointer = await database.owner.query<{ current: string }>(
    'SELECT current_batch AS current FROM dataset WHERE id = $1',
    [dataset],
  );
  const current = pointer.rows[0]?.current ?? '';
  const found = await database.owner.query<{
    open: string;
    orphans: string;
    visible: string;
    entries: string;
  }>(
    `SELECT (SELECT count(*) FROM batch WHERE state NOT IN ('published', 'superseded')) AS open,
            (SELECT count(*) FROM (SELECT batch, sum(bytes) AS bytes FROM batch_part GROUP BY batch) AS p
               LEFT JOIN batch AS b ON b.id = p.batch WHERE b.bytes IS DISTINCT FROM p.bytes) AS orphans,
            (SELECT count(*) FROM rows.b_${current.replaceAll('-', '')}) AS visible,
            (SELECT count(*) FROM audit_entry WHERE id = (SELECT exchange FROM batch WHERE id = $1)) AS entries`,
    [current],
  );
  const orphanTables = (await tables(database)).filter((id) => !ids.has(id));
  return { current, ...found.rows[0], orphanTables };
}

/** What `leftOver` finds once a file was published, and nothing else stays. */
export const published = (batch: string, { good }: HouseholdFile): object => ({
  current: batch,
  open: '0',
  orphans: '0',
  visible: String(good.length),
  entries: '1',
  orphanTables: [],
});

/** The subjects of a file of the demo, with its damaged rows as they should be. */
export const noneMissing = (count: number, of: number): readonly Resident[] => {
  const all = residents(seededRandom(of));
  return Array.from({ length: count }, () => all.next().value);
};

/** The bad rows of that file, mended. */
export function mendedFile(count: number, of: number): Pick<HouseholdFile, 'bytes'> {
  const good = new Set(householdFile(count, of).good.map(({ id }) => id));
  const mended = noneMissing(count, of).filter(({ id }) => !good.has(id));
  assert.ok(mended.length > 5, 'some rows are bad');
  return { bytes: file(mended.map(cellsOf)) };
}
