/**
 * Disputes (共享争议): first between the two departments, then the data office, then the government's decision, each step with its document.
 */
import { Problem } from '../../terms/problem.ts';
import { transition, type LifeCycle } from './lifeCycle.ts';

/**
 * Between the departments; with the office; decided by it, which either party may take to the government; with the government; ended.
 */
export type DisputeState = 'between' | 'office' | 'decided' | 'government' | 'settled' | 'closed';
export type DisputeAct = 'agree' | 'escalate' | 'decide' | 'accept' | 'appeal' | 'record';

export const disputeLife: LifeCycle<DisputeState, DisputeAct> = {
  between: { agree: 'settled', escalate: 'office' },
  office: { decide: 'decided' },
  decided: { accept: 'settled', appeal: 'government' },
  government: { record: 'closed' },
  settled: {},
  closed: {},
};

export interface DisputeEvent {
  readonly seq: number;
  /** `raise` is the first */
  readonly act: DisputeAct | 'raise';
  readonly person: string;
  /** Unix milliseconds */
  readonly at: number;
  readonly said: string;
  /** hex SHA-256 */
  readonly document: string;
}

export interface Dispute {
  readonly id: string;
  /** id of a request or a ticket */
  readonly about: string;
  readonly raised: string;
  readonly other: string;
  readonly state: DisputeState;
  readonly events: readonly DisputeEvent[];
}

/**
 * The state after an act. The other department agrees to what was raised, never the one that raised it. The office decides, and another
 * of its persons records the government's decision.
 * @param actingPersons persons who count as one with the acting person, themselves included
 * @param by departments for which the person acts; `office` where they are a steward of the data office
 * @throws Problem transition_not_allowed, not_your_department, four_eyes
 */
export function actOn(
  { id, state, raised, other, events }: Dispute,
  act: DisputeAct,
  actingPersons: readonly string[],
  by: { readonly departments: readonly string[]; readonly office: boolean },
): DisputeState {
  const to = transition(disputeLife, `dispute ${id}`, state, act);
  const ofOffice = act === 'decide' || act === 'record';
  const side = act === 'agree' ? [other] : [raised, other];
  if (ofOffice ? !by.office : !side.some((code) => by.departments.includes(code)))
    throw new Problem('not_your_department', { department: ofOffice ? 'office' : side.join(', ') });
  // a person cannot settle what they raised, nor record the outcome of their own decision, in any role
  const before = events.filter((one) => actingPersons.includes(one.person)).map((one) => one.act);
  const settles = act === 'agree' || act === 'decide' || act === 'record';
  if (
    settles &&
    before.some((one) => one === 'raise' || one === 'escalate' || one === 'appeal' || one === 'decide')
  )
    throw new Problem('four_eyes');
  return to;
}
