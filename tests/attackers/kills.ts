/**
 * Runs what kills a hub or its PostgreSQL, two at a time (each waits for a start most of the time): `kills.ts NAME…`. Each is a process with a
 * server of its own, because one that is killed takes every database of it down. What one says is printed when it has ended.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';

const waiting = process.argv.slice(2);
const failed: string[] = [];

async function runOne(name: string): Promise<void> {
  const program = [resolve('scripts/run.mjs'), resolve(import.meta.dirname, `${name}.ts`)];
  const child = spawn(process.execPath, program, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  process.stdout.write(await text(child.stdout));
  const [code] = (await ended) as [number | null];
  if (code !== 0) failed.push(name);
}

async function runOnes(): Promise<void> {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) await runOne(name);
}

if (waiting.length === 0) throw new Error('usage: kills.ts NAME…');
await Promise.all([runOnes(), runOnes()]);
if (failed.length > 0) process.stdout.write(`✖ ${failed.join(', ')}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
