import type { Agreement, Grant } from '../documents/agreement.ts';
import { documentName } from '../documents/storedDocument.ts';
import { checks, type Check, type Plan } from './plan.ts';

/** The steps of a grant are the same for all of its purposes and parties, except the purpose's own step. */
const shared = new WeakMap<Grant, Plan['passes']>();

/** One passed step per check, with the place in the agreement that permitted it. */
export function passesOf(agreement: Agreement, index: number, grant: Grant, purpose: string): Plan['passes'] {
  let steps = shared.get(grant);
  if (steps === undefined) {
    steps = stepsOf(agreement, index);
    shared.set(grant, steps);
  }
  const ref = `${documentName(agreement)}#/purposes/${agreement.purposes.indexOf(purpose)}`;
  return Object.freeze(
    steps.map((step) =>
      step.check === 'purpose' ? { check: step.check, outcome: step.outcome, ref } : step,
    ),
  );
}

function stepsOf(agreement: Agreement, index: number): Plan['passes'] {
  const grant = `/grants/${index}`;
  const places: Readonly<Record<Check, string>> = {
    dataset: `${grant}/dataset`,
    agreement: '',
    validity: '/valid',
    coverage: grant,
    purpose: '/purposes',
    'on-behalf-of': `${grant}/requires`,
    matter: `${grant}/requires`,
    fields: `${grant}/fields`,
    filter: `${grant}/filterBy`,
    lookup: `${grant}/lookupBy`,
    sort: `${grant}/filterBy`,
    limit: `${grant}/limits`,
  };
  const name = documentName(agreement);
  return checks.map((check) => ({ check, outcome: 'pass' as const, ref: `${name}#${places[check]}` }));
}
