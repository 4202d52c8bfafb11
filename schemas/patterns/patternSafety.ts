import { createRequire } from 'node:module';
import { waysOf } from './measurePattern.ts';
import type { PatternNode } from './parsePattern.ts';

interface Recheck {
  checkSync: (
    source: string,
    flags: string,
    options: { timeout: number },
  ) => { readonly status: 'safe' | 'vulnerable' | 'unknown' };
}

/** Reports whether a pattern is safe; each pattern is checked once. */
export type PatternSafety = (source: string, node: PatternNode) => boolean;

/**
 * Whether a pattern cannot backtrack for long. This module proves it where few ways exist to match a text. Otherwise recheck decides (its
 * pure JavaScript backend, loaded on first use). A pattern that recheck cannot decide is not safe. Results are cached as long as the
 * function exists.
 */
export function patternSafety(): PatternSafety {
  const known = new Map<string, boolean>();
  return (source, node) => {
    if (waysOf(node) <= 1024) return true;
    const safe =
      known.get(source) ?? loadRecheck().checkSync(source, 'u', { timeout: 1500 }).status === 'safe';
    known.set(source, safe);
    return safe;
  };
}

function loadRecheck(): Recheck {
  process.env['RECHECK_BACKEND'] ??= 'pure';
  return createRequire(import.meta.url)('recheck') as Recheck;
}
