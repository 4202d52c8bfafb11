import { cosignedNote } from './cosignedNote.ts';
import { operation } from '../../common/operation.ts';

/** The newest checkpoint that witnesses cosigned; without a witness the newest one. Public material. */
export const getCosignedCheckpoint = operation('getCosignedCheckpoint', {
  kind: 'none',
  run: async (_call, services) => {
    const body = Buffer.from(await cosignedNote(services));
    return { entry: 'none', status: 200, contentType: 'text/plain; charset=utf-8', body };
  },
});
