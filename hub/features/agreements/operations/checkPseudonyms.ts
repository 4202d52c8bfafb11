import { linkageName, linkageScope } from '../../../../policies/masks/pseudonyms/scopes.ts';
import { consumerOf, type Agreement } from '../../../../policies/documents/agreement.ts';
import type { PolicyDocument } from '../../../../policies/documents/storedDocument.ts';
import { hasSharedPseudonyms, linkageMaking, sharedWithLinked } from '../../../../policies/plans/linkages.ts';
import { Problem } from '../../../../terms/problem.ts';
import { refuseUnauthentic } from '../../../platform/database/authenticated/rowSealing.ts';
import type { Pool } from '../../../platform/database/database.ts';
import { inSnapshot } from '../../../platform/database/transaction.ts';
import type { ConsentEffect } from '../../../registry/compileTogether.ts';
import { agreementsWithLinkages } from '../../../registry/store/policy/agreements.ts';

/**
 * Checks how an agreement makes pseudonyms. A new one needs format 2. A version of an older agreement that only tightens stays in format 1,
 * because signatures for a new format would delay it. A linkage that ended does not begin again, also where it ended by other parameters
 * of the mask: its pseudonyms would be the same as before. No document brings pseudonyms of format 1 to the consumer of a linkage.
 * @throws Problem pseudonym_format, linkage_ended
 */
export async function checkPseudonyms(
  pool: Pool,
  document: PolicyDocument,
  { before, after, tightens }: Pick<ConsentEffect, 'before' | 'after' | 'tightens'>,
): Promise<void> {
  const shared = sharedWithLinked(before.all);
  for (const [place, agreement] of sharedWithLinked(after.all))
    if (!shared.has(place)) throw new Problem('pseudonym_format', { what: `Agreement ${agreement}` });
  if (document.kind !== 'Agreement') return;
  const plans = after.agreements.get(document.id)?.all ?? [];
  if (!tightens && plans.some(hasSharedPseudonyms))
    throw new Problem('pseudonym_format', { what: `Agreement ${document.id}@${document.version}` });
  await refuseEnded(pool, document);
}

/** @throws Problem linkage_ended, rows_unauthenticated */
async function refuseEnded(pool: Pool, document: Agreement): Promise<void> {
  const { linkages = [], provider } = document;
  if (linkages.length === 0) return;
  // an agreement that is hidden would let its linkage begin again, with the same pseudonyms
  const rows = await inSnapshot(pool, async (snapshot) => {
    await refuseUnauthentic(snapshot, ['policy_document']);
    return agreementsWithLinkages(snapshot, provider, consumerOf(document));
  });
  const former = rows.map((row) => {
    // rules of today may refuse a text of then; its linkages count all the same
    const text = JSON.parse(row.text) as Pick<Agreement, 'linkages' | 'grants'>;
    const named = text.linkages ?? [];
    return {
      name: `${row.id}@${row.version}`,
      inForce: row.endedAt === null,
      made: [...named.map(linkageScope), ...named.map((linkage) => linkageMaking(text, linkage))],
    };
  });
  for (const linkage of linkages)
    for (const made of [linkageScope(linkage), linkageMaking(document, linkage)]) {
      const named = former.filter((one) => one.made.includes(made));
      const last = named.at(-1);
      if (last === undefined || named.some(({ inForce }) => inForce)) continue;
      throw new Problem('linkage_ended', { linkage: linkageName(linkage), ended: last.name });
    }
}
