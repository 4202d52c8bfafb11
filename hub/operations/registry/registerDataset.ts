import type { components } from '../../../api/openapi.ts';
import { datasetId, providerOf } from '../../../terms/ids.ts';
import { Problem } from '../../../terms/problem.ts';
import { crossRuleText } from '../../domain/crossRule.ts';
import { referenceText } from '../../domain/reference.ts';
import { datasetById, insertDataset } from '../../store/registry/datasets.ts';
import { schemaByUrn } from '../../store/registry/schemas.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import type { Call, Outcome } from '../../gate/call.ts';
import type { Services } from '../services.ts';
import { checkRules } from './fittingRules.ts';
import { digestOf, registered } from './registration.ts';

/**
 * @throws Problem dataset_id_used_up, department_unknown, unknown_reference (schema), sharing_conditions, already_registered, intake_rule_idle,
 *   reference_unfit, cross_rule_unfit
 */
export async function registerDataset(call: Call<StaffCaller>, services: Services): Promise<Outcome> {
  const body = call.body as components['schemas']['Dataset'];
  const id = datasetId(body.id);
  const department = providerOf(id);
  if (services.identity.department(department) === undefined) {
    throw new Problem('department_unknown', { department }, { at: '/body/id' });
  }
  const { app } = services.database;
  const former = await datasetById(app, id);
  // what was decided and logged about the former one is not to be read as if it were about another
  if (former?.state === 'retired')
    throw new Problem('dataset_id_used_up', { dataset: id }, { at: '/body/id' });
  const schema = await schemaByUrn(app, body.schema);
  if (schema?.state !== 'published') {
    throw new Problem('unknown_reference', { kind: 'Schema', name: body.schema }, { at: '/body/schema' });
  }
  const { type, conditions } = body.sharing;
  // 有条件共享 says its conditions, which whoever may ask is told; no other type has any
  if ((type === 'conditional') !== (conditions !== undefined && conditions.trim() !== '')) {
    throw new Problem('sharing_conditions', { type }, { at: '/body/sharing/conditions' });
  }
  const digest = digestOf(body);
  const { intake = {} } = body;
  checkRules(body, intake, services);
  const { deleteWhere, expect, references = [], crossRules = [], ...others } = intake;
  return registered({
    kind: 'Dataset',
    id,
    digest,
    registered: former?.digest,
    versioned: false,
    work: (transaction) =>
      insertDataset(
        transaction,
        {
          id,
          department,
          titleZh: body.title.zh,
          titleEn: body.title.en,
          schema: body.schema,
          mode: body.mode,
          sharing: body.sharing.type,
          conditions: body.sharing.conditions ?? '',
          state: 'published',
          intake,
          rawDays: body.retention?.rawDays ?? null,
          digest,
        },
        call.exchange,
      ),
    change: {
      schema: body.schema,
      mode: body.mode,
      sharing: body.sharing.type,
      ...others,
      ...body.retention,
      ...(expect === undefined
        ? {}
        : { expect: 'by' in expect ? `${expect.every} ${expect.by}` : expect.every }),
      ...(references.length === 0 ? {} : { references: references.map(referenceText).join(' | ') }),
      ...(crossRules.length === 0 ? {} : { crossRules: crossRules.map(crossRuleText).join(' | ') }),
      ...(deleteWhere === undefined
        ? {}
        : { deleteWhere: `${deleteWhere.field} = ${deleteWhere.is.join(' | ')}` }),
    },
  });
}
