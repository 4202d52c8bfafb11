/** The summary of a dataset before it is registered: levels with their reasons, the grid of its fields, three masked rows. */
import type { Documented } from '../../../adapters/newDataset/datasetDocuments.ts';
import type { Decisions, Proposals } from '../../../adapters/newDataset/decisions.ts';
import { shippedSurroundings } from '../../../machine/surroundings.ts';
import { maskedSample } from '../../../policies/masks/maskedSample.ts';
import { propertiesOf, type Draft } from '../../../schemas/draft/draftSchema.ts';
import { marksReason } from '../../../schemas/draft/valueTypes.ts';
import { columns } from '../printedText.ts';
import { dataLines, say, talk } from '../verb.ts';

/** Each level as it is proposed, and why. */
export function showLevels(draft: Draft): void {
  const properties = propertiesOf(draft);
  dataLines(
    columns(
      draft.fields.map(({ field, reasons }) => [
        `  ${field}`,
        String(properties[field]?.['x-sensitivity']),
        reasons.map(say).join('; '),
      ]),
    ),
  );
}

/** Why a key is proposed, and why others are not. */
export function showKeyReasons(reasons: Proposals['keyReasons']): void {
  dataLines(columns(reasons.map(({ field, message }) => [`  ${field}`, say(message)])));
}

/** Field, title, type, level, and which records do not fit. */
export function showGrid(draft: Draft, { key, levels, subject }: Decisions): void {
  const properties = propertiesOf(draft);
  const head = say({ zh: '数据项 名称 类型 级别 说明', en: 'field title type level note' }).split(' ');
  const rows = draft.fields.map(({ field, bad }) => {
    const schema = properties[field] ?? {};
    const notes = [
      ...(key.includes(field) ? [say({ zh: '主键', en: 'key' })] : []),
      ...(field === subject?.field ? [say({ zh: '主体', en: 'subject' })] : []),
      ...(bad.length === 0
        ? []
        : [
            say({
              zh: `${bad.length} 条不符：第 ${bad.slice(0, 5).join('、')} 条`,
              en: `${bad.length} do not fit: record ${bad.slice(0, 5).join(', ')}`,
            }),
          ]),
    ];
    const type = [schema['type'] ?? 'enum', schema['format']]
      .flat()
      .filter((one) => one !== undefined && one !== 'null')
      .join(' ');
    return [
      field,
      (schema['x-title'] as { zh: string }).zh,
      type,
      levels.get(field) ?? String(schema['x-sensitivity']),
      notes.join('; '),
    ];
  });
  dataLines(columns([head, ...rows]));
}

/** Three rows of the sample, read by the mapping and masked as a first agreement would usually give them. */
export function showRows({ sample, schema }: Documented): void {
  if (sample === undefined) {
    talk({
      zh: '没有数据，因此没有映射：以 --sample 给出一个数据文件，或其后用 datong batch map suggest',
      en: 'without rows there is no mapping: give a file of rows with --sample, or use datong batch map suggest later',
    });
    return;
  }
  const { rows, records, bad, emptied } = sample;
  for (const [field, marks] of emptied) {
    const { zh, en } = marksReason(marks);
    talk({
      zh: `${field} ${zh}；保留原文：--keep ${field}`,
      en: `${field} is ${en}; to keep these texts: --keep ${field}`,
    });
  }
  talk({
    zh: `样例 ${records} 条，${bad} 条不符；按通常的脱敏：`,
    en: `sample of ${records} records, ${bad} do not fit; masked as usual:`,
  });
  for (const row of maskedSample(rows, schema, shippedSurroundings, Date.now()))
    dataLines([`  ${row.map((text) => text ?? '—').join('  ')}`]);
}
