import { anyType, defineMask, noParams } from '../mask.ts';

/** Leaves the field out of the row. The answer names it under `withheld`. */
export const drop = defineMask({
  name: 'drop',
  title: { zh: '移除', en: 'drop' },
  examples: [{ value: 'x', becomes: undefined }],
  types: anyType,
  params: noParams,
  whole: true,
  compile: () => () => undefined,
  output: () => ({ not: {} }),
  meet: () => ({ name: 'drop', params: {} }),
  reveals: () => ({ zh: '无', en: 'nothing' }),
});

/** Always null, also where the value is absent: the output does not reveal whether there is one. */
export const nullify = defineMask({
  name: 'nullify',
  title: { zh: '置空', en: 'nullify' },
  examples: [{ value: 'x', becomes: null }],
  types: anyType,
  params: noParams,
  whole: true,
  compile: () => () => null,
  output: () => ({ type: 'null' }),
  meet: (_mine, other) => (other.name === 'drop' ? undefined : { name: 'nullify', params: {} }),
  reveals: () => ({ zh: '无', en: 'nothing' }),
});

/** Masks that reveal less than `fixed`. */
const coarserThanFixed = new Set(['drop', 'nullify', 'presence']);

/** Three stars for every value. */
export const fixed = defineMask({
  name: 'fixed',
  title: { zh: '固定值', en: 'fixed' },
  examples: [{ value: 'x', becomes: '***' }],
  types: anyType,
  params: noParams,
  compile: () => () => '***',
  output: () => ({ type: 'string', maxLength: 3 }),
  meet: (_mine, other) => (coarserThanFixed.has(other.name) ? undefined : { name: 'fixed', params: {} }),
  reveals: () => ({
    zh: '是否有值（空文本仍是空文本）',
    en: 'whether there is a value (an empty text stays empty)',
  }),
});

/** Masks that reveal less than `presence`. */
const coarserThanPresence = new Set(['drop', 'nullify']);

/** Whether there is a value: true or false. The boolean value false is a value, so its mask is true. */
export const presence = defineMask({
  name: 'presence',
  title: { zh: '有无', en: 'presence' },
  examples: [{ value: '2020-07-01', becomes: true }],
  types: anyType,
  params: noParams,
  whole: true,
  compile: () => (value) => value !== undefined && value !== null && value !== '',
  output: () => ({ type: 'boolean' }),
  meet: (_mine, other) =>
    coarserThanPresence.has(other.name) ? undefined : { name: 'presence', params: {} },
  reveals: () => ({ zh: '是否有值', en: 'whether there is a value' }),
});
