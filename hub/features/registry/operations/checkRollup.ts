import { datasetId, providerOf } from '../../../../terms/ids.ts';
import type { Bilingual } from '../../../../terms/bilingual.ts';
import { Problem } from '../../../../terms/problem.ts';
import { canonicalText } from '../../../../schemas/readJson.ts';
import type { IntakeRules } from '../../../domain/intakeRules.ts';
import { rollupUnfit, type Rollup } from '../../../domain/rollup.ts';
import { rollupsOf } from '../../../flows/intake/rollups/rollupsOf.ts';
import type { DatasetSchema } from '../../../../schemas/datasetSchema.ts';
import type { RegistrySnapshot } from '../../../registry/snapshot.ts';
import type { Services } from '../../common/services.ts';

/**
 * Checks a dataset that is computed from readings, and one whose readings others are computed from. A dataset is computed from its first
 * row on, and always from the same dataset.
 * @param before the rules of a registered dataset; undefined of a new one
 * @throws Problem rollup_unfit, unknown_reference (schema)
 */
export function checkRollup(
  dataset: { readonly id: string; readonly schema: string },
  intake: Partial<IntakeRules>,
  { registry }: Pick<Services, 'registry'>,
  before: Partial<IntakeRules> | undefined,
): void {
  const { rollup } = intake;
  const schema = registry.current.schemas.get(dataset.schema)?.schema;
  if (schema === undefined) {
    if (rollup === undefined) return;
    throw new Problem('unknown_reference', { kind: 'Schema', name: dataset.schema }, { at });
  }
  const reason =
    moved(before, rollup) ??
    retiredSource(registry.current, before, rollup) ??
    rollupFault(registry.current, dataset.id, { schema, intake });
  if (reason !== undefined) throw new Problem('rollup_unfit', { reason }, { at });
}

/**
 * Why a dataset with these rules and this schema could not be computed, or those that are computed from it; undefined where they can.
 * Registration, amendment, another version and a changeover check it.
 */
export const rollupFault = (
  snapshot: RegistrySnapshot,
  id: string,
  declared: Declared,
): Bilingual | undefined => sourceUnfit(snapshot, id, declared) ?? declaredUnfit(snapshot, id, declared);

function moved(before: Partial<IntakeRules> | undefined, rollup: Rollup | undefined): Bilingual | undefined {
  if (before === undefined) return undefined;
  const isMoved = before.rollup?.of !== rollup?.of || before.rollup?.every !== rollup?.every;
  return isMoved ? fixed : undefined;
}

/** An unchanged declaration remains after its source was retired: other rules can still be amended. */
function retiredSource(
  { datasets }: RegistrySnapshot,
  before: Partial<IntakeRules> | undefined,
  rollup: Rollup | undefined,
): Bilingual | undefined {
  if (rollup === undefined || datasets.get(rollup.of)?.row.state !== 'retired') return undefined;
  if (before !== undefined && canonicalText(before.rollup ?? {}) === canonicalText(rollup)) return undefined;
  return { zh: `${rollup.of} 已退役`, en: `${rollup.of} is retired` };
}

const at = '/body/intake/rollup';

interface Declared {
  readonly schema: DatasetSchema;
  readonly intake: Partial<IntakeRules>;
}

/** Why datasets that are computed from the dataset no longer could be. */
const sourceUnfit = (snapshot: RegistrySnapshot, id: string, declared: Declared): Bilingual | undefined =>
  rollupsOf(snapshot, id)
    .map(({ row: { intake }, schema }) =>
      intake.rollup === undefined ? undefined : rollupUnfit(intake.rollup, intake, schema, declared),
    )
    .find((reason) => reason !== undefined);

function declaredUnfit(
  { datasets }: RegistrySnapshot,
  id: string,
  { schema, intake }: Declared,
): Bilingual | undefined {
  const { rollup } = intake;
  if (rollup === undefined) return undefined;
  const isOwn = providerOf(datasetId(rollup.of)) === providerOf(datasetId(id));
  const source = isOwn ? datasets.get(rollup.of) : undefined;
  const readings = source === undefined ? undefined : { schema: source.schema, intake: source.row.intake };
  return rollupUnfit(rollup, intake, schema, readings);
}

const fixed: Bilingual = {
  zh: '汇总自登记起有效，其来源和时段长度不可更改：另登记一个数据资源',
  en: 'a rollup is registered with its dataset, and neither its source nor its length changes: register another dataset',
};
