import { get, type Schemas } from '../api/call.ts';
import { everyPage } from '../api/everyPage.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { useSession } from '../session.ts';

/** Outlines of the registered areas. @param isNeeded false: the hub is not asked @param list absent: of all code lists */
export function useAreas(
  isNeeded: boolean,
  list?: string,
): readonly Schemas['AreaCollection']['features'][number][] {
  const { turn } = useSession();
  const answer = useAnswer(`areas ${isNeeded} ${list ?? ''} ${turn}`, async () =>
    isNeeded
      ? everyPage(
          (cursor) => get('/v1/areas', { query: { cursor, list, limit: '200' } }),
          ({ features }) => features,
        )
      : [],
  );
  return answer.value ?? [];
}
