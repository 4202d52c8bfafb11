import { pointerTo } from '../jsonSchema.ts';
import { vocabulary } from '../vocabulary/keywords.ts';
import { allowedKeywords, refusedKeywords } from './profile.ts';
import type { Report } from './report.ts';
import type { Place } from './walk.ts';

const rootOnly = new Set([
  '$schema',
  '$id',
  ...vocabulary.filter(({ place }) => place === 'root').map(({ name }) => name),
]);

/** Keywords outside the allow-list, with the nearest allowed one where a typing error is likely; root keywords elsewhere. */
export function checkKeywords({ schema, pointer, role }: Place, report: Report): void {
  for (const keyword of Object.keys(schema)) {
    const path = pointerTo(pointer, keyword);
    if (!allowedKeywords.has(keyword)) {
      const near = refusedKeywords.has(keyword) ? undefined : nearest(keyword);
      if (near === undefined) report('keyword_not_allowed', path, { keyword });
      else report('keyword_unknown', path, { keyword, near });
    } else if (role !== 'root' && rootOnly.has(keyword)) {
      report('keyword_place', path, { keyword });
    }
  }
}

function nearest(keyword: string): string | undefined {
  let best: string | undefined;
  let least = Math.min(3, Math.ceil(keyword.length / 3) + 1);
  for (const allowed of allowedKeywords) {
    const distance = editDistance(keyword, allowed, least);
    if (distance < least) {
      best = allowed;
      least = distance;
    }
  }
  return best;
}

/** Levenshtein's distance, given up at `enough`. */
function editDistance(a: string, b: string, enough: number): number {
  if (Math.abs(a.length - b.length) >= enough || a.length > 64) return enough;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + same));
    }
    row = next;
  }
  return row[b.length] ?? enough;
}
