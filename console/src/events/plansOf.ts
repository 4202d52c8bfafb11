import { get, type Schemas } from '../api/call.ts';
import { everyPage } from '../api/everyPage.ts';

/** Every plan of a department, page after page: the hub has no call for one of them. */
export const plansOf = (department: string): Promise<readonly Schemas['ResponsePlanView'][]> =>
  everyPage(
    (cursor) => get('/v1/response-plans', { query: { department, cursor } }),
    ({ plans }) => plans,
  );
