/**
 * Open events (联动): the duties of departments for an event under its response plan, their deadlines, and the escalation of a missed
 * deadline. Pure: times are Unix milliseconds and arguments.
 */
import type { Role } from './permissions.ts';
import type { LifeCycle } from './lifeCycle.ts';

export type OpenEventState = 'open' | 'closed';
export const openEventLife: LifeCycle<OpenEventState, 'close'> = {
  open: { close: 'closed' },
  closed: {},
};

/** Why a caller closed an event: `EventClosing` of openapi.yaml. */
export interface Closing {
  readonly code: 'ended' | 'false-alarm' | 'duplicate' | 'exercise' | 'other';
  readonly reason: string;
}

/** State of one department's duty in one step. */
export type StepState = 'waiting' | 'acknowledged' | 'late' | 'escalated' | 'acknowledgedLate';
export type StepAct = 'acknowledge' | 'miss' | 'escalate';
export const stepLife: LifeCycle<StepState, StepAct> = {
  waiting: { acknowledge: 'acknowledged', miss: 'late' },
  late: { acknowledge: 'acknowledgedLate', escalate: 'escalated' },
  escalated: { acknowledge: 'acknowledgedLate', escalate: 'escalated' },
  acknowledged: {},
  acknowledgedLate: {},
};

/** Grades of an acknowledgement, from the lowest to the highest. */
const grades = ['received', 'accepted', 'done'] as const;
export type Grade = (typeof grades)[number];

/** Whether a department's grade satisfies the grade that a step requires: a higher one includes the lower ones. */
export const meetsGrade = (given: Grade, demanded: Grade): boolean =>
  grades.indexOf(given) >= grades.indexOf(demanded);

/** The highest of these grades; undefined where there is none. */
export const highestGrade = (given: readonly Grade[]): Grade | undefined =>
  grades.findLast((grade) => given.includes(grade));

/** One stage of escalation. */
export interface EscalationStage {
  /** seconds after the deadline */
  readonly afterSeconds: number;
  readonly role: Role;
  /** the department to notify; absent: the one that is late */
  readonly department?: string;
}

export interface PlanStep {
  readonly id: string;
  readonly grade: Grade;
  readonly withinSeconds: number;
  readonly escalations: readonly EscalationStage[];
}

export interface ReachedStage {
  /** from 1 */
  readonly stage: number;
  readonly role: Role;
  /** absent: the department that is late */
  readonly department?: string;
  readonly dueAt: number;
}

/**
 * The escalation stages that a deadline has reached: every stage whose time has passed, also while the hub was stopped.
 * @param done stages that were reached before @returns with the time of the next stage; undefined where there is none
 */
export function reachedStages(
  { escalations }: Pick<PlanStep, 'escalations'>,
  dueAt: number,
  done: number,
  now: number,
): { readonly reached: readonly ReachedStage[]; readonly next: number | undefined } {
  const stages = escalations.map(({ afterSeconds, ...to }, at) => ({
    ...to,
    stage: at + 1,
    dueAt: dueAt + afterSeconds * 1000,
  }));
  const open = stages.slice(done);
  const reached = open.filter((stage) => stage.dueAt <= now);
  return { reached, next: open[reached.length]?.dueAt };
}
