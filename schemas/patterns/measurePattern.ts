import type { PatternNode } from './parsePattern.ts';

/** Whether every alternative begins with `^` and ends with `$`, and neither occurs anywhere else. */
export function isAnchored(node: PatternNode): boolean {
  if (node.kind === 'alt') return node.options.every(isAnchored);
  if (node.kind !== 'cat' || node.parts.length < 2) return false;
  const inner = node.parts.slice(1, -1);
  return node.parts[0]?.kind === 'start' && node.parts.at(-1)?.kind === 'end' && !inner.some(hasAnchor);
}

function hasAnchor(node: PatternNode): boolean {
  switch (node.kind) {
    case 'start':
    case 'end':
      return true;
    case 'cat':
      return node.parts.some(hasAnchor);
    case 'alt':
      return node.options.some(hasAnchor);
    case 'repeat':
      return hasAnchor(node.node);
    case 'set':
      return false;
  }
}

/** Minimum and maximum length of a pattern's texts in code points; the maximum may be Infinity. */
export function lengthsOf(node: PatternNode): { readonly min: number; readonly max: number } {
  switch (node.kind) {
    case 'set':
      return { min: 1, max: 1 };
    case 'start':
    case 'end':
      return { min: 0, max: 0 };
    case 'cat':
      return node.parts
        .map(lengthsOf)
        .reduce((sum, part) => ({ min: sum.min + part.min, max: sum.max + part.max }), {
          min: 0,
          max: 0,
        });
    case 'alt':
      return node.options
        .map(lengthsOf)
        .reduce((all, one) => ({ min: Math.min(all.min, one.min), max: Math.max(all.max, one.max) }));
    case 'repeat': {
      const inner = lengthsOf(node.node);
      return { min: inner.min * node.min, max: inner.max === 0 ? 0 : inner.max * node.max };
    }
  }
}

const most = 1e9;

/**
 * An upper bound of the ways in which a backtracking matcher may split one text (256 characters at most) over the pattern. A small bound
 * proves the pattern safe; a large one proves nothing.
 */
export function waysOf(node: PatternNode): number {
  switch (node.kind) {
    case 'set':
    case 'start':
    case 'end':
      return 1;
    case 'cat':
      return node.parts.reduce((ways, part) => Math.min(most, ways * waysOf(part)), 1);
    case 'alt':
      return Math.min(
        most,
        node.options.reduce((ways, option) => ways + waysOf(option), 0),
      );
    case 'repeat': {
      const max = Math.min(node.max, 256);
      const inner = waysOf(node.node);
      return Math.min(most, (max - Math.min(node.min, max) + 1) * inner ** max);
    }
  }
}
