import { createContext } from 'react';
import { get, type Schemas } from '../api/call.ts';

type Title = Schemas['Bilingual'] | undefined;
type Titles = ReadonlyMap<string, Title>;

/** As many ids as one list may name. */
const maxIds = 50;

/** Titles of datasets as one person reads them: a list names the same datasets in many rows. */
export class DatasetTitles {
  private readonly known = new Map<string, Promise<Title>>();
  /** ids that were requested together, and are not sent yet */
  private waiting: { readonly ids: Set<string>; readonly titles: Promise<Titles> } | undefined;

  /** @returns undefined where no such dataset is registered */
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
      return listed([...ids]);
    });
    return { ids, titles };
  }
}

/** A new one with each sign-in. */
export const DatasetTitlesContext = createContext(new DatasetTitles());

/** Of the datasets that exist; none where the hub refuses the list. */
async function listed(ids: readonly string[]): Promise<Titles> {
  const parts = Array.from({ length: Math.ceil(ids.length / maxIds) }, (_, at) =>
    ids.slice(at * maxIds, (at + 1) * maxIds),
  );
  try {
    const lists = await Promise.all(
      parts.map((some) => get('/v1/datasets', { query: { ids: some.join(','), limit: String(maxIds) } })),
    );
    return new Map(lists.flatMap(({ datasets }) => datasets.map(({ id, title }) => [id, title] as const)));
  } catch {
    return new Map();
  }
}
