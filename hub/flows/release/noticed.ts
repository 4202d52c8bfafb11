import type { AllowedOutcome, Outcome, Run } from '../../pipeline/call.ts';
import type { Caller } from '../../identity/authentication/caller.ts';
import type { ReleaseServices } from './services.ts';

/** The same release, whose answers say where the version that they are of is on its way out. */
export const noticed =
  <C extends Caller>(run: Run<C, ReleaseServices>): Run<C, ReleaseServices> =>
  (call, services) =>
    after(run(call, services), services);

function after(
  outcome: Promise<Outcome> | Outcome,
  services: Pick<ReleaseServices, 'registry'>,
): Promise<Outcome> | Outcome {
  if (outcome instanceof Promise) return outcome.then((one) => after(one, services));
  if (outcome.entry !== 'allow') return outcome;
  return withNotice(outcome, services);
}

function withNotice(outcome: AllowedOutcome, services: Pick<ReleaseServices, 'registry'>): AllowedOutcome {
  const { dataset } = outcome.facts;
  const { notice } = services.registry.current.datasets.get(dataset ?? '') ?? {};
  if (notice === undefined) return outcome;
  const { whenLost } = outcome;
  return {
    ...outcome,
    headers: { ...outcome.headers, ...notice },
    ...(whenLost === undefined ? {} : { whenLost: (claim) => after(whenLost(claim), services) }),
  };
}
