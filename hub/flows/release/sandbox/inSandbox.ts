/**
 * The first step of every call of a synthetic twin: checks that a twin may be shown, and selects the basis that applies to this
 * department.
 */
import type { LeafFacts } from '../../../log/entry.ts';
import { releases } from '../../../domain/dataset.ts';
import { withFacts, type Outcome } from '../../../pipeline/call.ts';
import type { LiveDataset } from '../../../registry/snapshot.ts';
import { Problem } from '../../../../terms/problem.ts';
import { liveDataset } from '../../hostedDataset.ts';
import type { ReleaseServices } from '../services.ts';
import { sandboxBasis, type RequestedBasis, type SandboxBasis } from './sandboxBasis.ts';
import type { Twin } from './twins.ts';
import { unavailable } from '../../../registry/unavailable.ts';

type Synthetic = NonNullable<LeafFacts['synthetic']>;

export interface InSandbox {
  readonly basis: SandboxBasis;
  readonly dataset: LiveDataset;
  readonly twin: Twin;
  /** the facts for its entry, except the rows */
  readonly synthetic: Required<Pick<Synthetic, 'dataset' | 'schema' | 'from'>> & Pick<Synthetic, 'under'>;
}

/** A call of a twin, for the department that calls or that a person acts for. */
export interface SandboxCall {
  readonly params: { readonly dataset: string };
  readonly caller: { readonly department: string };
  /** Unix milliseconds */
  readonly now: number;
}

/**
 * A refusal also gets an entry of the twin.
 * @throws Problem dataset_unknown, dataset_unavailable, sharing_refused, and those of its basis and its twin
 */
export function inSandbox(
  call: SandboxCall,
  services: Pick<ReleaseServices, 'registry' | 'database' | 'twins'>,
  requested: Pick<RequestedBasis, 'agreement' | 'as'>,
  walk: (found: InSandbox) => Outcome,
): Promise<Outcome> | Outcome {
  const id = call.params.dataset;
  const { current } = services.registry;
  const known = current.datasets.has(id) ? { synthetic: { dataset: id } } : {};
  return withFacts(known, async () => {
    const dataset = shownDataset(services, id);
    const { department: consumer } = call.caller;
    const basis = await sandboxBasis(services.database.app, current, {
      ...requested,
      consumer,
      dataset,
      now: call.now,
    });
    const twin = await services.twins.of(dataset, current);
    const { from, plan } = basis;
    const under = from === 'default' ? {} : { under: plan.ref.agreement };
    const synthetic = { dataset: id, schema: dataset.schema.urn, from, ...under };
    return walk({ basis, dataset, twin, synthetic });
  });
}

/** A dataset that is not shared has no twin: it would disclose the dataset's fields. @throws Problem */
function shownDataset({ registry }: Pick<ReleaseServices, 'registry'>, id: string): LiveDataset {
  const dataset = liveDataset(registry, id);
  const { state, sharing } = dataset.row;
  if (!releases(state)) throw unavailable(dataset.row, dataset.notice);
  if (sharing === 'none') throw new Problem('sharing_refused', { dataset: id });
  return dataset;
}
