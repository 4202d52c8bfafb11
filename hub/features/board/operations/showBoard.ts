import type { components } from '../../../../api/openapi.ts';
import { allowed } from '../../../pipeline/call.ts';
import { boardProgress } from '../store/fillBoard.ts';
import { reachOf } from '../../common/reach.ts';
import { figures, type Figure } from './boardRows.ts';
import { spanOf, told } from './boardSpan.ts';
import { counted } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

const permission = counted;

/** GET /v1/board: numbers of departments and datasets, never a row. */
export const showBoard = operation('showBoard', {
  kind: 'inspect',
  permission,
  owner: self,
  run: async (call, { database }) => {
    const span = spanOf(call.query.days, call.now);
    const departments = reachOf(permission, call.caller);
    const board: components['schemas']['Board'] = {
      ...span,
      entries: await boardProgress(database.app),
      figures: [],
    };
    for (const [name, rowsOf] of Object.entries(figures)) {
      const figure = name as Figure;
      const rows = await rowsOf(database.app, { ...span, departments }, call.now);
      const count = rows.reduce((sum, row) => sum + row.count, 0);
      const rate = figure === 'deadlines' || figure === 'linking';
      const of = rate ? rows.reduce((sum, row) => sum + (row.of ?? 0), 0) : undefined;
      board.figures.push({ figure, ...told(figure, { count, of }) });
    }
    return allowed<'showBoard'>(200, board, { facts: { change: { ...span } } });
  },
});
