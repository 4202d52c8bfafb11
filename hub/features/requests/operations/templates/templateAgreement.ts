/** The agreement that a template of requests says, and what of it no dataset has any more. */
import type { components } from '../../../../../api/openapi.ts';
import type { Agreement, Grant } from '../../../../../policies/documents/agreement.ts';
import { parseAgreement } from '../../../../../policies/documents/parseDocument.ts';
import { placeOf } from '../../../../../policies/masks/rows/fieldPath.ts';
import { dayInChina, startOfDayInChina } from '../../../../../terms/civilDate.ts';
import type { LiveDataset } from '../../../../registry/snapshot.ts';

type Template = components['schemas']['RequestTemplate'];

export interface Beginning {
  readonly id: string;
  readonly version: number;
  readonly provider: string;
  readonly consumer: string;
  /** Unix milliseconds; the term begins with the day of it, calendar of China */
  readonly now: number;
}

/** @throws Problem policy_invalid where the template says what no agreement says */
export function templateAgreement(
  { title, days, purposes, basis, matters, grants }: Template,
  { id, version, provider, consumer, now }: Beginning,
): Agreement {
  const from = startOfDayInChina(dayInChina(now));
  return parseAgreement(
    {
      ...{ kind: 'Agreement', id, version, title, provider, consumer, purposes, basis },
      valid: { from: inChina(from), until: inChina(from + days * 86_400_000) },
      ...(matters === undefined ? {} : { matters }),
      grants,
    },
    'template',
  );
}

/** `2026-11-21T00:00:00+08:00` */
export const inChina = (start: number): string => `${dayInChina(start)}T00:00:00+08:00`;

/**
 * Datasets, schemas and fields that a template names and that are not there, each once and behind its dataset:
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
    return namedIn(grant)
      .filter((field) => placeOf(schema, field) === undefined)
      .map((field) => `${grant.dataset}.${field}`);
  });
  return [...new Set(gone)];
}

/** Every field that a grant names, wherever. */
const namedIn = ({ fields, filterBy, lookupBy, rows, facts, aggregates, consent }: Grant): string[] => [
  ...Object.keys(fields),
  ...(filterBy ?? []),
  ...(lookupBy ?? []),
  ...(rows?.all ?? []).flatMap((rule) => ('field' in rule ? [rule.field] : [])),
  ...(facts ?? []).flatMap(({ all }) => all.map(({ field }) => field)),
  ...(aggregates ?? []).flatMap(({ by, sum }) => [...by, ...(sum ?? [])]),
  ...[consent?.birth, consent?.guardian].filter((field) => field !== undefined),
];
