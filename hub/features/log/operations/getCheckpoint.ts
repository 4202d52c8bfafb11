import { operation } from '../../common/operation.ts';

/** The newest checkpoint: a C2SP signed note. Whoever keeps one can prove later that the log was not rewritten. Public: leaves no entry. */
export const getCheckpoint = operation('getCheckpoint', {
  kind: 'none',
  run: (_call, { audit }) => {
    const body = Buffer.from(audit.checkpoint());
    return { entry: 'none', status: 200, contentType: 'text/plain; charset=utf-8', body };
  },
});
