import type { components } from '../../../../../api/openapi.ts';
import type { Grant } from '../../../../../policies/documents/agreement.ts';
import { pageTemplates } from '../../store/templates.ts';
import { listed, moment, names, oneMore, pageAsked } from '../../../common/listing.ts';
import { goneIn } from './templateAgreement.ts';
import { everyone } from '../../../../domain/cells.ts';
import { self } from '../../../../pipeline/ownership.ts';
import { operation } from '../../../common/operation.ts';

type Schemas = components['schemas'];

/** GET /v1/request-templates: whole documents, each with what of it is not there any more. */
export const listRequestTemplates = operation('listRequestTemplates', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, { database, registry }) => {
    const { code, dataset, matter, state } = call.query;
    const page = pageAsked(call.query, names.code);
    const wanted = state === 'withdrawn' ? 'withdrawn' : state === 'current' ? 'current' : undefined;
    const rows = await pageTemplates<Schemas['RequestTemplate']>(database.app, {
      ...oneMore(page),
      ...{ code, dataset, matter, state: wanted },
    });
    const { datasets } = registry.current;
    return listed(
      call,
      'templates',
      page,
      rows,
      ({ code }) => code,
      ({ document, revision, provider, withdrawn, registeredAt }): Schemas['RequestTemplateView'] => ({
        ...document,
        ...{ provider, revision, gone: goneIn(document.grants as unknown as Grant[], datasets) },
        ...(withdrawn === null ? {} : { withdrawn }),
        registeredAt: moment(registeredAt),
      }),
    );
  },
});
