import type { components } from '../../../api/openapi.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { boardProgress } from '../../store/board/fillBoard.ts';
import { reachOf } from '../reading/reach.ts';
import type { Services } from '../services.ts';
import { figures, type Figure } from './boardRows.ts';
import { spanOf, told } from './boardSpan.ts';

/** GET /v1/board: numbers of departments and datasets, never a row. */
export async function showBoard(call: Call<StaffCaller>, { database }: Services): Promise<Outcome> {
  const span = spanOf(call.query['days'], call.now);
  const departments = reachOf('showBoard', call.caller);
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
  return allowed(200, board, { facts: { change: { ...span } } });
}
