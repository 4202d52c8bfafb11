/** Names that a printed page says in place of codes. They are Chinese, as the page is. */
import type { Bilingual } from '../../../terms/bilingual.ts';
import type { NameOf } from '../../../terms/requestForm/saidAgreement.ts';
import type { StaffClient } from '../apply/staffCall.ts';
import { everyPage, getFrom } from '../everyPage.ts';

interface Named {
  readonly code: string;
  readonly name?: Bilingual;
  readonly title?: Bilingual;
}

/**
 * Reads the names of departments, purposes, these datasets and their fields. What the person may not read is printed by its code.
 * @throws DatongRefusal where the departments or purposes are refused
 */
export async function namesFor(
  client: Pick<StaffClient, 'get' | 'post'>,
  datasets: readonly string[],
): Promise<NameOf> {
  const get = getFrom(client);
  const listed = (path: string, member: string): Promise<Named[]> =>
    everyPage(get, path, { limit: '200' }, (page) => page[member] as readonly Named[]);
  const [departments, purposes, ...shown] = await Promise.all([
    listed('/v1/departments', 'departments'),
    listed('/v1/purposes', 'purposes'),
    ...datasets.map((dataset) => titlesIn(client, dataset)),
  ]);
  const titles: Readonly<Record<string, Bilingual>> = Object.fromEntries(shown.flat());
  const named = (all: readonly Named[], code: string): string | undefined => {
    const found = all.find((one) => one.code === code);
    return (found?.name ?? found?.title)?.zh;
  };
  return (kind, code) => {
    if (kind === 'department') return named(departments, code);
    if (kind === 'purpose') return named(purposes, code);
    return titles[code]?.zh;
  };
}

/** Titles by `dataset` and `dataset.field`. */
async function titlesIn(
  client: Pick<StaffClient, 'get' | 'post'>,
  dataset: string,
): Promise<readonly (readonly [string, Bilingual])[]> {
  const path = `/v1/datasets/${encodeURIComponent(dataset)}`;
  const [shown, tried] = await Promise.all([
    client.get(path),
    client.post(`${path}/mask-trials`, { fields: {} }),
  ]);
  const { title } = (shown.body['dataset'] ?? {}) as { readonly title?: Bilingual };
  const fields = (tried.body['fields'] ?? []) as readonly {
    readonly name: string;
    readonly title: Bilingual;
  }[];
  return [
    ...(title === undefined ? [] : [[dataset, title] as const]),
    ...fields.map((field) => [`${dataset}.${field.name}`, field.title] as const),
  ];
}
