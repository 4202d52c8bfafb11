/** What of an entry is never typed: the fields of its datasets, and what it is found by. */
import type { components } from '../../../../api/openapi.ts';
import { searchable } from '../../../domain/catalogue.ts';
import type { Identity } from '../../../identity/identity.ts';
import type { RegistrySnapshot } from '../../../registry/snapshot.ts';
import type { CatalogueSearch } from '../../../registry/store/catalogue.ts';

export type EntryBody = components['schemas']['CatalogueEntry'];
type Field = components['schemas']['CatalogueField'];
interface Marks {
  readonly 'x-title'?: { readonly zh: string; readonly en: string };
  readonly 'x-sensitivity'?: string;
  readonly 'x-semantic'?: string;
  readonly 'x-code'?: { readonly list: string };
}

/** Fields of a dataset as its schema version has them. */
export function fieldsOf(
  { datasets }: Pick<RegistrySnapshot, 'datasets'>,
  dataset: string,
): readonly Field[] {
  return (datasets.get(dataset)?.schema.fields ?? []).map(({ name, type, schema }) => {
    const marks = schema as Marks;
    return {
      name,
      type,
      ...(marks['x-title'] === undefined ? {} : { title: marks['x-title'] }),
      ...(marks['x-sensitivity'] === undefined ? {} : { sensitivity: marks['x-sensitivity'] }),
      ...(marks['x-semantic'] === undefined ? {} : { semantic: marks['x-semantic'] }),
      ...(marks['x-code'] === undefined ? {} : { codes: marks['x-code'].list }),
    };
  });
}

/** @param bound datasets as they are bound, or will be */
export function searchOf(
  entry: EntryBody,
  bound: Pick<RegistrySnapshot, 'datasets'> & Partial<Pick<RegistrySnapshot, 'surroundings'>>,
  identity: Pick<Identity, 'department'>,
  department: string,
): CatalogueSearch {
  const fields = (entry.datasets ?? []).flatMap((dataset) => fieldsOf(bound, dataset));
  const named = identity.department(department);
  const texts = [
    ...[entry.id, entry.title.zh, entry.title.en, entry.abstract.zh, entry.abstract.en],
    ...(entry.keywords ?? []),
    ...[entry.sourceSystem, entry.office, named?.nameZh ?? '', named?.nameEn ?? ''],
    ...fields.flatMap(({ name, title }) => [name, title?.zh ?? '', title?.en ?? '']),
    ...codesOf(fields, bound),
  ];
  const tags = [...new Set(fields.flatMap(({ semantic }) => semantic ?? []))].sort();
  return { ...searchable(texts, [entry.title.zh, entry.title.en]), tags };
}

/** Longer code lists are found by their title alone. */
const maxCodes = 100;

/** Titles of the code lists that fields use, and what the codes of short ones mean. */
function codesOf(
  fields: readonly Field[],
  { surroundings }: Partial<Pick<RegistrySnapshot, 'surroundings'>>,
): readonly string[] {
  const named = new Set(fields.flatMap(({ codes }) => codes ?? []));
  return [...named].flatMap((name) => {
    const list = surroundings?.codeLists.list(name.replace(/^urn:datong:code:/, ''));
    if (list === undefined) return [];
    const { title, entries } = list;
    return [title.zh, title.en, ...(entries.length > maxCodes ? [] : entries.map(({ zh }) => zh))];
  });
}
