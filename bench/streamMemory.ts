/** Growth of a hub's memory while many rows leave as a stream; its reader is another process. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { sampleCity, testHub } from '../tests/hub.ts';
import { moreRows } from '../tests/moreRows.ts';
import { sendRegister } from './release/register.ts';
import { askForStream, grantStreams, streamedDataset } from './release/streamed.ts';
import type { Bench, BenchRow } from './row.ts';

/** as they are sent; some two in three leave, with some 170 bytes each */
const first = 45_000;
const sizes = [
  { name: '100 MB', copies: 20 },
  { name: '1 GB', copies: 200 },
] as const;

export const bench: Bench = { run };

async function run(): Promise<readonly BenchRow[]> {
  const hub = await testHub({ calls: { rate: 1e9, burst: 1e9 }, jobsByTime: false });
  const reader = fork(fileURLToPath(new URL('release/readStream.mjs', import.meta.url)));
  try {
    const city = await sampleCity(hub);
    await sendRegister(city, first);
    await grantStreams(hub, city);
    // the thread for pages is there before anything is measured
    await askForStream(hub, city, reader);
    const figures: BenchRow[] = [];
    for (const { name, copies } of sizes) {
      const fewer = await moreRows(hub.hub.database, streamedDataset, copies, {
        f_person_id: `left("f_person_id", 6) || lpad(("_row" * 1000 + nth)::text, 12, '0')`,
      });
      await askForStream(hub, city, reader, {
        filter: [{ field: 'region_code', op: 'eq', value: '990102' }],
      });
      const before = process.memoryUsage.rss();
      let most = before;
      const watch = setInterval(() => {
        most = Math.max(most, process.memoryUsage.rss());
      }, 50);
      const { bytes, lines } = await askForStream(hub, city, reader).finally(() => clearInterval(watch));
      await hub.hub.runner.run('mergeTokens');
      await fewer();
      figures.push({
        figure: `memory growth of the hub while ${name} go out`,
        value: (most - before) / 1e6,
        unit: 'MB',
        against: 'the hub as it stands, its thread waiting',
        must: { atMost: 96 },
        aim: 48,
        note: `${lines.toLocaleString('en')} lines, ${(bytes / 1e6).toFixed(0)} MB, from ${(before / 1e6).toFixed(0)} MB`,
      });
    }
    return figures;
  } finally {
    reader.kill();
    await hub.stop();
  }
}
