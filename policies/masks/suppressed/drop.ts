import { anyType, defineMask, noParams } from '../mask.ts';

/** The field leaves no trace: no key in the row. Named under `withheld` instead. */
export const drop = defineMask({
  name: 'drop',
  title: { zh: '移除', en: 'drop' },
  types: anyType,
  params: noParams,
  whole: true,
  compile: () => () => undefined,
  output: () => ({ not: {} }),
  meet: () => ({ name: 'drop', params: {} }),
  reveals: () => ({ zh: '无', en: 'nothing' }),
});
