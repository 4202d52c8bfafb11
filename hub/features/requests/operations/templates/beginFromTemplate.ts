import type { components } from '../../../../../api/openapi.ts';
import { Problem } from '../../../../../terms/problem.ts';
import { allowed } from '../../../../pipeline/call.ts';
import { policyDocumentVersions } from '../../../../registry/store/policy/policyDocuments.ts';
import { templateByCode } from '../../store/templates.ts';
import { checkNumber } from '../../../agreements/operations/sameParties.ts';
import { goneIn, templateAgreement } from './templateAgreement.ts';
import { own } from '../../../../domain/cells.ts';
import { anyOf } from '../../../../pipeline/ownership.ts';
import { operation } from '../../../common/operation.ts';

type Schemas = components['schemas'];

/**
 * GET /v1/request-templates/{template}/agreement: the agreement that a template says, for one department, in the next version of its name
 * and from today on. Nothing is asked for by it: what comes of it is a request like any other.
 * @throws Problem not_found, template_withdrawn, template_outdated, parties_differ
 */
export const beginFromTemplate = operation('beginFromTemplate', {
  kind: 'inspect',
  permission: { 'office steward': own, steward: own },
  owner: (call) => anyOf(call.query.consumer),
  run: async (call, { database, registry, identity }) => {
    const code = call.params.template;
    const { consumer, agreement: id } = call.query;
    const row = await templateByCode<Schemas['RequestTemplate']>(database.app, code);
    if (row === undefined) throw new Problem('not_found');
    if (row.withdrawn !== null) throw new Problem('template_withdrawn', { template: code });
    if (identity.department(consumer) === undefined)
      throw new Problem('department_unknown', { department: consumer }, { at: '/query/consumer' });
    const versions = await policyDocumentVersions(database.app, id);
    const { provider, revision } = row;
    const begun = { id, version: (versions.at(-1)?.version ?? 0) + 1, provider, consumer, now: call.now };
    const agreement = templateAgreement(row.document, begun);
    await checkNumber(database.app, agreement, versions);
    await registry.refresh();
    const gone = goneIn(agreement.grants, registry.current.datasets);
    if (gone.length > 0) throw new Problem('template_outdated', { template: code, gone: gone.join(' ') });
    const document = JSON.parse(agreement.canonical) as Schemas['PolicyDocument'];
    return allowed<'beginFromTemplate'>(
      200,
      { template: code, revision, document } satisfies Schemas['RequestBegun'],
      {
        facts: { change: { template: code, revision }, consumer, provider },
      },
    );
  },
});
