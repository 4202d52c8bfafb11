import type { Agreement } from '../documents/agreement.ts';
import { documentName } from '../documents/storedDocument.ts';
import { checks, type Check, type Plan } from './plan.ts';

/** One passed step per check, with the place in the agreement that let it pass. */
export function passesOf(agreement: Agreement, index: number, purpose: string): Plan['passes'] {
  const grant = `/grants/${index}`;
  const places: Readonly<Record<Check, string>> = {
    dataset: `${grant}/dataset`,
    agreement: '',
    validity: '/valid',
    coverage: grant,
    purpose: `/purposes/${agreement.purposes.indexOf(purpose)}`,
    'on-behalf-of': `${grant}/requires`,
    matter: `${grant}/requires`,
    fields: `${grant}/fields`,
    filter: `${grant}/filterBy`,
    lookup: `${grant}/lookupBy`,
    sort: `${grant}/filterBy`,
    limit: `${grant}/limits`,
  };
  const name = documentName(agreement);
  return Object.freeze(
    checks.map((check) => ({ check, outcome: 'pass' as const, ref: `${name}#${places[check]}` })),
  );
}
