import { anyType, defineMask, noParams } from '../mask.ts';

const coarser = new Set(['drop', 'nullify', 'presence']);

/** Three stars for any value that is there. */
export const fixed = defineMask({
  name: 'fixed',
  title: { zh: '固定值', en: 'fixed' },
  types: anyType,
  params: noParams,
  compile: () => () => '***',
  output: () => ({ type: 'string', maxLength: 3 }),
  meet: (_mine, other) => (coarser.has(other.name) ? undefined : { name: 'fixed', params: {} }),
  reveals: () => ({
    zh: '是否有值（空文本仍是空文本）',
    en: 'whether there is a value (an empty text stays empty)',
  }),
});
