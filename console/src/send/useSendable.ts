import { get, type Schemas } from '../api/call.ts';
import { everyPage } from '../api/everyPage.ts';
import { useAnswer, type Answered } from '../api/useAnswer.ts';
import { useSession } from '../session.ts';
import { defined } from '../../../terms/defined.ts';

const sends = ['clerk', 'steward'];

/** Departments for which the person sends files; empty: none. `undefined` as an element is the data office. */
function useSendingFor(): readonly (string | undefined)[] {
  const { session } = useSession();
  return [...new Set(session.roles.filter(({ role }) => sends.includes(role)).map((one) => one.department))];
}

/** Datasets that the person may send to, by department. */
export function useSendable(): Answered<readonly Schemas['DatasetView'][]> {
  const { turn } = useSession();
  const departments = useSendingFor();
  return useAnswer(`sendable ${departments.join(' ')} ${turn}`, async () => {
    const lists = await Promise.all(
      departments.map((department) =>
        everyPage(
          (cursor) =>
            get('/v1/datasets', {
              query: { limit: '200', cursor, ...defined({ department }) },
            }),
          ({ datasets }) => datasets,
        ),
      ),
    );
    return lists.flat().filter(({ state }) => state === 'published');
  });
}
