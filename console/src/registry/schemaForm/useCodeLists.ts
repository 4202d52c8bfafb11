import { get } from '../../api/call.ts';
import { everyPage } from '../../api/everyPage.ts';
import { useAnswer } from '../../api/useAnswer.ts';
import { useSession } from '../../session.ts';
import { useWords } from '../../words/words.ts';

/** The code lists of the product and the registered ones, as choices: URN and title. */
export function useCodeLists(): readonly { readonly value: string; readonly text: string }[] {
  const { pick } = useWords();
  const { turn } = useSession();
  const { value = [] } = useAnswer(`code lists ${turn}`, () =>
    everyPage(
      (cursor) => get('/v1/code-lists', { query: { limit: '200', cursor } }),
      ({ shipped = [], codeLists }) => [...shipped, ...codeLists],
    ),
  );
  const titles = new Map(value.map(({ id, title }) => [`urn:datong:code:${id}`, pick(title)]));
  return [...titles].map(([urn, title]) => ({ value: urn, text: title }));
}
