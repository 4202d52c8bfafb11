/** The stages of a request with their days: when each ended, or by when it is to end. Pure. */
import { chinaWorkingCalendar } from '../../../terms/calendar/chinaWorkingCalendar.ts';
import { afterWorkingDays } from '../../../terms/calendar/workingDays.ts';
import { dayInChina, dayOfMoment } from '../../../terms/civilDate.ts';
import type { Schemas } from '../api/call.ts';

type View = Pick<Schemas['RequestView'], 'state' | 'stages' | 'stage' | 'due' | 'events'>;

export interface StageStep {
  readonly stage: Schemas['RequestStage'];
  /** `stopped`: the request ended in this stage without an agreement; `unreached`: a stage after that */
  readonly state: 'done' | 'now' | 'next' | 'stopped' | 'unreached';
  /** `YYYY-MM-DD`: the day on which it ended, or the last day of its turn; absent where no deadline runs */
  readonly day?: string;
}

/** Acts that end the last stage. */
const endings: readonly string[] = ['approve', 'offer', 'refuse', 'withdraw'];

/**
 * A later stage is due at the latest so many working days after the one before it.
 * @param now Unix milliseconds
 */
export function stageSteps({ state, stages, stage, due, events }: View, now: number): readonly StageStep[] {
  const passed = events.filter(({ act }) => act === 'pass').map(({ at }) => dayOfMoment(at));
  const ended = events.findLast(({ act }) => endings.includes(act));
  const at = stages.findIndex(({ code }) => code === stage);
  const current = at < 0 ? passed.length : at;
  const isStopped = state === 'refused' || state === 'withdrawn';
  const today = dayInChina(now);
  let latest = due === undefined || due > today ? due : today;
  return stages.map((one, place): StageStep => {
    if (place < current) return withDay({ stage: one, state: 'done' }, passed[place]);
    if (at < 0) {
      const here = place === current;
      const word = isStopped ? (here ? 'stopped' : 'unreached') : 'done';
      return withDay(
        { stage: one, state: word },
        here && ended !== undefined ? dayOfMoment(ended.at) : undefined,
      );
    }
    if (place === current) return withDay({ stage: one, state: 'now' }, due);
    latest = latest === undefined ? undefined : afterWorkingDays(latest, one.days, chinaWorkingCalendar).day;
    return withDay({ stage: one, state: 'next' }, latest);
  });
}

const withDay = (step: StageStep, day: string | undefined): StageStep =>
  day === undefined ? step : { ...step, day };
