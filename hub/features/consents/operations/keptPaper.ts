import type { components } from '../../../../api/openapi.ts';
import { subjectHash } from '../../../domain/subjectHash.ts';
import type { Services } from '../../common/services.ts';

type Taken = components['schemas']['PaperConsent'];

/** What waits for the second person: whom it is about stands in it as keyed hashes alone. */
export type KeptPaper = Omit<Taken, 'person' | 'guardian'> & {
  readonly subjectHash: string;
  readonly guardianHash?: string;
};

/** What was taken over, as it may be kept. */
export function keptPaper(taken: Taken | KeptPaper, { keys }: Pick<Services, 'keys'>): KeptPaper {
  if ('subjectHash' in taken) return taken;
  const { person, guardian, ...others } = taken;
  const hash = (value: string): string => subjectHash(keys.subject, 'person', value);
  return {
    ...others,
    subjectHash: hash(person),
    ...(guardian === undefined ? {} : { guardianHash: hash(guardian) }),
  };
}
