/** `npm run scenario -- NAME`: one system of a city, from nothing to a report. The words are in runArguments.ts. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { slowness } from '../bench/machine.ts';
import { dayInChina } from '../terms/civilDate.ts';
import { seededCity, tablesOf } from './city/seededCity.ts';
import type { Chart, Figure } from './pack.ts';
import { packs } from './packs.ts';
import { fillPages, resultFile } from './pages.ts';
import { reportPage, reportText } from './report.ts';
import { runArguments, UsageFault, type CityArguments, type RunArguments } from './runArguments.ts';
import { Stage } from './stage.ts';

/** Exit: 0 all figures are as required, 1 one is not, 2 usage, or the machine lacks something. */
async function main(): Promise<number> {
  const given = runArguments(process.argv.slice(2));
  if (given === 'list') {
    for (const [name, { title }] of Object.entries(packs))
      process.stdout.write(`${name.padEnd(18)}${title.zh} / ${title.en}\n`);
    return 0;
  }
  if (given.kind === 'city') {
    writeCity(given);
    return 0;
  }
  const pack = packs[given.name];
  const lacking = (await pack?.lacks()) ?? false;
  if (lacking !== false) throw new UsageFault(lacking);
  if (spawnSync('python3', ['-c', 'import cryptography']).status !== 0)
    throw new UsageFault('no python3 with cryptography: pip install cryptography');
  const before = given.report ? slowness() : 1;
  const figures = await played(given);
  process.stdout.write(reportText(figures));
  if (given.report) {
    const measured = {
      on: dayInChina(Date.now()),
      cores: availableParallelism(),
      slowness: Number(Math.sqrt(before * slowness()).toFixed(2)),
    };
    const { name, people, seconds, seed } = given;
    const result = { people, seconds, seed, ...measured, figures };
    writeFileSync(resultFile(name), `${JSON.stringify(result, undefined, 2)}\n`);
    fillPages(name);
  }
  return figures.some(({ held }) => held === false) ? 1 : 0;
}

/** Writes the truth of the city: a file of JSON lines for each table. */
function writeCity({ people, seed, out }: CityArguments): void {
  mkdirSync(out, { recursive: true });
  for (const [name, rows] of Object.entries(tablesOf(seededCity(people, seed)))) {
    writeFileSync(join(out, `${name}.ndjson`), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    process.stdout.write(`${String(rows.length).padStart(7)}  ${name}.ndjson\n`);
  }
}

async function played(given: RunArguments): Promise<readonly Figure[]> {
  const { name, people, seconds, seed, out } = given;
  const folder = join(import.meta.dirname, name);
  const play = await packs[name]?.play();
  const work = mkdtempSync(join(tmpdir(), 'datong-scenario-'));
  const begun = performance.now();
  const lasted = (from: number): number => Number(((performance.now() - from) / 1000).toFixed(1));
  const step = async <T>(title: string, act: () => Promise<T>): Promise<T> => {
    const from = performance.now();
    const result = await act();
    process.stdout.write(`${lasted(from).toFixed(1).padStart(7)} s  ${title}\n`);
    return result;
  };
  let stage: Stage | undefined;
  let watch: NodeJS.Timeout | undefined;
  try {
    const raised = await step('a hub, its founders, its database', () => Stage.raise(work));
    stage = raised;
    watch = setInterval(() => raised.sampleMemory(), 500);
    await play?.({ stage: raised, folder, people, seconds, seed, step });
    raised.sampleMemory();
    await step('the log with its proofs, verified without the hub', () => raised.takeOut());
    const note = (file: string, value: object): void =>
      writeFileSync(join(raised.out, `${file}.json`), JSON.stringify(value));
    note('given', { people, seconds, seed });
    note('hub', { peakMb: raised.peakMemory, seconds: lasted(begun) });
    const figures = await step('the check', () => Promise.resolve(checked(folder, raised.out)));
    const charts = JSON.parse(readFileSync(join(raised.out, 'charts.json'), 'utf8')) as readonly Chart[];
    writeFileSync(
      join(raised.out, `${name}.html`),
      reportPage(name, figures, { people, seconds, seed }, charts),
    );
    note(name, figures);
    if (out !== undefined) cpSync(raised.out, out, { recursive: true });
    return figures;
  } finally {
    clearInterval(watch);
    await stage?.close();
    rmSync(work, { recursive: true, force: true });
  }
}

const checked = (folder: string, out: string): readonly Figure[] =>
  JSON.parse(
    execFileSync('python3', ['-B', join(folder, 'check.py'), out], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  ) as readonly Figure[];

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageFault)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
