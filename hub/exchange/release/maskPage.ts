/** Stored rows → what the agreement lets the caller see. Nothing leaves unless it fits the masked schema. */
import type { Permission, PlanRef } from '../../../policies/decision.ts';
import { compileMasking, type Masking } from '../../../policies/masks/compileMasking.ts';
import { Problem } from '../../../terms/problem.ts';
import type { LiveDataset } from '../registry.ts';
import type { Page } from './fetchPage.ts';
import type { ReleaseServices } from './services.ts';

/**
 * Masks compiled once per plan and set of fields. They belong to the plan of the decision, not to whatever plan is newest when the rows
 * have come: else a call decided before a mask was tightened would leave the old mask behind for the calls after it.
 */
const compiled = new WeakMap<PlanRef, Map<string, Masking>>();

/** @throws Problem mask_type_errors, masked_row_invalid: then nothing is released */
export function maskPage(
  services: ReleaseServices,
  permission: Permission,
  dataset: LiveDataset,
  page: Page,
  now: number,
): { readonly records: readonly Record<string, unknown>[] } {
  const masking = maskingOf(services, permission, dataset);
  const run = masking.begin(now);
  const records = page.rows.map(({ record }) => masking.mask(record, run));
  masking.settle(run);
  if (!records.every((record) => masking.check(record))) throw new Problem('masked_row_invalid');
  return { records };
}

function maskingOf(services: ReleaseServices, permission: Permission, dataset: LiveDataset): Masking {
  const { plan, fields, limits } = permission;
  let maskings = compiled.get(plan);
  if (maskings === undefined) {
    maskings = new Map();
    compiled.set(plan, maskings);
  }
  const key = JSON.stringify(fields.map(({ field }) => field));
  let masking = maskings.get(key);
  if (masking === undefined) {
    const { maskTypeErrors } = limits;
    masking = compileMasking(
      fields,
      dataset.schema,
      services.keys.pseudonyms,
      plan.principal ?? plan.consumer,
      maskTypeErrors === undefined ? {} : { maskTypeErrors },
    );
    if (maskings.size >= mostMaskings) maskings.clear();
    maskings.set(key, masking);
  }
  return masking;
}

/** Callers choose sets of fields; so many compiled ones of a plan are kept at most. */
const mostMaskings = 200;
