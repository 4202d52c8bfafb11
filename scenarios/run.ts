/** `npm run scenario NAME [--people N] [--seconds T] [--seed S] [--out FOLDER]`: one system of a city, from nothing to a report. `list` names them. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Chart, Figure, Play } from './pack.ts';
import { reportPage, reportText } from './report.ts';
import { Stage } from './stage.ts';

const root = import.meta.dirname;
const names = readdirSync(root).filter((name) => existsSync(join(root, name, 'play.ts')));

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    people: { type: 'string', default: '2000' },
    seconds: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string' },
  },
});
const [name = ''] = positionals;
if (name === 'list') {
  process.stdout.write(`${names.join('\n')}\n`);
  process.exit(0);
}
const [people, seconds, seed] = [values.people, values.seconds, values.seed].map(Number) as [
  number,
  number,
  number,
];
if (
  !names.includes(name) ||
  ![people, seconds, seed].every((number) => Number.isSafeInteger(number) && number > 0)
) {
  process.stderr.write(
    `usage: npm run scenario -- NAME [--people N] [--seconds T] [--seed S] [--out FOLDER], NAME one of: ${names.join(', ')}\n`,
  );
  process.exit(2);
}

const folder = join(root, name);
const { play } = (await import(join(folder, 'play.ts'))) as { readonly play: Play };
const work = mkdtempSync(join(tmpdir(), 'datong-scenario-'));
const stage = await Stage.raise(work);
const begun = performance.now();
let memory = 0;
const watch = setInterval(() => (memory = Math.max(memory, stage.memory())), 500);
try {
  await play({
    stage,
    folder,
    people,
    seconds,
    seed,
    step: async (title, act) => {
      const from = performance.now();
      const result = await act();
      process.stdout.write(`${((performance.now() - from) / 1000).toFixed(1).padStart(7)} s  ${title}\n`);
      return result;
    },
  });
  clearInterval(watch);
  await stage.takeOut();
  const duration = ((performance.now() - begun) / 1000).toFixed(1);
  const checked = execFileSync('python3', [join(folder, 'check.py'), stage.out], { encoding: 'utf8' });
  const figures: readonly Figure[] = [
    ...(JSON.parse(checked) as readonly Figure[]),
    { figure: 'memory of the hub, MB', required: '≤ 400', measured: String(memory), held: memory <= 400 },
    { figure: 'duration, s', required: '–', measured: duration, held: true },
  ];
  process.stdout.write(reportText(figures));
  if (values.out !== undefined) {
    cpSync(stage.out, values.out, { recursive: true });
    const drawn = join(stage.out, 'charts.json');
    const charts = existsSync(drawn) ? (JSON.parse(readFileSync(drawn, 'utf8')) as readonly Chart[]) : [];
    writeFileSync(join(values.out, `${name}.html`), reportPage(name, figures, values, charts));
    writeFileSync(join(values.out, `${name}.json`), JSON.stringify(figures, undefined, 1));
  }
  process.exitCode = figures.every(({ held }) => held) ? 0 : 1;
} finally {
  clearInterval(watch);
  await stage.close();
  rmSync(work, { recursive: true, force: true });
}
