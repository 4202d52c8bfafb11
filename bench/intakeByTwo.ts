/** Throughput of two departments that send simultaneously, compared with one after the other. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatongClient } from '../clients/sdk/datongClient.ts';
import { sampleCity, testHub } from '../tests/hub.ts';
import { writeHouseholds } from './intake/householdCsv.ts';
import { householdDataset } from './intake/householdDataset.ts';
import { median, type Bench, type BenchRow } from './row.ts';

const rows = 250_000;
const rounds = 3;

export const bench: Bench = { run };

async function run(): Promise<readonly BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'datong-bench-'));
  const hub = await testHub({ intake: { answerWithin: 3_600_000 } });
  try {
    const city = await sampleCity(hub);
    const departments: { readonly client: DatongClient; readonly dataset: string }[] = [];
    for (const { department, client } of [city.publicSecurity, city.education])
      departments.push({
        client,
        dataset: await householdDataset(hub, city.operator, department, 'sent', 'snapshot'),
      });
    const ratios: number[] = [];
    const times = { after: [] as number[], atOnce: [] as number[] };
    let seed = 0;
    const sends = async (): Promise<(() => Promise<void>)[]> => {
      const made: (() => Promise<void>)[] = [];
      for (const { client, dataset } of departments) {
        seed += 1;
        const file = join(folder, `${seed}.csv`);
        await writeHouseholds(file, { rows, seed });
        made.push(async () => {
          const { json } = await client.sendFile(dataset, file, { mapping: 'sent' });
          if (json.state !== 'published') throw new Error(`batch ${json.state}`);
          await rm(file);
        });
      }
      return made;
    };
    for (let round = 0; round < rounds; round += 1) {
      const [first, second] = [await sends(), await sends()];
      let started = performance.now();
      for (const send of first) await send();
      const after = performance.now() - started;
      started = performance.now();
      await Promise.all(second.map((send) => send()));
      const atOnce = performance.now() - started;
      if (round === 0) continue; // code and threads are warm from the second on
      ratios.push(after / atOnce);
      times.after.push(after);
      times.atOnce.push(atOnce);
    }
    const seconds = (values: readonly number[]): string => (median(values) / 1000).toFixed(1);
    return [
      {
        figure: `two departments at once, ${rows.toLocaleString('en')} rows each`,
        value: median(ratios),
        unit: '×',
        against: 'one after the other',
        must: { atLeast: 0.9 },
        note: `${seconds(times.atOnce)} s against ${seconds(times.after)} s for both, upload to visible rows`,
      },
    ];
  } finally {
    await hub.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
