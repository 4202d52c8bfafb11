/** The agreement that a request template describes, and what it names that no dataset has any more. */
import type { components } from '../../../../../api/openapi.ts';
import type { Agreement, Grant } from '../../../../../policies/documents/agreement.ts';
import { fieldsNamedIn } from '../../../../../policies/documents/fieldsNamedIn.ts';
import { parseAgreement } from '../../../../../policies/documents/parseDocument.ts';
import { placeOf } from '../../../../../policies/masks/rows/fieldPath.ts';
import { dayInChina, inChina, startOfDayInChina } from '../../../../../terms/civilDate.ts';
import type { LiveDataset } from '../../../../registry/snapshot.ts';
import { datasetId, providerOf } from '../../../../../terms/ids.ts';
import { Problem } from '../../../../../terms/problem.ts';
import { mattersByCode } from '../../../../registry/store/matters.ts';
import { purposeByCode } from '../../../../registry/store/purposes.ts';
import { insertTemplate, templateByCode, pageTemplates } from '../../store/templates.ts';
import { registered, revisionOf } from '../../../registry/operations/registration.ts';
import { proposing, everyone, own } from '../../../../domain/cells.ts';
import { ofOffice, self, anyOf } from '../../../../pipeline/ownership.ts';
import { proposable } from '../../../proposals/operations/proposable.ts';
import { listedInOrder, moment, names, oneMore, orderedPage } from '../../../common/listing.ts';
import { operation } from '../../../common/operation.ts';
import { allowed } from '../../../../pipeline/call.ts';
import { policyDocumentVersions } from '../../../../registry/store/policy/policyDocuments.ts';
import { checkNumber } from '../../../agreements/operations/parties.ts';
import { refuseIdentifyingReasons } from '../../../agreements/operations/submitPolicyDocument.ts';
import { defined, present } from '../../../../../terms/defined.ts';

type Template = components['schemas']['RequestTemplate'];

export interface Beginning {
  readonly id: string;
  readonly version: number;
  readonly provider: string;
  readonly consumer: string;
  /** Unix milliseconds; the term begins with its day, calendar of China */
  readonly now: number;
}

/** @throws Problem policy_invalid where the template holds what an agreement cannot */
function templateAgreement(
  { title, days, purposes, basis, matters, grants }: Template,
  { id, version, provider, consumer, now }: Beginning,
): Agreement {
  const from = startOfDayInChina(dayInChina(now));
  return parseAgreement(
    {
      kind: 'Agreement',
      id,
      version,
      title,
      provider,
      consumer,
      purposes,
      basis,
      valid: { from: inChina(from), until: inChina(from + days * 86_400_000) },
      ...defined({ matters }),
      grants,
    },
    'template',
  );
}

/**
 * Datasets, schemas and fields that a template names but that do not exist, each once and after its dataset:
 * `pub-security.household.shoe_size`.
 */
export function goneIn(
  grants: readonly Grant[],
  datasets: ReadonlyMap<string, Pick<LiveDataset, 'row' | 'schema'>>,
): string[] {
  const gone = grants.flatMap((grant) => {
    const found = datasets.get(grant.dataset);
    if (found === undefined || found.row.state === 'retired') return [grant.dataset];
    const { schema } = found;
    if (`${schema.name}@${schema.major}` !== grant.schema) return [`${grant.dataset} ${grant.schema}`];
    return fieldsNamedIn(grant)
      .filter((field) => placeOf(schema, field) === undefined)
      .map((field) => `${grant.dataset}.${field}`);
  });
  return [...new Set(gone)];
}

/**
 * Registers a template of requests (申请模板), or a further revision of it. It waits until a second person of the data office agrees. It has
 * the content of an agreement, on data that exists. Whether an agreement from it compiles is checked with each request.
 * @throws Problem policy_invalid, template_outdated, unknown_reference (purpose, matter), text_identity_number
 */
export const registerRequestTemplate = proposable('registerRequestTemplate', {
  // templates belong to the data office; a department's steward may propose one
  permission: { 'office steward': proposing, steward: proposing },
  owner: ofOffice,
  secondPerson: true,
  run: async (call, { database, registry }, actingPersons) => {
    const template = call.body;
    const { code, purposes } = template;
    const provider = providerOf(datasetId(template.grants[0]?.dataset ?? ''));
    const { grants, matters = [] } = templateAgreement(template, {
      id: 'template',
      version: 1,
      provider,
      consumer: 'consumer',
      now: call.now,
    });
    refuseIdentifyingReasons(grants, '/body/grants');
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
    const newest = live === undefined ? undefined : { ...live, over: live.withdrawn !== null };
    const { revision, digest, registered: already } = revisionOf(template, newest);
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
            code,
            revision,
            document: template,
            digest,
            provider,
            datasets,
            matters: codes,
            withdrawn: null,
          },
          actingPersons,
          call.exchange,
        ),
      change: { datasets: datasets.join(' ') },
    });
  },
});

type Schemas = components['schemas'];

/** GET /v1/request-templates: whole documents, each with the names in it that no longer exist. */
export const listRequestTemplates = operation('listRequestTemplates', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, { database, registry }) => {
    const { code, dataset, matter, state } = call.query;
    const page = orderedPage(call.query, names.code);
    const wanted = state === 'withdrawn' ? 'withdrawn' : state === 'current' ? 'current' : undefined;
    const found = await pageTemplates<Schemas['RequestTemplate']>(database.app, {
      ...oneMore(page),
      code,
      dataset,
      matter,
      state: wanted,
    });
    const { datasets } = registry.current;
    return listedInOrder(
      call,
      'templates',
      page,
      found,
      ({ code }) => code,
      ({ document, revision, provider, withdrawn, registeredAt }): Schemas['RequestTemplateView'] => ({
        ...document,
        provider,
        revision,
        gone: goneIn(document.grants as unknown as Grant[], datasets),
        ...present({ withdrawn }),
        registeredAt: moment(registeredAt),
      }),
    );
  },
});

/** Withdraws a template. New requests cannot begin from it; earlier ones continue. @throws Problem not_found */
export const withdrawRequestTemplate = proposable('withdrawRequestTemplate', {
  permission: { 'office steward': proposing, steward: proposing },
  owner: ofOffice,
  secondPerson: true,
  run: async (call, { database }, actingPersons) => {
    const { reason } = call.body;
    const code = call.params.template;
    const known = await templateByCode(database.app, code);
    if (known === undefined) throw new Problem('not_found');
    const over = known.withdrawn !== null;
    const revision = known.revision + (over ? 0 : 1);
    return registered({
      kind: 'RequestTemplate',
      id: code,
      version: String(revision),
      digest: known.digest,
      registered: over ? known.digest : undefined,
      versioned: true,
      work: (transaction) =>
        insertTemplate(transaction, { ...known, revision, withdrawn: reason }, actingPersons, call.exchange),
      change: { withdrawn: true },
    });
  },
});

/**
 * GET /v1/request-templates/{template}/agreement: the agreement that a template describes for one department. It is the next version of
 * its name, with a term from today. This call requests nothing: the result is submitted like any other request.
 * @throws Problem not_found, template_withdrawn, template_outdated, parties_differ, department_unknown, policy_invalid,
 *   automatic_by_hub_only, number_of_department
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
