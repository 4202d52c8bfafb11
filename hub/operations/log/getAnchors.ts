import { unlogged } from '../../gate/call.ts';
import { anchorsFile } from './anchorsFile.ts';
import { operation } from '../operation.ts';

/** What a verifier keeps. Public: leaves no entry. */
export const getAnchors = operation('getAnchors', {
  kind: 'none',
  run: (_call, services) => {
    return unlogged(200, anchorsFile(services));
  },
});
