import type { Plan, Plans } from './plans.ts';

/** Plans that grant a consumer access to a dataset at this moment. @param now Unix milliseconds */
export const plansInForce = (
  plans: Plans,
  { consumer, dataset }: { readonly consumer: string; readonly dataset: string },
  now: number,
): readonly Plan[] =>
  plans.all.filter((plan) => {
    if (plan.ref.consumer !== consumer || plan.ref.dataset !== dataset || plans.blocked.has(plan))
      return false;
    const agreement = plans.agreements.get(plan.ref.agreement);
    return agreement !== undefined && !agreement.suspended && agreement.from <= now && now < agreement.until;
  });
