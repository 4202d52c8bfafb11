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

/** Tells of patterns whether they are safe, each asked about once. */
export type PatternSafety = (source: string, node: PatternNode) => boolean;

/**
 * Whether a pattern cannot backtrack for long: proven here where few ways exist to match a text, else by recheck (its pure JavaScript
 * backend, loaded when first needed). What recheck does not know is not safe. The answers are kept as long as the function is.
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
