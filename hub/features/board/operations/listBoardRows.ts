import type { components } from '../../../../api/openapi.ts';
import { allowed } from '../../../pipeline/call.ts';
import { reachOf, within } from '../../common/reach.ts';
import { figures } from './boardRows.ts';
import { spanOf, told } from './boardSpan.ts';
import { counted } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

const most = 500;

const permission = counted;

/** GET /v1/board/{figure}: what a number of the board is made from. */
export const listBoardRows = operation('listBoardRows', {
  kind: 'inspect',
  permission,
  owner: self,
  run: async (call, { database }) => {
    const figure = call.params.figure;
    const { days, department } = call.query;
    const span = spanOf(days, call.now);
    const departments = within(reachOf(permission, call.caller), department);
    const rows = await figures[figure](database.app, { ...span, departments }, call.now);
    const answer: components['schemas']['BoardRows'] = {
      ...{ figure, ...span, cut: rows.length > most },
      rows: [...rows]
        .sort((one, other) => (other.of ?? other.count) - (one.of ?? one.count))
        .slice(0, most)
        .map(({ count, of, ...row }) => ({ ...row, ...told(figure, { count, of }) })),
    };
    return allowed<'listBoardRows'>(200, answer, { facts: { change: { figure, ...span } } });
  },
});
