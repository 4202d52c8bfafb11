import { documentName } from '../documents/storedDocument.ts';
import type { PolicyFinding } from '../finding.ts';
import type { Plan } from '../plans/plan.ts';
import type { Plans } from '../plans.ts';

/** Per dataset, the fields of its schema that no agreement grants: dropped for everybody, perhaps by oversight. */
export function undecidedFields(plans: Plans): readonly PolicyFinding[] {
  const byDataset = new Map<string, Plan[]>();
  for (const plan of plans.all)
    byDataset.set(plan.ref.dataset, [...(byDataset.get(plan.ref.dataset) ?? []), plan]);
  return [...byDataset].flatMap(([dataset, all]) => {
    const [first] = all;
    const decided = new Set(all.flatMap((plan) => [...plan.granted.keys(), ...plan.dropped.keys()]));
    const open =
      first?.schema.fields.filter((field) => !decided.has(field.name)).map((field) => field.name) ?? [];
    if (first === undefined || open.length === 0) return [];
    return [
      {
        code: 'undecided',
        level: 'warning' as const,
        document: documentName(first.agreement),
        path: `/grants/${first.grantIndex}/fields`,
        message: {
          zh: `${dataset} 的这些数据项没有任何授权：${open.join('、')}`,
          en: `fields of ${dataset} that no agreement grants: ${open.join(', ')}`,
        },
      },
    ];
  });
}
