import type { CompiledAgreement, Plan, Plans } from './plans.ts';

/** Whether an agreement is valid at this moment and not suspended. @param now Unix milliseconds */
export const isInForce = (agreement: CompiledAgreement | undefined, now: number): boolean =>
  agreement !== undefined && !agreement.suspended && agreement.from <= now && now < agreement.until;

/** Plans that grant a consumer access to a dataset at this moment. @param now Unix milliseconds */
export const plansInForce = (
  plans: Plans,
  { consumer, dataset }: { readonly consumer: string; readonly dataset: string },
  now: number,
): readonly Plan[] =>
  plans.all.filter((plan) => {
    if (plan.ref.consumer !== consumer || plan.ref.dataset !== dataset || plans.blocked.has(plan))
      return false;
    return isInForce(plans.agreements.get(plan.ref.agreement), now);
  });
