import type { components } from '../../../../api/openapi.ts';
import { unlogged } from '../../../pipeline/call.ts';
import { anchorsFile } from './anchorsFile.ts';
import { operation } from '../../common/operation.ts';

/** What a verifier keeps. Public: leaves no entry. */
export const getAnchors = operation('getAnchors', {
  kind: 'none',
  run: (_call, services) => {
    return unlogged<'getAnchors'>(200, anchorsFile(services) as components['schemas']['Anchors']);
  },
});
