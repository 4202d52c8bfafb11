/**
 * `npm run bench [-- NAME…] [-- --json FILE]`: figures beside their limits. Each bench has a process of its own and runs what it compares in turns; the table says how
 * busy the machine was with other things. Exit code 1 where a limit is not held.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { inspect, parseArgs } from 'node:util';
import { columns } from '../clients/cli/textWidth.ts';
import { failuresOfHubs } from '../tests/hub.ts';
import type { Bench, BenchRow } from './row.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'string' } } });

/** Loaded one by one; they run in this order, or in the order in which they are named. */
const all: readonly (() => Promise<{ readonly bench: Bench }>)[] = [
  () => import('./release.ts'),
  () => import('./releaseAtSize.ts'),
  () => import('./jobs.ts'),
  () => import('./agent.ts'),
  () => import('./live.ts'),
  () => import('./consents.ts'),
  () => import('./stream.ts'),
  () => import('./streamMemory.ts'),
  () => import('./append.ts'),
  () => import('./appendAtSize.ts'),
  () => import('./appendByTwo.ts'),
  () => import('./verify.ts'),
  () => import('./officer.ts'),
  () => import('./intake.ts'),
  () => import('./intakeMemory.ts'),
  () => import('./intakeByTwo.ts'),
  () => import('./upsert.ts'),
  () => import('./console.ts'),
  () => import('./demo.ts'),
  () => import('./start.ts'),
  () => import('./policies.ts'),
  () => import('./schemas.ts'),
  () => import('./catalogue.ts'),
  () => import('./registry.ts'),
  () => import('./lists.ts'),
  () => import('./adapters.ts'),
];
const known = new Map<string, Bench>();
for (const load of all) {
  const { bench } = await load();
  known.set(bench.name, bench);
}
const named = positionals.length === 0 ? [...known.keys()] : positionals;
const unknown = named.filter((name) => !known.has(name));
if (unknown.length > 0) {
  process.stderr.write(`no bench named ${unknown.join(', ')}; there are ${[...known.keys()].join(', ')}\n`);
  process.exit(2);
}
const benches = named.flatMap((name) => known.get(name) ?? []);

interface Measured extends BenchRow {
  readonly bench: string;
  readonly held: boolean;
  /** cores busy with other things just before */
  readonly foreignLoad: number;
}

const measured: Measured[] = [];
/** Benches that broke off: the others' figures are told all the same. */
const broken: string[] = [];
const [only, ...others] = benches;
if (only !== undefined && others.length === 0) await measure(only);
else for (const { name } of benches) await inOwnProcess(name);

const figure = (value: number): string =>
  value >= 1000 ? Math.round(value).toLocaleString('en') : value.toFixed(2);
const limit = ({ must }: BenchRow): string =>
  must === undefined ? '–' : 'atLeast' in must ? `≥ ${figure(must.atLeast)}` : `≤ ${figure(must.atMost)}`;
const table = [
  ['figure', 'measured', 'must', 'aim', 'held', 'foreign load', 'against'],
  ...measured.map((row) => [
    row.figure,
    `${figure(row.value)} ${row.unit}`,
    limit(row),
    row.aim === undefined ? '–' : figure(row.aim),
    row.must === undefined ? '–' : row.held ? 'yes' : 'NO',
    row.foreignLoad.toFixed(2),
    `${row.against}${row.note === undefined ? '' : ` (${row.note})`}`,
  ]),
];
process.stdout.write(`${columns(table, new Set([1])).join('\n')}\n`);
const report = { node: process.version, cores: availableParallelism(), rows: measured, broken };
if (values.json === undefined) process.stdout.write(`${JSON.stringify(report)}\n`);
else writeFileSync(values.json, `${JSON.stringify(report, undefined, 2)}\n`);
process.exit(broken.length === 0 && measured.every((row) => row.held) ? 0 : 1);

async function measure(bench: Bench): Promise<void> {
  const load = await quietLoad();
  process.stderr.write(`${bench.name} (foreign load ${load.toFixed(2)} cores) …\n`);
  failuresOfHubs.length = 0;
  try {
    for (const row of await bench.run())
      measured.push({ ...row, bench: bench.name, held: isHeld(row), foreignLoad: load });
  } catch (error) {
    broken.push(bench.name);
    process.stderr.write(`${bench.name} broke off: ${inspect(error)}\n`);
    if (failuresOfHubs.length > 0) process.stderr.write(`its hub reported:\n${failuresOfHubs.join('')}`);
  }
}

/** What a hub of one bench leaves behind would be gone through again and again while the next is measured: hubs do not share a process. */
async function inOwnProcess(name: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'datong-bench-'));
  const file = join(folder, 'measured.json');
  try {
    const program = [resolve('scripts/bundled.mjs'), 'bench/run.ts', name, '--json', file];
    const child = spawn(process.execPath, program, { stdio: ['ignore', 'ignore', 'inherit'] });
    await once(child, 'exit');
    const told = JSON.parse(await readFile(file, 'utf8').catch(() => '{}')) as Partial<typeof report>;
    measured.push(...(told.rows ?? []));
    broken.push(...(told.broken ?? [name]));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function isHeld({ must, value }: BenchRow): boolean {
  if (must === undefined) return true;
  return 'atLeast' in must ? value >= must.atLeast : value <= must.atMost;
}

/** The foreign load once it is low, after half a minute at the latest: what the bench before leaves running (a database that ends, files that go) is not measured. */
async function quietLoad(): Promise<number> {
  let load = await foreignLoad();
  for (let more = 30; more > 0 && load > 0.2; more -= 1) load = await foreignLoad();
  return load;
}

/** Cores that others keep busy while this process waits for a second. */
async function foreignLoad(): Promise<number> {
  const before = busyTicks();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  return Math.max(0, busyTicks() - before) / 100;
}

/** Ticks (1/100 s) in which some core was not idle; 0 where the system does not tell. */
function busyTicks(): number {
  try {
    const [, ...fields] = (readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '').split(/\s+/).map(Number);
    const [user = 0, nice = 0, system = 0, , , irq = 0, soft = 0, steal = 0] = fields;
    return user + nice + system + irq + soft + steal;
  } catch {
    return 0;
  }
}
