/** Whether references and the datasets that they refer to still go together, as the registry is now. */
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import type { IntakeRules } from '../domain/intakeRules.ts';
import { referenceText, referenceUnfit } from '../domain/reference.ts';
import type { RegistrySnapshot } from './snapshot.ts';

type Datasets = Pick<RegistrySnapshot, 'datasets'>;

interface UnfitReference {
  /** the dataset whose rule it is, and the reference */
  readonly name: string;
  readonly reason: Bilingual;
}

/**
 * Why a dataset could not go over to this version: a reference of it, or one of another dataset to its rows, fits now and would not any
 * more. A reference that does not fit now hinders no change.
 */
export function referenceFault(
  { datasets }: Datasets,
  id: string,
  schema: DatasetSchema,
  { references = [] }: Partial<IntakeRules>,
): Bilingual | undefined {
  const live = datasets.get(id);
  if (live === undefined) return undefined;
  const intake = { ...live.row.intake, references };
  const after = new Map(datasets).set(id, { ...live, schema, row: { ...live.row, intake } });
  const before = new Set(unfitReferences({ datasets }, id).map(({ name }) => name));
  return unfitReferences({ datasets: after }, id).find(({ name }) => !before.has(name))?.reason;
}

/** References of a dataset and to it that do not fit. */
const unfitReferences = ({ datasets }: Datasets, id: string): readonly UnfitReference[] =>
  [...datasets.values()].flatMap(({ row, schema }) => {
    if (row.state === 'retired') return [];
    return (row.intake.references ?? []).flatMap((reference) => {
      if (row.id !== id && reference.dataset !== id) return [];
      const target = datasets.get(reference.dataset);
      const known = target && { schema: target.schema, mode: target.row.mode };
      const reason = referenceUnfit(row.id, reference, schema, known);
      const text = referenceText(reference);
      return reason === undefined
        ? []
        : [{ name: `${row.id} ${text}`, reason: ofReference(row.id, text, reason) }];
    });
  });

const ofReference = (id: string, text: string, { zh, en }: Bilingual): Bilingual => ({
  zh: `${id} 的引用规则 ${text}：${zh}`,
  en: `the reference of ${id}, ${text}: ${en}`,
});
