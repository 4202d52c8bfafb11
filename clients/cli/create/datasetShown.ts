/** The summary of a dataset before it is registered: levels with their reasons, the grid of its fields, three masked rows. */
import { shippedSurroundings } from '../../../machine/surroundings.ts';
import { readMaskRule } from '../../../policies/masks/readMaskRule.ts';
import { valueMasker } from '../../../policies/masks/rows/valueMasker.ts';
import { pseudonymKeys } from '../../../policies/masks/pseudonyms/pseudonymKey.ts';
import { usualMask } from '../../../policies/masks/usualMask.ts';
import type { Draft } from '../../../schemas/draft/draftSchema.ts';
import type { Table } from '../../../schemas/draft/table.ts';
import { readSchema } from '../../../schemas/parse.ts';
import { columns } from '../printedText.ts';
import { dataLines, say, talk } from '../verb.ts';
import { propertiesOf, type Decisions } from './datasetDocuments.ts';

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

/** Field, title, type, level, and which records do not fit. */
export function showGrid(draft: Draft, { key, levels, subject }: Decisions): void {
  const properties = propertiesOf(draft);
  const head = say({ zh: '字段 名称 类型 级别 说明', en: 'field title type level note' }).split(' ');
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

/** Three rows as a first agreement would usually give them. */
export function showRows(table: Table, draft: Draft, document: Readonly<Record<string, unknown>>): void {
  const schema = readSchema(document, shippedSurroundings.resolve);
  const environment = {
    consumer: 'sample',
    keys: pseudonymKeys(new Uint8Array(32)),
    dictionary: shippedSurroundings.codeLists,
    path: '',
  };
  const masks = schema.fields.map((field) => {
    const read = readMaskRule(usualMask(field) ?? { mask: 'nullify' });
    return 'mask' in read
      ? valueMasker(read.mask, read.use.params, { ...environment, path: field.name })
      : undefined;
  });
  const run = { now: Date.now(), typeErrors: 0, memo: new Map() };
  const count = Math.min(3, Math.max(0, ...table.columns.map(({ samples }) => samples.length)));
  talk({ zh: '样例（按通常的脱敏）：', en: 'sample rows, masked as usual:' });
  for (let row = 0; row < count; row += 1) {
    const shown = schema.fields.map((_field, place) => {
      const at = draft.fields.findIndex(({ field }) => field === schema.fields[place]?.name);
      const masked = masks[place]?.(table.columns[at]?.samples[row] ?? '', run);
      return typeof masked === 'string' || typeof masked === 'number' ? String(masked) : '—';
    });
    dataLines([`  ${shown.join('  ')}`]);
  }
}
