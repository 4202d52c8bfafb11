import { createHash } from 'node:crypto';
import type { DatasetSchema } from '../schemas/datasetSchema.ts';
import { providerOf, type DatasetId } from '../terms/ids.ts';
import type { Agreement, MaskRule } from './documents/agreement.ts';
import { parseAgreement } from './documents/parseDocument.ts';
import { notShareableAlone } from './plans/checkBasisOfData.ts';
import { tagsOf } from './plans/scope.ts';

/**
 * The agreement that a request on an unconditionally shared dataset (无条件共享) receives without review: every field that is not personal,
 * clear. Personal fields, those of L4, and core or important data (GB/T 43697) are omitted: a person decides about them.
 * @param valid RFC 3339 times with offset, half-open
 * @throws Problem policy_invalid when the dataset has no field that can be shared this way
 */
export function automaticAgreement(
  dataset: DatasetId,
  schema: DatasetSchema,
  consumer: string,
  purpose: string,
  valid: { readonly from: string; readonly until: string },
): Agreement {
  const shareable = schema.fields.filter(({ name, type }) => {
    const tags = tagsOf(schema, name);
    return type !== 'object' && type !== 'array' && tags !== undefined && !notShareableAlone(tags);
  });
  const names = shareable.map((field) => field.name);
  return parseAgreement(
    {
      kind: 'Agreement',
      id: automaticId(consumer, dataset, purpose),
      version: 1,
      provider: providerOf(dataset),
      consumer,
      purposes: [purpose],
      basis: { type: 'statutory', reference: '政务数据共享条例（国务院令第809号）', clause: '无条件共享' },
      valid,
      automatic: true,
      grants: [
        {
          dataset,
          schema: `${schema.name}@${schema.major}`,
          fields: Object.fromEntries(names.map((name): [string, MaskRule] => [name, { mask: 'clear' }])),
          ...(names.length === 0 ? {} : { filterBy: names }),
        },
      ],
    },
    'automatic agreement',
  );
}

/** Readable if it fits into an id, otherwise a digest of the three names. */
function automaticId(consumer: string, dataset: string, purpose: string): string {
  const readable = `auto-${consumer}-${dataset.replace('.', '-')}`;
  const digest = createHash('sha256').update(`${consumer}\n${dataset}\n${purpose}`).digest('hex');
  return `${readable.length <= 51 ? readable : 'auto'}-${digest.slice(0, 8)}`;
}

/** Whether an id has the form that the hub gives to its own agreements. */
export const isAutomaticId = (id: string): boolean => id.startsWith('auto-');
