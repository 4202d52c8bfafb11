import { linkageName, linkageScope } from '../../../../policies/masks/pseudonyms/scopes.ts';
import type { Agreement } from '../../../../policies/documents/agreement.ts';
import type { PolicyDocument } from '../../../../policies/documents/storedDocument.ts';
import { hasSharedPseudonyms } from '../../../../policies/plans/linkages.ts';
import { Problem } from '../../../../terms/problem.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { ConsentEffect } from '../../../registry/compileTogether.ts';
import { consumerOf } from '../../../registry/policyContext.ts';
import { agreementsWithLinkages } from '../../../registry/store/policy/agreements.ts';

/**
 * Checks how an agreement makes pseudonyms. A new one needs format 2. A version of an older agreement that only tightens stays in format 1,
 * because signatures for a new format would delay it. A linkage that ended does not begin again: its pseudonyms would be the same as before.
 * @throws Problem pseudonym_format, linkage_ended
 */
export async function checkPseudonyms(
  reader: Reader,
  document: PolicyDocument,
  { after, tightens }: Pick<ConsentEffect, 'after' | 'tightens'>,
): Promise<void> {
  if (document.kind !== 'Agreement') return;
  const plans = after.agreements.get(document.id)?.all ?? [];
  if (!tightens && plans.some(hasSharedPseudonyms))
    throw new Problem('pseudonym_format', { what: `Agreement ${document.id}@${document.version}` });
  const { linkages = [], provider } = document;
  if (linkages.length === 0) return;
  const former = (await agreementsWithLinkages(reader, provider, consumerOf(document))).map((row) => ({
    name: `${row.id}@${row.version}`,
    inForce: row.endedAt === null,
    // rules of today may refuse a text of then; its linkages count all the same
    scopes: ((JSON.parse(row.text) as Pick<Agreement, 'linkages'>).linkages ?? []).map(linkageScope),
  }));
  for (const linkage of linkages) {
    const scope = linkageScope(linkage);
    const named = former.filter(({ scopes }) => scopes.includes(scope));
    const last = named.at(-1);
    if (last === undefined || named.some(({ inForce }) => inForce)) continue;
    throw new Problem('linkage_ended', { linkage: linkageName(linkage), ended: last.name });
  }
}
