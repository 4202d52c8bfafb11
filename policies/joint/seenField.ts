import type { FieldGrant } from '../decision.ts';
import type { Plan } from '../plans/plan.ts';

/** A field as a plan grants it. */
export interface SeenField {
  readonly grant: FieldGrant;
  readonly plan: Plan;
}

/** The consumer whose view a plan contributes to. */
export const viewerOf = ({ ref }: Plan): string => ref.principal ?? ref.consumer;
