/** Growth of a hub's memory while a large file is received, checked, loaded and published; its sender is another process. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sampleCity, testHub } from '../tests/hub.ts';
import type { Sending, Writing } from './intake/sendFile.ts';
import type { Bench, BenchRow } from './row.ts';

/** Some 115 bytes each. */
const sizes = [
  { name: '100 MB', rows: 870_000 },
  { name: '1 GB', rows: 8_700_000 },
] as const;
/** a file that is divided among the threads, so that they are there already */
const first = 50_000;
const dataset = 'pub-security.household';

export const bench: Bench = { run };

async function run(): Promise<readonly BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'datong-bench-'));
  const hub = await testHub({ intake: { answerWithin: 3_600_000 } });
  const sender = fork(fileURLToPath(new URL('intake/sender.mjs', import.meta.url)));
  try {
    const { department, tls, signing } = (await sampleCity(hub)).publicSecurity;
    const { exchange, open } = hub.hub.origins;
    const reported = async (
      order: Sending | Writing,
    ): Promise<{ readonly state?: string; readonly bytes?: number }> => {
      sender.send(order);
      const [answer] = (await once(sender, 'message')) as [
        { readonly state?: string; readonly bytes?: number; readonly error?: string },
      ];
      if (answer.error !== undefined) throw new Error(answer.error);
      return answer;
    };
    const send = async (file: string): Promise<void> => {
      const order: Sending = {
        ...{ department, ca: hub.ca, tls, dataset, file, mapping: 'household' },
        hub: { exchange, open },
        signing: signing.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      };
      const { state } = await reported(order);
      if (state !== 'published') throw new Error(`batch ${state ?? ''}`);
    };
    const file = join(folder, 'households.csv');
    await reported({ file, households: { rows: first, seed: 1 } });
    // written before anything is sent: a hub that waits for minutes gives memory back, and would take it again for any file at all
    const files: { readonly file: string; readonly bytes: number }[] = [];
    for (const [i, { rows }] of sizes.entries()) {
      const one = join(folder, `households-${i}.csv`);
      const { bytes = 0 } = await reported({ file: one, households: { rows, seed: 2 + i } });
      files.push({ file: one, bytes });
    }
    await send(file);
    const figures: BenchRow[] = [];
    for (const [i, { name, rows }] of sizes.entries()) {
      const { file: sent = '', bytes = 0 } = files[i] ?? {};
      const before = process.memoryUsage.rss();
      let most = before;
      const watch = setInterval(() => {
        most = Math.max(most, process.memoryUsage.rss());
      }, 50);
      try {
        await send(sent);
      } finally {
        clearInterval(watch);
      }
      figures.push({
        figure: `memory growth of the hub while ${name} come in`,
        value: (most - before) / 1e6,
        unit: 'MB',
        against: 'the hub as it stands, its threads waiting',
        must: { atMost: 96 },
        aim: 48,
        note: `${rows.toLocaleString('en')} rows, ${(bytes / 1e6).toFixed(0)} MB, from ${(before / 1e6).toFixed(0)} MB`,
      });
    }
    return figures;
  } finally {
    sender.disconnect();
    await hub.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
