import { createRequire } from 'node:module';
import { Lru } from '../lru.ts';
import { waysOf } from './measurePattern.ts';
import type { PatternNode } from './parsePattern.ts';

interface Recheck {
  checkSync: (
    source: string,
    flags: string,
    options: { timeout: number },
  ) => { readonly status: 'safe' | 'vulnerable' | 'unknown' };
}

const known = new Lru<boolean>(1000);
let recheck: Recheck | undefined;

/**
 * Whether a pattern cannot backtrack for long: proven here where few ways exist to match a text, else by recheck (its pure JavaScript
 * backend, loaded when first needed). What recheck does not know is not safe.
 */
export function isSafePattern(source: string, node: PatternNode): boolean {
  if (waysOf(node) <= 1024) return true;
  const before = known.get(source);
  if (before !== undefined) return before;
  recheck ??= loadRecheck();
  const safe = recheck.checkSync(source, 'u', { timeout: 1500 }).status === 'safe';
  known.set(source, safe);
  return safe;
}

function loadRecheck(): Recheck {
  process.env['RECHECK_BACKEND'] ??= 'pure';
  return createRequire(import.meta.url)('recheck') as Recheck;
}
