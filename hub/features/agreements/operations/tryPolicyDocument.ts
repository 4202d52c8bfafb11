import { parsePolicyDocument } from '../../../../policies/documents/parseDocument.ts';
import { allowed } from '../../../pipeline/call.ts';
import { effectTogether, mayTighten } from '../../../registry/compileTogether.ts';
import { policyDocumentVersions } from '../../../registry/store/policy/policyDocuments.ts';
import { checkPseudonyms } from './checkPseudonyms.ts';
import { partiesOfSubmission, checkNumber } from './parties.ts';
import { unionsSeenBy } from './showPolicyDocument.ts';
import { checkSharing } from './submitPolicyDocument.ts';
import { seen } from '../../../domain/cells.ts';
import { anyOf } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { defined } from '../../../../terms/defined.ts';

/**
 * POST /v1/policy/trials: reports why a submission would be rejected, and what its approval would change.
 * @throws Problem policy_invalid, parties_differ, policy_does_not_compile, unknown_reference, sharing_refused, pseudonym_format, linkage_ended
 */
export const tryPolicyDocument = operation('tryPolicyDocument', {
  kind: 'inspect',
  permission: seen,
  owner: (call) => anyOf(...partiesOfSubmission(call.body)),
  run: async (call, { database, registry }) => {
    const body = call.body;
    const document = parsePolicyDocument(body.document, 'document');
    const versions = await policyDocumentVersions(database.app, document.id);
    await checkNumber(database.app, document, versions);
    if (document.kind === 'Agreement') await checkSharing(database.app, document);
    const effect = await effectTogether(database.app, document, call.now);
    await checkPseudonyms(database.app, document, effect);
    const tried = {
      document: effect.document,
      tightening: mayTighten(effect, document, versions, registry.current),
      loosens: effect.loosens,
      tightens: effect.diff.cells.filter(({ kind }) => kind === 'tightened' || kind === 'removed'),
      unions: unionsSeenBy(call.caller, effect.unions),
      ...defined({ gap: effect.gap }),
    };
    return allowed<'tryPolicyDocument'>(200, tried, { facts: { change: { document: effect.document } } });
  },
});
