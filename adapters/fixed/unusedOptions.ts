/** Options of fixed width that the others leave without effect. */
import type { Bilingual } from '../../terms/bilingual.ts';
import { isSet, type UnusedOption } from '../reading/unusedOption.ts';
import { fixedOptionsSchema, type FixedOptions } from './options.ts';

const why = {
  runs: {
    zh: '没有换行时（lineEnds 为 false）每条记录都长 recordLength',
    en: 'without line ends (lineEnds is false) every record has the length recordLength',
  },
  beyond: {
    zh: '该列起于记录之后：记录长 recordLength',
    en: 'the column begins after the end of the record: it has the length recordLength',
  },
  null: {
    zh: '不会有这样的单元格：比较时不计首尾空格，空白即为缺失，且不超过列长',
    en: 'no cell can be it: cells are compared without blanks around them, blank ones have no value, and none is longer than its column',
  },
} as const satisfies Readonly<Record<string, Bilingual>>;

export function unusedFixedOptions(options: FixedOptions): readonly UnusedOption[] {
  const { columns, lineEnds, recordLength = Number.POSITIVE_INFINITY } = options;
  const ofRuns = (['short', 'maxRecordBytes'] as const)
    .filter((name) => !lineEnds && isSet(options, fixedOptionsSchema, name))
    .map((name) => ({ path: `/${name}`, why: why.runs }));
  const ofColumns = columns.flatMap(({ start, length, nulls = [] }, at): UnusedOption[] => [
    ...(start < recordLength ? [] : [{ path: `/columns/${at}/start`, why: why.beyond }]),
    ...nulls.flatMap((text, index) =>
      text !== '' && text === text.trim() && text.length <= length
        ? []
        : [{ path: `/columns/${at}/nulls/${index}`, why: why.null }],
    ),
  ]);
  return [...ofRuns, ...ofColumns];
}
