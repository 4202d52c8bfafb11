import { anyType, defineMask, noParams } from '../mask.ts';

const coarser = new Set(['drop', 'nullify']);

/** Whether there is a value: true or false. A truth value itself is hidden as well: it is there, so true. */
export const presence = defineMask({
  name: 'presence',
  title: { zh: '有无', en: 'presence' },
  types: anyType,
  params: noParams,
  whole: true,
  compile: () => (value) => value !== undefined && value !== null && value !== '',
  output: () => ({ type: 'boolean' }),
  meet: (_mine, other) => (coarser.has(other.name) ? undefined : { name: 'presence', params: {} }),
  reveals: () => ({ zh: '是否有值', en: 'whether there is a value' }),
});
