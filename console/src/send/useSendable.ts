import { get, type Schemas } from '../api/call.ts';
import { useAnswer, type Answered } from '../api/useAnswer.ts';
import { useSession } from '../session.ts';

const sends = ['clerk', 'steward'];

/** Departments whose files she sends; none: she sends nobody's. `undefined` among them is the data office. */
function useSendingFor(): readonly (string | undefined)[] {
  const { session } = useSession();
  return [...new Set(session.roles.filter(({ role }) => sends.includes(role)).map((one) => one.department))];
}

/** Datasets that she may send to, by department: the first two hundred of each. */
export function useSendable(): Answered<readonly Schemas['DatasetView'][]> {
  const { turn } = useSession();
  const departments = useSendingFor();
  return useAnswer(`sendable ${departments.join(' ')} ${turn}`, async () => {
    const lists = await Promise.all(
      departments.map((department) =>
        get('/v1/datasets', { query: { limit: '200', ...(department === undefined ? {} : { department }) } }),
      ),
    );
    return lists.flatMap(({ datasets }) => datasets).filter(({ state }) => state === 'published');
  });
}
