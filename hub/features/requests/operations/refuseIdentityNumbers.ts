import { Problem } from '../../../../terms/problem.ts';
import { holdsIdentityNumber } from '../../../domain/identityNumberIn.ts';
import type { RequestSaid } from '../../../domain/requests/requestEvent.ts';

/** What is said of a request is kept and printed: it says what it is about, not whom. @throws Problem text_identity_number */
export function refuseIdentityNumbers({ papers, reason, missing = [], wouldGrant }: RequestSaid): void {
  const texts = [
    ...[papers?.reason, papers?.volume, reason, wouldGrant],
    ...missing.flatMap(({ item, note }) => [item, note]),
  ];
  if (texts.some((text) => text !== undefined && holdsIdentityNumber(text)))
    throw new Problem('text_identity_number');
}
