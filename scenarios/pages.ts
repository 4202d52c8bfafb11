/** The figures of the last reported run in the scenario's pages, in Chinese and English (docs/scenarios). */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Figure } from './pack.ts';
import { fullSize } from './packs.ts';
import { markOf } from './report.ts';

/** A run that `--report` wrote. */
interface Result {
  readonly people: number;
  readonly seconds: number;
  readonly seed: number;
  /** day, `2026-11-28` */
  readonly on: string;
  readonly cores: number;
  /** of a core, relative to the machine of bench/README.md */
  readonly slowness: number;
  readonly figures: readonly Figure[];
}

const folder = resolve(import.meta.dirname, '../docs/scenarios');

export const resultFile = (name: string): string => join(folder, `${name}.json`);
export const pageFiles = (name: string): Readonly<Record<'zh' | 'en', string>> => ({
  zh: join(folder, `${name}.zh-CN.md`),
  en: join(folder, `${name}.md`),
});

const [begin, end] = ['<!-- begin figures -->', '<!-- end figures -->'];

const isFull = ({ people, seconds }: Result, name: string): boolean =>
  people >= fullSize.people && (name !== 'city-brain' || seconds >= fullSize.seconds);

function wordsOf(name: string, { people, seconds, seed }: Omit<Result, 'figures'>): string {
  const time = name === 'city-brain' ? ` --seconds ${seconds}` : '';
  return `\`--people ${people}${time} --seed ${seed}\``;
}

/** How the run was made, and which size was not measured. */
function introduction(name: string, result: Result, language: 'zh' | 'en'): string {
  const { on, cores, slowness } = result;
  const run = wordsOf(name, result);
  const full = wordsOf(name, { ...result, ...fullSize });
  if (language === 'zh') {
    const made = `${on} 以 ${run} 实测，${cores} 个处理器核心，每个核心用时为[基准机器](../../bench/README.md)的 ${slowness} 倍。`;
    return isFull(result, name) ? made : `${made}完整规模（${full}）尚未实测。`;
  }
  const made = `Measured on ${on} with ${run} on ${cores} cores; a core takes ${slowness} times as long as on the [reference machine](../../bench/README.md).`;
  return isFull(result, name) ? made : `${made} The full size (${full}) has not been measured.`;
}

const heads = {
  zh: ['', '数字', '要求', '实测'],
  en: ['', 'Figure', 'Required', 'Measured'],
};

/** In Chinese `155 (29508 of 30012)` is `155（29508 / 30012）`. */
const valueText = (value: string, language: 'zh' | 'en'): string =>
  language === 'en'
    ? value
    : value.replaceAll(/(\d) of (\d)/g, '$1 / $2').replaceAll(/ \((\d+ \/ \d+)\)/g, '（$1）');

/** The lines between the marks of a page. */
function figuresText(name: string, language: 'zh' | 'en'): string {
  if (!existsSync(resultFile(name))) return language === 'zh' ? '尚未实测。' : 'Not measured.';
  const result = JSON.parse(readFileSync(resultFile(name), 'utf8')) as Result;
  const rows = result.figures.map(({ figure, required, measured, held }) => [
    markOf(held),
    figure[language],
    valueText(required, language),
    valueText(measured, language),
  ]);
  const table = [heads[language], heads[language].map(() => '---'), ...rows];
  return `${introduction(name, result, language)}\n\n${table.map((row) => `| ${row.join(' | ')} |`).join('\n')}`;
}

/** A page with the figures of the last reported run. @throws Error where the page has no marks */
export function filledPage(name: string, language: 'zh' | 'en'): string {
  const text = readFileSync(pageFiles(name)[language], 'utf8');
  const [before, rest = ''] = text.split(begin);
  const [, after] = rest.split(end);
  if (before === undefined || after === undefined) throw new Error(`${name}: no marks for the figures`);
  return `${before}${begin}\n${figuresText(name, language)}\n${end}${after}`;
}

export function fillPages(name: string): void {
  for (const language of ['zh', 'en'] as const)
    writeFileSync(pageFiles(name)[language], filledPage(name, language));
}
