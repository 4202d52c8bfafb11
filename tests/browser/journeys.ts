/** What a person does on a page to finish something: console/DESIGN.md has the numbers, and tests count them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Page } from 'playwright-core';

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

/** @param journey as its row in console/DESIGN.md is named */
export function takesAsWritten(journey: string, width: number, acts: Acts): void {
  const { wide, phone } = written(journey);
  assert.deepEqual(acts, width < narrow ? phone : wide, `${journey}, ${width} wide`);
}
