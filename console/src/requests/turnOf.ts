import type { Schemas } from '../api/call.ts';

type View = Schemas['RequestView'];
type Form = 'return' | 'refuse' | 'offer' | 'extension' | 'handOn' | 'supplement' | 'withdraw';

/** What a person can do with a request on its page. The hub decides by its own rules. */
export interface Turn {
  readonly running: boolean;
  /** it waits for this person */
  readonly isTheirTurn: boolean;
  readonly passes: boolean;
  readonly accepts: boolean;
  readonly extends: boolean;
  readonly forms: readonly Form[];
}

export function turnOf(
  view: View,
  { person, roles }: Schemas['Session'],
  departments: readonly Schemas['DepartmentView'][],
): Turn {
  const office = (code: string | undefined): boolean =>
    code === undefined || departments.find((one) => one.code === code)?.dataOffice === true;
  const holds = (by: 'consumer' | 'office' | 'provider', role: string): boolean =>
    roles.some(
      (one) => one.role === role && (by === 'office' ? office(one.department) : one.department === view[by]),
    );
  const at = view.stages.findIndex(({ code }) => code === view.stage);
  const stage = view.stages[at];
  const maker = view.events[0]?.person === person;
  const asks = holds('consumer', 'steward');
  const { state, extension } = view;
  const atStage = state === 'reviewing' && !maker && stage !== undefined && holds(stage.by, stage.role);
  // handed on to another person, it is theirs alone; a colleague there may hand it on again
  const reviews = atStage && (view.assigned === undefined || view.assigned === person);
  const returned = view.events.some(({ act, person: who }) => act === 'return' && who === person);
  const last = at === view.stages.length - 1;
  const running = state === 'reviewing' || state === 'returned' || state === 'offered';
  const supplements = state === 'returned' && asks;
  const accepts = state === 'offered' && asks;
  return {
    running,
    isTheirTurn: reviews || supplements || accepts,
    passes: reviews,
    accepts,
    extends: state === 'reviewing' && extension === 'asked' && !maker && holds('office', 'steward'),
    forms: [
      ...(reviews && !returned ? (['return'] as const) : []),
      ...(reviews ? (['refuse'] as const) : []),
      ...(reviews && last ? (['offer'] as const) : []),
      ...(reviews && stage.by === 'provider' && extension === 'none' ? (['extension'] as const) : []),
      ...(atStage ? (['handOn'] as const) : []),
      ...(supplements ? (['supplement'] as const) : []),
      ...(running && asks ? (['withdraw'] as const) : []),
    ],
  };
}
