/** GET /v1/datasets/{dataset}/exports/{export}: how far a file is; its manifest once it is whole. */
import { allowed, type Call, type Outcome } from '../../../gate/call.ts';
import type { DepartmentCaller } from '../../../identity/authentication/caller.ts';
import type { ReleaseServices } from '../services.ts';
import { exportView, ownExport } from './ownExport.ts';

export async function showExport(call: Call<DepartmentCaller>, services: ReleaseServices): Promise<Outcome> {
  const row = await ownExport(call, services);
  return allowed(200, exportView(row), { facts: { dataset: row.dataset, repeatOf: row.id } });
}
