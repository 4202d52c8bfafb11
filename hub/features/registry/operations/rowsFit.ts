import { guardedComparisons } from '../../../../machine/guardedComparison.ts';
import type { Turn } from '../../../../machine/turns.ts';
import { compileSchema } from '../../../../schemas/compile.ts';
import type { DatasetSchema, JsonSchema } from '../../../../schemas/datasetSchema.ts';
import type { PolicyChange } from '../../../../schemas/subset/policyChanges.ts';
import { readSchema } from '../../../../schemas/parse.ts';
import { Problem } from '../../../../terms/problem.ts';
import { layoutOf, type Column } from '../../../domain/rowTable/layout.ts';
import { widening } from '../../../domain/rowTable/widening.ts';
import { waivedBetween } from '../../../domain/schemaWaiver.ts';
import { examineStored } from '../../../flows/intake/inspect/examineStored.ts';
import type { DatasetRow } from '../../../registry/store/datasets.ts';
import type { Services } from '../../common/services.ts';
import type { readRegistered } from './checkVersion.ts';
import { versionsBeside } from './schemaSuccession.ts';

/** Under these a stored value would say something else, or be found under another name. */
const meaning: readonly PolicyChange['code'][] = ['unit_changed', 'code_list_changed', 'semantic_changed'];

/**
 * Whether stored rows can be read under another version as they lie. Where a version on the way there broke something knowingly, the rows
 * themselves are asked, every one.
 * @returns columns that the stored rows lack, and, where rows were asked, the batch that they are of
 * @throws Problem rebind_unfit, checks_busy
 */
export async function rowsFit(
  turn: Turn,
  { database }: Services,
  row: DatasetRow,
  { schema: from, rows, surroundings }: Awaited<ReturnType<typeof readRegistered>>,
  to: DatasetSchema,
): Promise<{ readonly added: readonly Column[]; readonly examined: string | undefined }> {
  const facts = { dataset: row.id, schema: to.urn };
  if (from.major !== to.major)
    throw new Problem('rebind_unfit', facts, { findings: [{ pointer: to.urn, code: 'major_changed' }] });
  const required = new Set(to.fields.filter((field) => field.required).map(({ name }) => name));
  const { added, unfit } = widening(layoutOf(from), layoutOf(to), required);
  const pairs = [{ old: from.document, fresh: to.document }];
  const [comparison] = await guardedComparisons(turn, pairs, 'BACKWARD', surroundings);
  const changed = (comparison?.policy ?? []).filter(({ code }) => meaning.includes(code));
  const beside = versionsBeside(rows, from);
  const versions = beside.map(({ minor, waiver }) => ({ minor, waived: waiver !== null }));
  const broken = (comparison?.changes ?? []).filter(({ backward }) => !backward);
  const hasRows = row.mode !== 'live' && row.mode !== 'events';
  const asked = broken.length > 0 && hasRows && waivedBetween(from.minor, to.minor, versions);
  const stored = asked
    ? await examineStored(database.app, row, from, compileSchema(to, surroundings))
    : undefined;
  const retyped = added.filter((column) =>
    beside.some((row) => {
      // a version that was taken back left its column behind
      const other = layoutOf(readSchema(JSON.parse(row.document) as JsonSchema, surroundings.resolve));
      const former = other.byField.get(column.field);
      return former !== undefined && former.kind !== column.kind;
    }),
  );
  const findings = [
    ...retyped.map(({ field }) => ({ pointer: `/properties/${field}`, code: 'column_retyped' as const })),
    ...unfit.map(({ field, code }) => ({ pointer: `/properties/${field}`, code })),
    ...[...changed, ...(asked ? [] : broken)].map(({ path, code, reason }) => ({
      ...{ pointer: path, code, message: reason },
    })),
    ...(stored?.problems ?? []).map(({ pointer, rule, rows: failing }) => ({
      ...{ pointer, code: rule },
      message: { zh: `${failing} 行已存数据不符合`, en: `${failing} stored rows are not valid under it` },
    })),
  ];
  if (findings.length > 0) throw new Problem('rebind_unfit', facts, { findings });
  return { added, examined: stored?.batch ?? undefined };
}
