import { get, type Schemas } from '../api/call.ts';
import { everyPage } from '../api/everyPage.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { useSession } from '../session.ts';

/** Outlines of the registered areas. @param isNeeded false: the hub is not asked */
export function useAreas(isNeeded: boolean): readonly Schemas['AreaCollection']['features'][number][] {
  const { turn } = useSession();
  const answer = useAnswer(`areas ${isNeeded} ${turn}`, async () =>
    isNeeded
      ? everyPage(
          (cursor) => get('/v1/areas', { query: { cursor, limit: '200' } }),
          ({ features }) => features,
        )
      : [],
  );
  return answer.value ?? [];
}
