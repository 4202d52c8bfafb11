import type { DecisionRequest, Denial } from '../../../policies/decision.ts';
import type { Agreement } from '../../../policies/documents/agreement.ts';
import { withoutAgreement } from '../../../policies/questions/replayEntry.ts';
import { Problem } from '../../../terms/problem.ts';
import { consumerOf } from '../../registry/policyContext.ts';
import type { RegistrySnapshot } from '../../registry/snapshot.ts';

/**
 * What the holder of an agreement is told whose dataset is not shared any more (不予共享): the agreement stands and decides nothing, which is
 * another thing than to hold none. Whoever holds none is not told, nor is one whose term is over. Who names no agreement is told so only of
 * the very dataset that was asked for: beside another agreement that answers, naming that one is what comes next.
 * @param now Unix ms
 */
export function unsharedProblem(
  { agreement, consumer, dataset }: Pick<DecisionRequest, 'agreement' | 'consumer' | 'dataset'>,
  { code }: Pick<Denial, 'code'>,
  { idle, context }: Pick<RegistrySnapshot, 'idle' | 'context'>,
  now: number,
): Problem | undefined {
  const isUnshared = (id: string): boolean => context.sharing?.get(id)?.type === 'none';
  const holdsNone = code === 'no_agreement' && isUnshared(dataset);
  if (agreement === undefined ? !holdsNone : !withoutAgreement.includes(code)) return undefined;
  for (const one of idle) {
    if (one.kind !== 'Agreement' || (agreement ?? one.id) !== one.id) continue;
    if (!consumersOf(one).includes(consumer) || !isInTerm(one, now)) continue;
    const given = one.grants.map((grant) => grant.dataset);
    const unshared = given.find(isUnshared);
    if (unshared === undefined || !given.some((id) => id === dataset)) continue;
    return new Problem('sharing_refused', { dataset: unshared }, { check: 'decision', at: one.id });
  }
  return undefined;
}

const isInTerm = ({ valid }: Agreement, now: number): boolean =>
  Date.parse(valid.from) <= now && now < Date.parse(valid.until);

const consumersOf = (agreement: Agreement): readonly string[] => [
  consumerOf(agreement),
  ...(agreement.entrusted ?? []).map(({ department }) => department),
];
