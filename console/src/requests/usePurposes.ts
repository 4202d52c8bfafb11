import { get, type Schemas } from '../api/call.ts';
import { everyPage } from '../api/everyPage.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';

/** The tree of purposes, limited to the first two hundred that a choice can show. */
export function usePurposes(): {
  readonly all: readonly Schemas['PurposeList']['purposes'][number][] | undefined;
  readonly error: unknown;
  readonly name: (code: string) => string;
} {
  const { pick } = useWords();
  const { turn } = useSession();
  const { value: all, error } = useAnswer(`purposes ${turn}`, () =>
    everyPage(
      (cursor) => get('/v1/purposes', { query: { limit: '200', cursor } }),
      ({ purposes }) => purposes,
    ),
  );
  return { all, error, name: (code) => pick(all?.find((one) => one.code === code)?.title) || code };
}
