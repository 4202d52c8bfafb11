/**
 * `npm run bench [-- NAME…] [-- --json FILE]`: figures with their limits. Each bench runs in a separate process and alternates the sides
 * that it compares. The table shows the foreign load of the machine, and how much slower a core was than where time limits were set. Exit
 * code 1 where a limit is exceeded.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { inspect, parseArgs } from 'node:util';
import { columns } from '../clients/cli/printedText.ts';
import { failuresOfHubs } from '../tests/hub.ts';
import { slowness } from './machine.ts';
import { holds, limitHere, type Bench, type BenchRow, type Limit } from './row.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'string' } } });

/**
 * Benches by their names, in their default order. A process loads only the file of the one that it measures: the objects of others would be
 * scanned by each collection, in the hub's time.
 */
const all: Readonly<Record<string, () => Promise<Bench>>> = {
  release: async () => (await import('./release.ts')).releaseBench,
  'release by two': async () => (await import('./releaseByTwo.ts')).releaseByTwoBench,
  'release at size': async () => (await import('./release.ts')).releaseAtSizeBench,
  jobs: async () => (await import('./otherReleases.ts')).jobsBench,
  agent: async () => (await import('./otherReleases.ts')).agentBench,
  telemetry: async () => (await import('./telemetry.ts')).telemetryBench,
  live: async () => (await import('./otherReleases.ts')).liveBench,
  consents: async () => (await import('./otherReleases.ts')).consentsBench,
  stream: async () => (await import('./release.ts')).streamBench,
  'stream memory': async () => (await import('./release.ts')).streamMemoryBench,
  append: async () => (await import('./append.ts')).appendBench,
  'append at size': async () => (await import('./append.ts')).appendAtSizeBench,
  'append by two': async () => (await import('./append.ts')).appendByTwoBench,
  verify: async () => (await import('./verify.ts')).bench,
  officer: async () => (await import('./officer.ts')).bench,
  intake: async () => (await import('./intake.ts')).intakeBench,
  'intake memory': async () => (await import('./intake.ts')).intakeMemoryBench,
  'intake by two': async () => (await import('./intake.ts')).intakeByTwoBench,
  upsert: async () => (await import('./rows.ts')).upsertBench,
  rows: async () => (await import('./readings.ts')).rowsBench,
  'rows next to queries': async () => (await import('./readings.ts')).rowsNextToQueriesBench,
  'rows at size': async () => (await import('./readings.ts')).rowsAtSizeBench,
  cases: async () => (await import('./cases.ts')).casesBench,
  'cases at size': async () => (await import('./caseList.ts')).caseListBench,
  attachments: async () => (await import('./cases.ts')).attachmentsBench,
  events: async () => (await import('./rows.ts')).eventsBench,
  console: async () => (await import('./pages.ts')).consoleBench,
  demo: async () => (await import('./pages.ts')).demoBench,
  start: async () => (await import('./pages.ts')).startBench,
  policies: async () => (await import('./policies.ts')).bench,
  schemas: async () => (await import('./schemas.ts')).schemasBench,
  catalogue: async () => (await import('./pages.ts')).catalogueBench,
  registry: async () => (await import('./schemas.ts')).registryBench,
  lists: async () => (await import('./pages.ts')).listsBench,
  adapters: async () => (await import('./adapters.ts')).bench,
};
const names = positionals.length === 0 ? Object.keys(all) : positionals;
const unknown = names.filter((name) => !Object.hasOwn(all, name));
if (unknown.length > 0) {
  process.stderr.write(`no bench named ${unknown.join(', ')}; there are ${Object.keys(all).join(', ')}\n`);
  process.exit(2);
}

interface Measured extends BenchRow {
  readonly bench: string;
  readonly held: boolean;
  /** cores busy with other things just before */
  readonly foreignLoad: number;
  /** of a core, before and after */
  readonly slowness: number;
}

const measured: Measured[] = [];
/** Benches that failed: the figures of the others are reported all the same. */
const broken: string[] = [];
const [only, ...others] = names;
if (only !== undefined && others.length === 0) await measure(only);
else for (const name of names) await inOwnProcess(name);

process.stdout.write(`${tableOf(measured)}\n`);
const report = { node: process.version, cores: availableParallelism(), rows: measured, broken };
if (values.json === undefined) process.stdout.write(`${JSON.stringify(report)}\n`);
else writeFileSync(values.json, `${JSON.stringify(report, undefined, 2)}\n`);
process.exit(broken.length === 0 && measured.every((row) => row.held) ? 0 : 1);

function figure(value: number): string {
  return value >= 1000 ? Math.round(value).toLocaleString('en') : value.toFixed(2);
}

function notified(limit: Limit): string {
  return 'atLeast' in limit ? `≥ ${figure(limit.atLeast)}` : `≤ ${figure(limit.atMost)}`;
}

function limitOf(row: Measured): string {
  const here = limitHere(row, row.slowness);
  if (row.must === undefined || here === undefined) return '–';
  return here === row.must ? notified(here) : `${notified(row.must)}, here ${notified(here)}`;
}

function tableOf(rows: readonly Measured[]): string {
  const table = [
    ['figure', 'measured', 'must', 'aim', 'held', 'foreign load', 'slower', 'against'],
    ...rows.map((row) => [
      row.figure,
      `${figure(row.value)} ${row.unit}`,
      limitOf(row),
      row.aim === undefined ? '–' : figure(row.aim),
      row.must === undefined ? '–' : row.held ? 'yes' : 'NO',
      row.foreignLoad.toFixed(2),
      `${row.slowness.toFixed(2)} ×`,
      `${row.against}${row.note === undefined ? '' : ` (${row.note})`}`,
    ]),
  ];
  return columns(table, new Set([1])).join('\n');
}

async function measure(name: string): Promise<void> {
  const load = await quietLoad();
  process.stderr.write(`${name} (foreign load ${load.toFixed(2)} cores) …\n`);
  failuresOfHubs.length = 0;
  try {
    const loaded = await all[name]?.();
    const before = slowness();
    const rows = (await loaded?.run()) ?? [];
    const slower = Math.sqrt(before * slowness());
    for (const row of rows) {
      const held = holds(row.value, limitHere(row, slower));
      measured.push({ ...row, bench: name, held, foreignLoad: load, slowness: slower });
    }
  } catch (error) {
    broken.push(name);
    process.stderr.write(`${name} broke off: ${inspect(error)}\n`);
    if (failuresOfHubs.length > 0) process.stderr.write(`its hub reported:\n${failuresOfHubs.join('')}`);
  }
}

/** Hubs do not share a process: each collection would scan the objects of an earlier bench while the next is measured. */
async function inOwnProcess(name: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'datong-bench-'));
  const file = join(folder, 'measured.json');
  try {
    const program = [resolve('scripts/bundled.mjs'), 'bench/run.ts', name, '--json', file];
    const child = spawn(process.execPath, program, { stdio: ['ignore', 'ignore', 'inherit'] });
    await once(child, 'exit');
    const notified = JSON.parse(await readFile(file, 'utf8').catch(() => '{}')) as Partial<typeof report>;
    const rows = notified.rows ?? [];
    measured.push(...rows);
    // an interrupted run has reported its measurements so far
    if (rows.length > 0) process.stderr.write(`${tableOf(rows)}\n`);
    broken.push(...(notified.broken ?? [name]));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Waits until the foreign load is low, for half a minute at most, and returns it: leftovers of the previous bench (a database that ends,
 * files being deleted) are not measured.
 */
async function quietLoad(): Promise<number> {
  let load = await foreignLoad();
  for (let more = 30; more > 0 && load > 0.2; more -= 1) load = await foreignLoad();
  return load;
}

/** Cores that other processes use while this process waits for a second. */
async function foreignLoad(): Promise<number> {
  const before = busyTicks();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  return Math.max(0, busyTicks() - before) / 100;
}

/** Ticks (1/100 s) in which some core was not idle; 0 where the system does not report them. */
function busyTicks(): number {
  try {
    const [, ...fields] = (readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '').split(/\s+/).map(Number);
    const [user = 0, nice = 0, system = 0, , , irq = 0, soft = 0, steal = 0] = fields;
    return user + nice + system + irq + soft + steal;
  } catch {
    return 0;
  }
}
