import { defineMask, noParams, scalarTypes } from './mask.ts';

/** The unchanged value. */
export const clear = defineMask({
  name: 'clear',
  title: { zh: '原值', en: 'clear' },
  examples: [{ value: '张三', becomes: '张三' }],
  types: scalarTypes,
  places: true,
  params: noParams,
  compile: () => (value) => value,
  output: (schema) => schema,
  meet: (_mine, other) => other,
  reveals: () => ({ zh: '全部', en: 'everything' }),
  copies: (points) => points.map((_, i) => i),
});
