/** Under which agreement a person reads cases for which department: chosen in the address, the first where nothing is chosen. */
import { post, type Schemas } from '../api/call.ts';

export type CaseDataset = Schemas['CaseDataset'];
export type CaseRecord = Readonly<Record<string, unknown>>;

export interface Acting {
  readonly set: CaseDataset;
  readonly agreement: CaseDataset['agreements'][number];
  readonly purpose: string;
}

/** The name of a dataset and department in the address. */
export const setName = ({ dataset, department }: CaseDataset): string => `${dataset} ${department}`;

/** @returns undefined where no agreement in force covers the dataset */
export function actingIn(set: CaseDataset, filter: Readonly<Record<string, string>>): Acting | undefined {
  const { agreements } = set;
  const agreement = agreements.find((one) => one.agreement === filter['agreement']) ?? agreements[0];
  if (agreement === undefined) return undefined;
  const purpose = agreement.purposes.find((one) => one === filter['purpose']) ?? agreement.purposes[0];
  return purpose === undefined ? undefined : { set, agreement, purpose };
}

/** What is asked under an agreement. */
export type CasesAsked = Pick<Schemas['CaseQuery'], 'query' | 'notices'>;

/** Path and query of a call for a dataset and a department. */
export const pathAndQuery = ({ dataset, department }: Pick<CaseDataset, 'dataset' | 'department'>) => ({
  at: { dataset },
  query: { department },
});

/** Asks for cases under the chosen agreement. */
export function askCases(
  { set, agreement, purpose }: Acting,
  asked: CasesAsked,
): Promise<Schemas['QueryAnswer']> {
  const body = { agreement: agreement.agreement, purpose, ...asked };
  return post('/v1/datasets/{dataset}/cases', body, pathAndQuery(set));
}

/** The command line that lists the same cases, without filters: their values may be personal. */
export const casesCommand = ({ set, agreement, purpose }: Acting): string =>
  `npx datong rows cases ${set.dataset} --department ${set.department} --agreement ${agreement.agreement} --purpose ${purpose}`;

/** The key of a record, as a change names it; undefined where a field of it is not granted. */
export function keyOf({ key }: CaseDataset, record: CaseRecord): Schemas['CaseChange']['key'] | undefined {
  const entries = key.map((field) => [field, record[field]] as const);
  const isWhole = entries.every(([, value]) => ['string', 'number', 'boolean'].includes(typeof value));
  return isWhole ? (Object.fromEntries(entries) as Schemas['CaseChange']['key']) : undefined;
}

/** The first field that is a place. */
export const placeFieldIn = ({ fields }: CaseDataset): string | undefined =>
  fields.find(({ kind }) => kind === 'place')?.name;

/** Longitude and latitude of a case; undefined where the record has none. */
export function placeOf(set: CaseDataset, record: CaseRecord): readonly [number, number] | undefined {
  const field = placeFieldIn(set);
  return field === undefined ? undefined : positionOf(record[field]);
}

/** Longitude and latitude of a GeoJSON Point. */
export function positionOf(value: unknown): readonly [number, number] | undefined {
  if (typeof value !== 'object' || value === null || !('coordinates' in value)) return undefined;
  const [x, y] = Array.isArray(value.coordinates) ? (value.coordinates as unknown[]) : [];
  return typeof x === 'number' && typeof y === 'number' ? [x, y] : undefined;
}
