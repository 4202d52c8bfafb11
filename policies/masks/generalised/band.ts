import { defineMask, sameMask } from '../mask.ts';
import { floorOf } from './numberOf.ts';

const params = { edges: { kind: 'edges' } } as const;

/** `<100`, `[100,500)`, `>=500` for the edges 100 and 500. */
function labels(edges: readonly number[]): string[] {
  const inner = edges.slice(1).map((edge, i) => `[${edges[i] ?? ''},${edge})`);
  return [`<${edges[0] ?? ''}`, ...inner, `>=${edges.at(-1) ?? ''}`];
}

const contains = (outer: readonly number[], inner: readonly number[]): boolean =>
  inner.every((edge) => outer.includes(edge));

/**
 * The half-open band that contains a number. Two bands have a meet where one set of edges includes the other, or where a step divides every
 * edge.
 */
export const band = defineMask({
  name: 'band',
  title: { zh: '区间', en: 'band' },
  examples: [{ params: { edges: [30000, 60000] }, value: '45000.00', becomes: '[30000,60000)' }],
  types: ['integer', 'number', 'string'],
  formats: ['decimal'],
  params,
  compile: ({ edges }) => {
    const names = labels(edges);
    const whole = edges.map(BigInt);
    return (value) => {
      if (typeof value === 'number') {
        let at = 0;
        while (at < edges.length && value >= (edges[at] ?? Infinity)) at += 1;
        return names[at] ?? null;
      }
      const floor = floorOf(value);
      return floor === undefined ? null : (names[whole.filter((edge) => floor >= edge).length] ?? null);
    };
  },
  output: (_schema, { edges }) => ({ enum: labels(edges) }),
  meet: (mine, other) => {
    const stepped = sameMask<{ step: { kind: 'integer'; min: 2; max: 2 } }>('floorTo', other);
    if (stepped !== undefined) {
      return mine.edges.every((edge) => edge % stepped.step === 0)
        ? { name: 'band', params: mine }
        : undefined;
    }
    const otherParams = sameMask<typeof params>('band', other);
    if (otherParams === undefined) return undefined;
    if (contains(mine.edges, otherParams.edges)) return other;
    return contains(otherParams.edges, mine.edges) ? { name: 'band', params: mine } : undefined;
  },
  reveals: ({ edges }) => ({
    zh: `数值在哪个区间：${labels(edges).join('、')}`,
    en: `which band the number is in: ${labels(edges).join(', ')}`,
  }),
});
