/** Proposes the key of a table from its sample, and gives the reason for each field that was considered. No value is shown. */
import { propertiesOf, type Draft } from '../../schemas/draft/draftSchema.ts';
import type { Table } from '../../schemas/draft/table.ts';
import { isMissing } from '../../schemas/draft/valueTypes.ts';
import { typesOf } from '../../schemas/jsonSchema.ts';
import type { Bilingual } from '../../terms/bilingual.ts';

export interface KeyReason {
  readonly field: string;
  readonly message: Bilingual;
}

interface ProposedKey {
  /** empty: no field identifies a row */
  readonly key: readonly string[];
  readonly reasons: readonly KeyReason[];
}

/** Lines of reasons; a table may have hundreds of columns. */
const maxReasons = 6;

const isIdentifier = (field: string): boolean => /(?:^|_)(?:no|code|id|uscc|number)$|_id$/.test(field);

/** As the source declares it; else a field with a value in every row, and no value twice, one that is called a number before others. */
export function proposedKey(draft: Draft, table: Table): ProposedKey {
  const declared = ((draft.schema['x-primary-key'] as readonly string[] | undefined) ?? []).map((pointer) =>
    pointer.slice(1),
  );
  if (declared.length > 0)
    return {
      key: declared,
      reasons: declared.map((field) => ({
        field,
        message: { zh: '来源标明为主键', en: 'the source declares it as key' },
      })),
    };
  const rows = Math.max(0, ...table.columns.map(({ samples }) => samples.length));
  if (rows === 0) return { key: [], reasons: [] };
  const properties = propertiesOf(draft);
  const tried = draft.fields.map(({ field }, place) => ({
    field,
    objection: objectionTo(table.columns[place]?.samples ?? []) ?? measured(properties[field]),
  }));
  const unique = tried.filter(({ objection }) => objection === undefined);
  const found =
    unique.find(({ field }) => isIdentifier(field) && field !== 'serial_no') ??
    unique.find(({ field }) => isIdentifier(field)) ??
    unique[0];
  const others = tried.filter(
    (one) => one !== found && (one.objection === undefined || isIdentifier(one.field)),
  );
  // where there is neither a key nor an identifier, the first fields show why
  const shown = found === undefined && others.length === 0 ? tried : others;
  const reasons = [
    ...(found === undefined ? [] : [{ field: found.field, message: distinct(rows) }]),
    ...shown.map(({ field, objection }) => ({ field, message: objection ?? alsoDistinct(rows) })),
  ];
  return { key: found === undefined ? [] : [found.field], reasons: reasons.slice(0, maxReasons) };
}

const distinct = (rows: number): Bilingual => ({
  zh: `提议：${rows} 条中 ${rows} 条取值各不相同`,
  en: `proposed: a different value in ${rows} of ${rows} records`,
});

const alsoDistinct = (rows: number): Bilingual => ({
  zh: `未提议：${rows} 条取值也各不相同，但另一字段在先`,
  en: `not proposed: also different in all ${rows} records, but another field comes first`,
});

/** Quantities and dates differ by chance. */
function measured(schema: Readonly<Record<string, unknown>> | undefined): Bilingual | undefined {
  const isQuantity = schema !== undefined && typesOf(schema)?.includes('number') === true;
  return isQuantity || schema?.['format'] === 'date' || schema?.['format'] === 'date-time'
    ? {
        zh: '未提议：是数值或日期，不是编号',
        en: 'not proposed: a quantity or a date, no number of a record',
      }
    : undefined;
}

/** Why a column cannot identify a row: one record, an empty value, or two records with the same value. */
function objectionTo(samples: readonly string[]): Bilingual | undefined {
  if (samples.length < 2)
    return { zh: '未提议：样例不足两条', en: 'not proposed: the sample has fewer than two records' };
  const empty = samples.findIndex(isMissing);
  if (empty >= 0)
    return { zh: `未提议：第 ${empty + 1} 条为空`, en: `not proposed: record ${empty + 1} is empty` };
  const seen = new Map<string, number>();
  for (const [place, text] of samples.entries()) {
    const before = seen.get(text);
    if (before !== undefined)
      return {
        zh: `未提议：第 ${before + 1} 条与第 ${place + 1} 条取值相同`,
        en: `not proposed: records ${before + 1} and ${place + 1} have the same value`,
      };
    seen.set(text, place);
  }
  return undefined;
}
