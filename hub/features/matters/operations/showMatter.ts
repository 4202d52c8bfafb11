import type { components } from '../../../../api/openapi.ts';
import { Problem } from '../../../../terms/problem.ts';
import { allowed } from '../../../pipeline/call.ts';
import { liveMatter } from '../../../registry/store/matters.ts';
import { matterView } from './matterView.ts';
import { everyone } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** GET /v1/matters/{matter}: its live revision, ended or not. @throws Problem not_found */
export const showMatter = operation('showMatter', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, { database }) => {
    const row = await liveMatter<components['schemas']['Matter']>(database.app, call.params.matter);
    if (row === undefined) throw new Problem('not_found');
    return allowed<'showMatter'>(200, matterView(row), { facts: { change: { matter: row.code } } });
  },
});
