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
  typeUnfit(rule, source.schema, type?.schema) ??
  (type === undefined ? undefined : disclosureUnfit(rule, source, type));

/** What a rule needs to know of a registered dataset. */
export const disclosed = ({ schema, row: { sharing } }: Pick<LiveDataset, 'schema' | 'row'>): Disclosed => ({
  schema,
  sharing,
});

/** The type of event of this name, of the department; undefined where it has none, or has retired it. */
export function ownType({ datasets }: Datasets, name: string, department: string): LiveDataset | undefined {
  const type = datasets.get(name);
  const isOwn = type?.row.mode === 'events' && providerOf(datasetId(name)) === department;
  return isOwn && type.row.state !== 'retired' ? type : undefined;
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

/** A rule, by the name that it has before and after a change. */
export const nameOfRule = ({ dataset, rule }: Pick<UnfitRule, 'dataset' | 'rule'>): string =>
  `${dataset} ${rule.id}`;

/**
 * Why a dataset could not go over to this version: a rule of it, or one of another dataset that raises events of this type, fits now and
 * would not any more. A rule that does not fit now hinders no change: what it raises waits anyhow.
 */
export function eventRuleFault(
  { datasets }: Datasets,
  id: string,
  schema: DatasetSchema,
  { eventRules = [] }: Partial<IntakeRules>,
): Bilingual | undefined {
  const live = datasets.get(id);
  if (live === undefined) return undefined;
  const intake = { ...live.row.intake, eventRules };
  const after = new Map(datasets).set(id, { ...live, schema, row: { ...live.row, intake } });
  const before = new Set(unfitRules({ datasets }).map(nameOfRule));
  return unfitRules({ datasets: after }).find(
    (one) => (one.dataset === id || one.rule.type === id) && !before.has(nameOfRule(one)),
  )?.reason;
}
