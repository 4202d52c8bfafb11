import type { Plan } from '../plans/plan.ts';
import { defined } from '../../terms/defined.ts';

export type ChangeKind = 'added' | 'loosened' | 'tightened' | 'removed';

export interface CellChange {
  readonly kind: ChangeKind;
  readonly agreement: string;
  readonly provider: string;
  readonly consumer: string;
  readonly purpose: string;
  readonly dataset: string;
  /** path of a field; or `(rows)`, `(filterBy)`, `(lookupBy)`, `(facts)`, `(deliveries)`, `(limits)`, `(requires)`, `(matters)`, `(valid)`, `(consent)`, `(obligations)`, `(basis)`, `(assessment)`, `(approval)` */
  readonly cell: string;
  readonly from?: string;
  readonly to?: string;
}

/** Identification of a change of this plan. */
export function cellChange(
  plan: Plan,
  kind: ChangeKind,
  cell: string,
  from?: string,
  to?: string,
): CellChange {
  const { agreement, provider, consumer, purpose, dataset } = plan.ref;
  return {
    kind,
    agreement,
    provider,
    consumer,
    purpose,
    dataset,
    cell,
    ...defined({ from, to }),
  };
}
