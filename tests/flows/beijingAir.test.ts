/** A user's own files: three stations of the real data set, four years of hours each, sent, merged and asked for again. */
import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { testDatabase } from '../database.ts';
import { sampleCity, testHub } from '../hub.ts';
import { sharedData } from '../sharedData.ts';

const stations = ['Aotizhongxin', 'Changping', 'Dongsi'] as const;
const path = (station: string): string =>
  sharedData(`beijing-air/PRSA_Data_${station}_20130301-20170228.csv`);
const dataset = 'ecology.air-quality-hourly';

test('105,192 hours are sent, each is there once, and what was missing is null', async () => {
  const database = await testDatabase();
  const hub = await testHub({ database });
  after(() => hub.stop());
  const city = await sampleCity(hub);
  for (const station of stations) {
    const { json } = await city.ecology.client.sendFile(dataset, path(station), {
      mapping: 'prsa',
      partSize: 500_000,
    });
    assert.equal(json.state, 'published');
    assert.deepEqual(json['counts'], { records: 35_064, rows: 35_064, bad: 0, skipped: 0 });
  }
  const agreement = [...hub.hub.services.registry.current.plans.agreements.keys()].find((id) =>
    id.startsWith('auto-'),
  );
  const context = { purpose: 'environment-study', agreement: agreement ?? '' };
  const seen = new Set<string>();
  let missing = 0;
  for (const station of stations) {
    const filter = [{ field: 'station', op: 'eq' as const, value: station }];
    for await (const page of city.education.client.queryPages(dataset, { filter, limit: 1000 }, context)) {
      assert.equal(page.check?.ok, true, 'signature and receipt hold');
      for (const record of page.json.records) {
        seen.add(`${String(record['station'])} ${String(record['time'])}`);
        for (const value of Object.values(record)) {
          assert.notEqual(value, 'NA');
          if (value === null) missing += 1;
        }
      }
    }
  }
  assert.equal(seen.size, 105_192);
  assert.equal(missing, await missingCells());
});

/** Cells that say NA in the files. */
async function missingCells(): Promise<number> {
  let count = 0;
  for (const station of stations) {
    for await (const line of createInterface({ input: createReadStream(path(station)) })) {
      count += line.split(',').filter((cell) => cell === 'NA').length;
    }
  }
  return count;
}
