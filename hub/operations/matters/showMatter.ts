import type { components } from '../../../api/openapi.ts';
import { Problem } from '../../../terms/problem.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import { liveMatter } from '../../store/registry/matters.ts';
import type { Reading } from '../reading/reach.ts';
import type { Services } from '../services.ts';
import { matterView } from './matterView.ts';

/** GET /v1/matters/{matter}: its live revision, ended or not. @throws Problem not_found */
export async function showMatter(call: Call<Reading>, { database }: Services): Promise<Outcome> {
  const row = await liveMatter<components['schemas']['Matter']>(database.app, call.params['matter'] ?? '');
  if (row === undefined) throw new Problem('not_found');
  return allowed(200, matterView(row), { facts: { change: { matter: row.code } } });
}
