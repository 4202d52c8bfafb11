/**
 * How a page was painted: the largest paint and the shifts of layout of every document that a test opens, without a clock. Web Vitals
 * calls shifts that add up to 0.1 good. What moves after a press or a key is expected: a slow hub answers later than the half second
 * that a browser allows for it, so nothing is counted from then on.
 */
import type { Page } from 'playwright-core';

/** Cumulative layout shift. */
const maxShift = 0.1;
/** What of the console itself may have come over the line before the largest element of a page is painted: the first load, the page's own module, a chart's. */
const maxFiles = 36;
const maxBytes = 600 * 1024;

/** Before anything else of the document: notes what is painted, and what moves. */
export const paintNoted = `(() => {
  const noted = (window.datongPaint = { touchedAt: Infinity, shifts: [], largest: undefined });
  for (const kind of ['pointerdown', 'keydown', 'input', 'change', 'drop', 'scroll', 'resize'])
    addEventListener(kind, ({ timeStamp }) => { noted.touchedAt = Math.min(noted.touchedAt, timeStamp); }, { capture: true });
  // print layout is not read; a frame has begun before the page is notified
  matchMedia('print').addEventListener('change', () => { noted.touchedAt = Math.min(noted.touchedAt, performance.now() - 100); });
  const named = (node) => node?.nodeType === 1 ? node.tagName.toLowerCase() + (node.className ? '.' + String(node.className.baseVal ?? node.className).trim().replaceAll(' ', '.') : '') : node?.nodeName;
  const shifted = (list) => {
    for (const { startTime, value, hadRecentInput, sources } of list)
      if (!hadRecentInput) noted.shifts.push({ startTime, value, what: sources.map(({ node, previousRect: from, currentRect: to }) => named(node) + ' ' + [from.y, from.height, to.y, to.height].map(Math.round).join('/')) });
  };
  const painted = (list) => {
    for (const one of list) noted.largest = { at: one.startTime, what: named(one.element), size: one.size };
  };
  const shifts = new PerformanceObserver((list) => shifted(list.getEntries()));
  shifts.observe({ type: 'layout-shift', buffered: true });
  const paints = new PerformanceObserver((list) => painted(list.getEntries()));
  paints.observe({ type: 'largest-contentful-paint', buffered: true });
  noted.take = () => { shifted(shifts.takeRecords()); painted(paints.takeRecords()); };
})()`;

interface Noted {
  readonly shift: number;
  readonly moved: readonly string[];
  readonly largest?: string;
  readonly files: number;
  readonly bytes: number;
}

const reported = `(() => {
  const noted = window.datongPaint;
  noted.take();
  const shifts = noted.shifts.filter(({ startTime }) => startTime < noted.touchedAt);
  const before = performance.getEntriesByType('resource').filter(({ name, responseEnd }) => name.includes('/assets/') && responseEnd <= (noted.largest?.at ?? 0));
  return {
    shift: shifts.reduce((sum, { value }) => sum + value, 0),
    moved: shifts.map(({ value, what }) => value.toFixed(3) + ' ' + what.join(', ')),
    largest: noted.largest?.what,
    files: before.length,
    bytes: before.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
  };
})()`;

/** @returns how the document was painted otherwise than it should */
export async function paintFaults(page: Page): Promise<string[]> {
  const { shift, moved, largest, files, bytes } = await page.evaluate<Noted>(reported);
  const faults: string[] = [];
  if (shift > maxShift) faults.push(`moved by ${shift.toFixed(3)} while it was read: ${moved.join('; ')}`);
  if (files > maxFiles || bytes > maxBytes)
    faults.push(`${files} files and ${bytes} bytes before the largest paint, ${largest ?? ''}`);
  return faults;
}
