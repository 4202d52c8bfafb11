import { createContext } from 'react';
import { get, type Schemas } from '../api/call.ts';
import { everyPage } from '../api/everyPage.ts';

type Title = Schemas['Bilingual'] | undefined;
type Titles = ReadonlyMap<string, Title>;

/** More datasets than this at once are read from the list instead of one by one. */
const maxSingle = 5;

/** Titles of datasets as one person reads them: a list names the same datasets in many rows. */
export class DatasetTitles {
  private readonly known = new Map<string, Promise<Title>>();
  /** ids that were requested together, and are not sent yet */
  private waiting: { readonly ids: Set<string>; readonly titles: Promise<Titles> } | undefined;

  /** @returns undefined where the person may not read the dataset or it is no more */
  of(dataset: string): Promise<Title> {
    const title = this.known.get(dataset) ?? this.soon(dataset);
    this.known.set(dataset, title);
    // a title that did not arrive is requested again by the next page
    void title.then((arrived) => {
      if (arrived === undefined) this.known.delete(dataset);
    });
    return title;
  }

  /** Sends what a page requests in one go together. */
  private async soon(dataset: string): Promise<Title> {
    this.waiting ??= this.together();
    this.waiting.ids.add(dataset);
    return (await this.waiting.titles).get(dataset);
  }

  private together(): NonNullable<DatasetTitles['waiting']> {
    const ids = new Set<string>();
    const titles = Promise.resolve().then(() => {
      this.waiting = undefined;
      return ids.size > maxSingle ? listed() : each(ids);
    });
    return { ids, titles };
  }
}

/** A new one with each sign-in. */
export const DatasetTitlesContext = createContext(new DatasetTitles());

const each = async (ids: ReadonlySet<string>): Promise<Titles> =>
  new Map(await Promise.all([...ids].map(async (id) => [id, await single(id)] as const)));

/** None where the hub refuses the dataset. */
async function single(dataset: string): Promise<Title> {
  try {
    return (await get('/v1/datasets/{dataset}', { at: { dataset } })).dataset.title;
  } catch {
    return undefined;
  }
}

async function listed(): Promise<Titles> {
  try {
    const all = await everyPage(
      (cursor) => get('/v1/datasets', { query: { limit: '200', cursor } }),
      ({ datasets }) => datasets,
    );
    return new Map(all.map(({ id, title }) => [id, title]));
  } catch {
    return new Map();
  }
}
