/**
 * `datong serve` of a hub that was set up before, from its start until ready: keys read, its PostgreSQL started, the log's head verified.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { datongBin, datongEnvironment, runDatong } from '../tests/datong.ts';
import { median, type Bench, type BenchRow } from './row.ts';

const rounds = 5;

export const bench: Bench = { run };

async function run(): Promise<readonly BenchRow[]> {
  const home = await mkdtemp(join(tmpdir(), 'datong-bench-'));
  try {
    const file = join(home, 'hub.json');
    const anyPort = { host: '127.0.0.1', port: 0 };
    await writeFile(
      file,
      JSON.stringify({
        name: 'bench',
        publicOrigin: 'https://localhost:8443',
        stateDir: join(home, 'state'),
        listeners: { exchange: anyPort, open: anyPort, staff: anyPort, admin: anyPort },
      }),
    );
    const { code, stderr } = await runDatong(['admin', 'bootstrap', '--config', file]);
    if (code !== 0) throw new Error(`bootstrap ended with ${code}: ${stderr}`);
    const seconds: number[] = [];
    for (let round = 0; round < rounds; round += 1) seconds.push(await fromStartToReady(file));
    return [
      {
        figure: 'datong serve, from start to ready',
        value: median(seconds),
        unit: 's',
        against: '–',
        must: { atMost: 2 },
        note: 'with the start of its own PostgreSQL',
      },
    ];
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function fromStartToReady(file: string): Promise<number> {
  const started = performance.now();
  const hub = spawn(process.execPath, [datongBin, 'serve', '--config', file, '--json'], {
    env: datongEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(hub, 'exit');
  hub.stdout.setEncoding('utf8');
  const said = await Promise.race([once(hub.stdout, 'data'), ended.then(() => undefined)]);
  if (said === undefined) throw new Error('the hub was never ready');
  const { origins } = JSON.parse(String(said[0])) as { origins: { admin: string } };
  const ready = await fetch(`${origins.admin}/readyz`);
  if (ready.status !== 200) throw new Error(`/readyz says ${ready.status}`);
  const seconds = (performance.now() - started) / 1000;
  hub.kill('SIGTERM');
  await ended;
  return seconds;
}
