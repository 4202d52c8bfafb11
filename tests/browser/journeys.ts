/** What a person does on a page to finish something: console/DESIGN.md has the numbers, and tests count them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { median } from '../../hub/domain/median.ts';

export interface Acts {
  /** presses of the mouse or a finger */
  readonly clicks: number;
  /** fields whose value was changed */
  readonly fields: number;
}

const counter = `(() => {
  const acts = (window.datongActs = { clicks: 0, fields: new Set() });
  addEventListener('pointerdown', () => { acts.clicks += 1; }, { capture: true });
  for (const kind of ['input', 'change']) addEventListener(kind, ({ target }) => acts.fields.add(target), { capture: true });
})()`;

/** Counts from now on, until the page is loaded anew. @returns what was counted so far */
export async function countActs(page: Page): Promise<() => Promise<Acts>> {
  await page.evaluate(counter);
  return () => page.evaluate<Acts>('({ clicks: datongActs.clicks, fields: datongActs.fields.size })');
}

/** Width below which the menu is opened by a button. */
export const narrow = 800;

const design = readFileSync(resolve(import.meta.dirname, '../../console/DESIGN.md'), 'utf8');

/** The row of a journey in the table of console/DESIGN.md. */
function written(journey: string): { readonly wide: Acts; readonly phone: Acts } {
  const cells = design
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .find((row) => row[1] === journey);
  assert.ok(cells, `console/DESIGN.md has no journey «${journey}»`);
  const [clicks = NaN, phoneClicks = NaN, fields = NaN] = cells.slice(2, 5).map(Number);
  return { wide: { clicks, fields }, phone: { clicks: phoneClicks, fields } };
}

/** Milliseconds of each journey, without the person's thinking time. */
const timed: {
  readonly journey: string;
  readonly width: number;
  readonly acts: Acts;
  readonly ms: number;
}[] = [];

/**
 * A journey that has ended: its acts are those of the table, its time is reported.
 *
 * @param journey as its row in console/DESIGN.md is named
 */
export function took(journey: string, width: number, acts: Acts, ms: number): void {
  const { wide, phone } = written(journey);
  assert.deepEqual(acts, width < narrow ? phone : wide, `${journey}, ${width} wide`);
  timed.push({ journey, width, acts, ms });
}

/** Clicks, fields and median seconds of the journeys so far, as rows of a table. */
export function tookTable(): readonly string[] {
  const seconds = (some: readonly { readonly ms: number }[]): string => {
    const ms = median(some.map((one) => one.ms));
    return ms === undefined ? '–' : (ms / 1_000).toFixed(1);
  };
  const rows = [...new Set(timed.map(({ journey }) => journey))].map((journey) => {
    const [wide, phone] = [false, true].map((isPhone) =>
      timed.filter((one) => one.journey === journey && one.width < narrow === isPhone),
    );
    const [first] = [...(wide ?? []), ...(phone ?? [])];
    const clicks = [wide, phone].map((some) => some?.[0]?.acts.clicks ?? '–');
    const times = [wide, phone].map((some) => seconds(some ?? []));
    return `| ${[journey, ...clicks, first?.acts.fields, ...times].join(' | ')} |`;
  });
  return [
    '| Journey | Clicks | On a phone | Fields | Seconds | On a phone |',
    '|---|---|---|---|---|---|',
    ...rows,
  ];
}
