import { exportPack as makePack, type PackRequest } from '../../../log/evidence/exportPack.ts';
import type { PackFile } from '../../../../log/pack/pack.ts';
import { allowed } from '../../../pipeline/call.ts';
import { everywhere } from '../../../domain/cells.ts';
import { ofOffice } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** Evidence that verifies without the hub. Who took which entries out is an entry of its own. */
export const exportPack = operation('exportPack', {
  kind: 'management',
  permission: { 'office auditor': everywhere },
  owner: ofOffice,
  run: async (call, services) => {
    const { exchanges, from, to, history, compact } = call.body;
    const request: PackRequest = {
      ...(exchanges === undefined ? {} : { exchanges }),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(history === undefined ? {} : { history }),
      ...(compact === undefined ? {} : { compact }),
    };
    const pack = await makePack(services, request);
    const entries = entriesIn(pack);
    const [first, last] = [entries[0], entries.at(-1)];
    return allowed<'exportPack'>(200, pack, {
      facts: {
        change: {
          entries: entries.length,
          ...(first === undefined || last === undefined ? {} : { first, last }),
        },
      },
    });
  },
});

/** Indexes of what is in it, ascending. */
const entriesIn = ({ entries, ranges = [] }: PackFile): readonly number[] => [
  ...entries.map(({ index }) => index),
  ...ranges.flatMap(({ first, leaves }) => leaves.map((_leaf, at) => first + at)),
];
