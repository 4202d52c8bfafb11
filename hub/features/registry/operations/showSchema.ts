import { Problem } from '../../../../terms/problem.ts';
import { publishedStates } from '../../../domain/schemaVersion.ts';
import { allowed } from '../../../pipeline/call.ts';
import { datasetsOfSchema } from '../../../registry/store/datasetLists.ts';
import { type SchemaRow, datedSchema, pageSchemas } from '../../../registry/store/schemas.ts';
import { reachOf } from '../../common/reach.ts';
import { everyone } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { showSchemaImpact } from './showSchemaImpact.ts';
import { moment, listedInOrder, names, oneMore, orderedPage } from '../../common/listing.ts';
import { documentsSchema } from '../../../../machine/documentsSchema.ts';
import { onePlan } from '../../../../policies/onePlan.ts';
import { maskedDataset } from '../../../../policies/maskedDataset.ts';
import { receivedContract } from '../../../../policies/receivedContract.ts';
import type { ReplyOf } from '../../../pipeline/contract.ts';
import { withoutPlan } from '../../../flows/release/allowedCall.ts';
import { plansInForce } from '../../../../policies/plansInForce.ts';

/** GET /v1/schemas/{schema}: the text as it was registered, and the datasets bound to it. @throws Problem not_found */
export const showSchema = operation('showSchema', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, { database }) => {
    const row = await datedSchema(database.app, call.params.schema);
    const reach = reachOf(showSchemaImpact.permission, call.caller);
    const unseen =
      row !== undefined && !publishedStates.includes(row.state) && reach?.includes(row.owner ?? '') === false;
    if (row === undefined || unseen) throw new Problem('not_found');
    const body = {
      schema: schemaView(row),
      document: JSON.parse(row.document) as unknown,
      datasets: await datasetsOfSchema(database.app, row.urn),
    };
    return allowed<'showSchema'>(200, body, { facts: { change: { schema: row.urn } } });
  },
});

/** A document that lint accepted: only the members that a list returns. */
interface Registered {
  readonly 'x-title': { readonly zh: string; readonly en: string };
  readonly properties?: object;
}

/** `SchemaView` of openapi.yaml. */
function schemaView(row: SchemaRow & { readonly registeredAt: number }) {
  const document = JSON.parse(row.document) as Registered;
  const { urn, name, major, minor, state, digest, registeredAt, compatibility } = row;
  const { owner, reason, sunset, successor } = row;
  const lifecycle = Object.entries({ owner, reason, sunset, successor }).filter(([, one]) => one !== null);
  return {
    urn,
    name,
    version: `${major}.${minor}`,
    title: document['x-title'],
    state,
    compatibility,
    ...Object.fromEntries(lifecycle),
    fields: Object.keys(document.properties ?? {}).length,
    digest,
    registeredAt: moment(registeredAt),
  };
}

/** GET /v1/schemas: unpublished versions are listed to their owner and the data office only. */
export const listSchemas = operation('listSchemas', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, { database }) => {
    const { name, state, q: text } = call.query;
    const page = orderedPage(call.query, names.urn);
    const found = await pageSchemas(database.app, {
      ...oneMore(page),
      name,
      state,
      text,
      unpublishedOf: reachOf(showSchemaImpact.permission, call.caller),
    });
    return listedInOrder(call, 'schemas', page, found, ({ urn }) => urn, schemaView);
  },
});

/** GET /.well-known/datong-documents: the schema by which editors complete and check YAML files. Public, so it leaves no entry. */
export const getDocumentsSchema = operation('getDocumentsSchema', {
  kind: 'none',
  run: (_call, _services) => {
    return {
      entry: 'none',
      status: 200,
      contentType: 'application/schema+json',
      body: Buffer.from(documentsSchema()),
    };
  },
});

/**
 * GET /v1/datasets/{dataset}/openapi: an OpenAPI document of what the caller may request from a dataset now, and what it receives.
 * @throws Problem dataset_unknown, no_agreement, agreement_unreadable, several_agreements
 */
export const describeReceived = operation('describeReceived', {
  kind: 'inspect',
  run: (call, { registry, hub }) => {
    const id = call.params.dataset;
    const { agreement, purpose } = call.query;
    const { datasets, plans } = registry.current;
    const dataset = datasets.get(id);
    if (dataset === undefined) throw new Problem('dataset_unknown', { dataset: id });
    const { department: consumer } = call.caller;
    const plan = onePlan(plansInForce(plans, { consumer, dataset: id }, call.now), { agreement, purpose });
    if (plan === undefined)
      throw withoutPlan({ agreement, consumer, purpose, datasets: [id] }, registry.current, call.now, id);
    const record = maskedDataset(plan, dataset.compiled.surroundings).document;
    const title = { zh: dataset.row.titleZh, en: dataset.row.titleEn };
    const body = receivedContract(plan, record, { origin: hub.publicOrigin, title }) as ReplyOf<
      'describeReceived',
      200
    >;
    return allowed<'describeReceived'>(200, body, {
      facts: { dataset: id, consumer, agreement: plan.ref.agreement },
    });
  },
});
