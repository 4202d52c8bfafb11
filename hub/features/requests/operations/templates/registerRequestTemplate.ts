import { datasetId, providerOf } from '../../../../../terms/ids.ts';
import { Problem } from '../../../../../terms/problem.ts';
import { mattersByCode } from '../../../../registry/store/matters.ts';
import { purposeByCode } from '../../../../registry/store/purposes.ts';
import { insertTemplate, templateByCode } from '../../store/templates.ts';
import { registered, revisionOf } from '../../../registry/operations/registration.ts';
import { goneIn, templateAgreement } from './templateAgreement.ts';
import { proposing } from '../../../../domain/cells.ts';
import { ofOffice } from '../../../../pipeline/ownership.ts';
import { proposable } from '../../../proposals/operations/proposable.ts';

/**
 * A template of requests (申请模板), or a further revision of it; it waits until a second person of the data office agrees. What it says is
 * what agreements say, of data that is there. Whether an agreement from it compiles is judged of each request.
 * @throws Problem policy_invalid, template_outdated, unknown_reference (purpose, matter)
 */
export const registerRequestTemplate = proposable('registerRequestTemplate', {
  // templates are the data office's; a department's steward may propose one
  permission: { 'office steward': proposing, steward: proposing },
  owner: ofOffice,
  secondPerson: true,
  run: async (call, { database, registry }, hands) => {
    const template = call.body;
    const { code, purposes } = template;
    const provider = providerOf(datasetId(template.grants[0]?.dataset ?? ''));
    const { grants, matters = [] } = templateAgreement(template, {
      ...{ id: 'template', version: 1, provider, consumer: 'consumer', now: call.now },
    });
    await registry.refresh();
    const gone = goneIn(grants, registry.current.datasets);
    if (gone.length > 0)
      throw new Problem(
        'template_outdated',
        { template: code, gone: gone.join(' ') },
        { at: '/body/grants' },
      );
    for (const purpose of purposes) {
      if ((await purposeByCode(database.app, purpose)) === undefined)
        throw new Problem('unknown_reference', { kind: 'Purpose', name: purpose }, { at: '/body/purposes' });
    }
    const codes = matters.map((one) => one.code);
    const known = await mattersByCode(database.app, codes);
    const missing = codes.find((one) => !known.some((row) => row.code === one && row.ended === null));
    if (missing !== undefined)
      throw new Problem('unknown_reference', { kind: 'Matter', name: missing }, { at: '/body/matters' });
    const live = await templateByCode(database.app, code);
    const standing = live === undefined ? undefined : { ...live, over: live.withdrawn !== null };
    const { revision, digest, registered: already } = revisionOf(template, standing);
    const datasets = [...new Set(grants.map(({ dataset }) => dataset))];
    return registered({
      kind: 'RequestTemplate',
      id: code,
      version: String(revision),
      digest,
      registered: already,
      versioned: true,
      work: (transaction) =>
        insertTemplate(
          transaction,
          {
            ...{ code, revision, document: template, digest, provider, datasets },
            ...{ matters: codes, withdrawn: null },
          },
          hands,
          call.exchange,
        ),
      change: { datasets: datasets.join(' ') },
    });
  },
});
