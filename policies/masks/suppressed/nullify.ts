import { anyType, defineMask, noParams } from '../mask.ts';

/** Always null, also where the value is absent: nobody learns whether there is one. */
export const nullify = defineMask({
  name: 'nullify',
  title: { zh: '置空', en: 'nullify' },
  types: anyType,
  params: noParams,
  whole: true,
  compile: () => () => null,
  output: () => ({ type: 'null' }),
  meet: (_mine, other) => (other.name === 'drop' ? undefined : { name: 'nullify', params: {} }),
  reveals: () => ({ zh: '无', en: 'nothing' }),
});
