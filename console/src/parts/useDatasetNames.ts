import { get, type Schemas } from '../api/call.ts';
import { everyPage } from '../api/everyPage.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';

type Title = Schemas['Bilingual'] | undefined;

/** Titles that were requested since the sign-in, by `turn id`: a list names the same datasets in many rows. */
const known = new Map<string, Promise<Title>>();
/** Ids that were requested together, and are not sent yet. */
let waiting: { readonly ids: Set<string>; readonly titles: Promise<ReadonlyMap<string, Title>> } | undefined;
/** More datasets than this at once are read from the list instead of one by one. */
const maxSingle = 5;

/**
 * Titles of the datasets that a page names.
 * @returns the title; the id until it is known, and where the person may not read the dataset or it is no more
 */
export function useDatasetNames(ids: readonly string[]): (id: string) => string {
  const { pick } = useWords();
  const { turn } = useSession();
  const wanted = [...new Set(ids)].sort();
  const { value } = useAnswer(
    `titles ${wanted.join(' ')} ${turn}`,
    async () => new Map(await Promise.all(wanted.map(async (id) => [id, await titleOf(id, turn)] as const))),
  );
  return (id) => pick(value?.get(id)) || id;
}

function titleOf(dataset: string, turn: number): Promise<Title> {
  const key = `${turn} ${dataset}`;
  const asked = known.get(key) ?? soon(dataset);
  known.set(key, asked);
  // a title that did not arrive is requested again by the next page
  void asked.then((title) => {
    if (title === undefined) known.delete(key);
  });
  return asked;
}

/** Sends what a page requests in one go together. */
async function soon(dataset: string): Promise<Title> {
  if (waiting === undefined) {
    const ids = new Set<string>();
    const titles = Promise.resolve().then(() => {
      waiting = undefined;
      return ids.size > maxSingle ? listed() : each(ids);
    });
    waiting = { ids, titles };
  }
  waiting.ids.add(dataset);
  return (await waiting.titles).get(dataset);
}

const each = async (ids: ReadonlySet<string>): Promise<ReadonlyMap<string, Title>> =>
  new Map(await Promise.all([...ids].map(async (id) => [id, await single(id)] as const)));

/** None where the hub refuses the dataset. */
async function single(dataset: string): Promise<Title> {
  try {
    return (await get('/v1/datasets/{dataset}', { at: { dataset } })).dataset.title;
  } catch {
    return undefined;
  }
}

async function listed(): Promise<ReadonlyMap<string, Title>> {
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
