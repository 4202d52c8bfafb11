/** Whether rules and the types of their events still go together, as the registry is now. */
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import { datasetId, providerOf } from '../../terms/ids.ts';
import { typeUnfit, type EventRule } from '../domain/eventRule.ts';
import type { IntakeRules } from '../domain/intakeRules.ts';
import { disclosureUnfit, type Disclosed } from '../domain/ruleDisclosure.ts';
import type { LiveDataset, RegistrySnapshot } from './snapshot.ts';

type Datasets = Pick<RegistrySnapshot, 'datasets'>;

/**
 * Why the rule of a dataset cannot raise events of its type; undefined where it can.
 * @param type the type of event; undefined where the department has none of this name
 */
export const ruleFault = (
  rule: EventRule,
  source: Disclosed,
  type: Disclosed | undefined,
): Bilingual | undefined =>
  typeUnfit(rule.id, source.schema, type?.schema) ??
  (type === undefined ? undefined : disclosureUnfit(rule, source, type));

/** What a rule needs to know of a registered dataset. */
export const disclosed = ({ schema, row: { sharing } }: Pick<LiveDataset, 'schema' | 'row'>): Disclosed => ({
  schema,
  sharing,
});

/** The type of event of this name, of the department; undefined where it has none. */
export function ownType({ datasets }: Datasets, name: string, department: string): LiveDataset | undefined {
  const type = datasets.get(name);
  return type?.row.mode === 'events' && providerOf(datasetId(name)) === department ? type : undefined;
}

/** A registered rule that cannot raise events of its type, although it was accepted: by an earlier release, or before its type changed. */
export interface UnfitRule {
  readonly dataset: string;
  readonly rule: EventRule;
  readonly reason: Bilingual;
}

export function unfitRules({ datasets }: Datasets): readonly UnfitRule[] {
  return [...datasets.values()].flatMap((source) => {
    const { id, state, intake } = source.row;
    if (state === 'retired') return [];
    return (intake.eventRules ?? []).flatMap((rule) => {
      const type = datasets.get(rule.type);
      if (type === undefined || type.row.state === 'retired') return [];
      const reason = ruleFault(rule, disclosed(source), disclosed(type));
      return reason === undefined ? [] : [{ dataset: id, rule, reason: ofDataset(id, reason) }];
    });
  });
}

const ofDataset = (id: string, { zh, en }: Bilingual): Bilingual => ({
  zh: `${id} 的规则 ${zh}`,
  en: `the rule of ${id} ${en}`,
});

/**
 * Why a dataset could not go over to this version: its rules, or those of other datasets that raise events of this type, would no longer
 * fit.
 */
export function eventRuleFault(
  { datasets }: Datasets,
  id: string,
  schema: DatasetSchema,
  { eventRules = [] }: Partial<IntakeRules>,
): Bilingual | undefined {
  const sharing = datasets.get(id)?.row.sharing ?? 'none';
  const next: Disclosed = { schema, sharing };
  for (const rule of eventRules) {
    const type = datasets.get(rule.type);
    const reason = type === undefined ? undefined : ruleFault(rule, next, disclosed(type));
    if (reason !== undefined) return reason;
  }
  for (const other of datasets.values()) {
    if (other.row.state === 'retired') continue;
    for (const rule of other.row.intake.eventRules ?? []) {
      const reason = rule.type === id ? ruleFault(rule, disclosed(other), next) : undefined;
      if (reason !== undefined) return ofDataset(other.row.id, reason);
    }
  }
  return undefined;
}
