/**
 * POST /v1/datasets/{dataset}/sandbox-trials: a person of a department tries a query on the synthetic twin.
 *
 *   the department that they act for → its agreement, as in querySandbox → what can be asked → with a query: decide, mask, answer
 */
import type { components } from '../../../../api/openapi.ts';
import { own } from '../../../domain/cells.ts';
import { allowed } from '../../../pipeline/call.ts';
import { asDepartment, ofActingDepartment } from '../../actingDepartment.ts';
import { releaseOperation } from '../../operation.ts';
import { fittedRecords } from './fittedRecords.ts';
import { inSandbox, type InSandbox } from './inSandbox.ts';
import { whenDecided, withRows } from './querySandbox.ts';

type Trial = components['schemas']['SandboxTrial'];

/** Invented values that are offered for each filter. */
const maxValues = 12;

/**
 * Without a query the answer only describes what can be asked, so that a page can show it before a call is refused.
 * @throws Problem acting_department_missing, and those of inSandbox and querySandbox
 */
export const trySandbox = releaseOperation('trySandbox', {
  kind: 'sandbox',
  permission: {
    'office steward': own,
    'office security': own,
    'office auditor': own,
    steward: own,
    security: own,
    auditor: own,
  },
  owner: ofActingDepartment,
  run: (call, services) => {
    const { agreement, purpose, query } = call.body;
    const acting = asDepartment(call, call.body);
    return inSandbox(acting, services, { agreement, as: purpose }, (found) => {
      const described = describedIn(found);
      if (query === undefined)
        return allowed<'trySandbox'>(200, described, { facts: { synthetic: found.synthetic } });
      return whenDecided(acting, services, found, query, (answer) =>
        allowed<'trySandbox'>(
          200,
          { ...described, answer },
          { facts: { synthetic: withRows(found, answer) } },
        ),
      );
    });
  },
});

/** What a query may name, and invented values that it finds. */
function describedIn({ basis: { plan }, dataset, twin, synthetic }: InSandbox): Trial {
  const rows = fittedRecords(dataset, twin.records, plan.whole.rowFilter);
  const titles = new Map(dataset.schema.fields.map(({ name, title }) => [name, title]));
  const named = (field: string) => ({ field, title: titles.get(field) ?? { zh: field, en: field } });
  const filters = new Set([...plan.lookups, ...plan.filterable]);
  return {
    synthetic: { ...synthetic, purpose: plan.ref.purpose, rows: rows.length },
    matter: plan.needs.matter,
    rowsPerCall: plan.whole.limits.rowsPerCall,
    fields: plan.whole.fields.map(({ field, mask }) => ({ ...named(field), mask: mask.name })),
    filters: [...filters].map((field) => ({
      ...named(field),
      lookup: plan.lookups.has(field),
      values: valuesOf(field, rows),
    })),
  };
}

/** The first distinct values of a field, those that a filter can name. */
function valuesOf(field: string, rows: ReturnType<typeof fittedRecords>): Trial['filters'][number]['values'] {
  const values = new Set<string | number | boolean>();
  for (const { [field]: value } of rows) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      values.add(value);
    if (values.size >= maxValues) break;
  }
  return [...values];
}
