/** The view of a synthetic twin for a department that has neither agreement nor request. */
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import { civilDateInChina } from '../../terms/civilDate.ts';
import { providerOf, type DatasetId } from '../../terms/ids.ts';
import type { Agreement, MaskRule } from '../documents/agreement.ts';
import { parseAgreement } from '../documents/parseDocument.ts';
import { readMaskRule } from '../masks/readMaskRule.ts';
import { notShareableAlone } from '../plans/checkBasisOfData.ts';
import { tagsOf, type FieldTags } from '../plans/scope.ts';
import { sandboxPurpose } from './sandboxPurpose.ts';
import { isObject } from '../../terms/isObject.ts';

/** Id of the agreement used where a department has none. */
export const strangerAgreementId = 'sandbox-default';

/**
 * The strictest agreement that still shows something. Fields that may be granted without a human decision are clear. A personal field, or
 * one of L4, appears only under the mask that its schema proposes. Sensitive personal data, and core and important data, are omitted.
 * Floors of the city apply in addition.
 * @param left names of fields that are left out, because a floor rules them out
 * @param now Unix milliseconds
 * @returns undefined where no field is left
 */
export function strangerAgreement(
  dataset: DatasetId,
  schema: DatasetSchema,
  consumer: string,
  left: ReadonlySet<string>,
  now: number,
): Agreement | undefined {
  const fields = schema.fields.flatMap(({ name, type, schema: of }): [string, MaskRule][] => {
    const tags = tagsOf(schema, name);
    const rule = left.has(name) || tags === undefined ? undefined : ruleFor(tags, type, of['x-mask']);
    return rule === undefined ? [] : [[name, rule]];
  });
  if (fields.length === 0) return undefined;
  const { year } = civilDateInChina(now);
  const clear = fields.flatMap(([name, { mask }]) => (mask === 'clear' ? [name] : []));
  return parseAgreement(
    {
      kind: 'Agreement',
      id: strangerAgreementId,
      version: 1,
      provider: providerOf(dataset),
      consumer,
      purposes: [sandboxPurpose],
      basis: {
        type: 'statutory',
        reference: '合成数据，不涉及任何个人和组织 / synthetic data about no real person',
      },
      // the same text all year: a page's cursor is bound to it
      valid: { from: `${year}-01-01T00:00:00+08:00`, until: `${year + 2}-01-01T00:00:00+08:00` },
      grants: [
        {
          dataset,
          schema: `${schema.name}@${schema.major}`,
          fields: Object.fromEntries(fields),
          ...(clear.length === 0 ? {} : { filterBy: clear }),
        },
      ],
    },
    'sandbox',
  );
}

function ruleFor(tags: FieldTags, type: string, proposal: unknown): MaskRule | undefined {
  const { personal, classification } = tags;
  if (personal === 'sensitive' || classification === 'core' || classification === 'important')
    return undefined;
  const proposed = proposedRule(proposal);
  if (proposed !== undefined) return proposed;
  return notShareableAlone(tags) || type === 'object' || type === 'array' ? undefined : { mask: 'clear' };
}

/** The mask of `x-mask`; undefined where it proposes none, one that does not exist, or to drop the field. */
function proposedRule(proposal: unknown): MaskRule | undefined {
  if (!isObject(proposal) || typeof proposal['name'] !== 'string') return undefined;
  const { name, params } = proposal;
  const rule = { ...(isObject(params) ? params : {}), mask: name };
  return 'use' in readMaskRule(rule) && name !== 'drop' ? rule : undefined;
}
