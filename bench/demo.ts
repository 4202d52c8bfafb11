/** `datong demo` from its start until ready, and its memory then: node and PostgreSQL, shared pages counted once (PSS). */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { median, type Bench, type BenchRow } from './row.ts';

const rounds = 5;

export const bench: Bench = { run };

async function run(): Promise<readonly BenchRow[]> {
  const seconds: number[] = [];
  const megabytes: number[] = [];
  await measure(); // the bundle of the command line is built once after an installation
  for (let round = 0; round < rounds; round += 1) {
    const { milliseconds, bytes } = await measure();
    seconds.push(milliseconds / 1000);
    megabytes.push(bytes / 1_048_576);
  }
  return [
    {
      figure: 'datong demo, from start to ready',
      value: median(seconds),
      unit: 's',
      against: '–',
      must: { atMost: 5 },
      aim: 2,
    },
    {
      figure: 'datong demo, memory when ready',
      value: median(megabytes),
      unit: 'MB',
      against: '–',
      must: { atMost: 300 },
      aim: 200,
      note: 'node and PostgreSQL, proportional set size',
    },
  ];
}

async function measure(): Promise<{ readonly milliseconds: number; readonly bytes: number }> {
  const home = await mkdtemp(join(tmpdir(), 'datong-bench-'));
  const bin = resolve(import.meta.dirname, '../bin/datong.mjs');
  const started = performance.now();
  const child = spawn(process.execPath, [bin, 'demo', '--once'], {
    env: { ...process.env, LC_ALL: '', LANG: 'en_GB.UTF-8', DATONG_STATE: join(home, 'demo.json') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      if (!line.startsWith('ready: ')) continue;
      const milliseconds = performance.now() - started;
      const bytes = familyOf(child.pid ?? 0).reduce((sum, pid) => sum + proportional(pid), 0);
      return { milliseconds, bytes };
    }
    throw new Error('the demo was never ready');
  } finally {
    child.stdout.resume();
    await new Promise((ended) => child.once('close', ended));
    await rm(home, { recursive: true, force: true });
  }
}

/** A process and everything it started, PostgreSQL's own children too. */
function familyOf(root: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const status = /^\d+$/.test(name) ? textOf(`/proc/${name}/status`) : undefined;
    const parent = /^PPid:\s+(\d+)$/m.exec(status ?? '')?.[1];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const family = [root];
  for (const member of family) {
    for (const [pid, parent] of parents) if (parent === member) family.push(pid);
  }
  return family;
}

const proportional = (pid: number): number =>
  Number(/^Pss:\s+(\d+) kB$/m.exec(textOf(`/proc/${pid}/smaps_rollup`) ?? '')?.[1] ?? 0) * 1024;

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // the process has ended since
  }
}
