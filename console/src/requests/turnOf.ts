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

type Stage = View['stages'][number];
/** Whether the person holds a role at a party of the request. */
type Holds = (by: Stage['by'], role: string) => boolean;

/** States in which a request can still be withdrawn. */
const runningStates: readonly string[] = ['reviewing', 'returned', 'offered'];

export function turnOf(
  view: View,
  session: Schemas['Session'],
  departments: readonly Schemas['DepartmentView'][],
): Turn {
  const { person } = session;
  const { state, extension } = view;
  const holds = rolesAt(view, session, departments);
  const stage = stageOf(view, person, holds);
  const asks = holds('consumer', 'steward');
  // handed on to another person, it is theirs alone; a colleague there may hand it on again
  const reviews = stage !== undefined && (view.assigned === undefined || view.assigned === person);
  const returned = view.events.some(({ act, person: who }) => act === 'return' && who === person);
  const running = runningStates.includes(state);
  const supplements = state === 'returned' && asks;
  const accepts = state === 'offered' && asks;
  const forms: readonly (readonly [Form, boolean])[] = [
    ['return', reviews && !returned],
    ['refuse', reviews],
    ['offer', reviews && stage === view.stages.at(-1)],
    ['extension', reviews && stage.by === 'provider' && extension === 'none'],
    ['handOn', stage !== undefined],
    ['supplement', supplements],
    ['withdraw', running && asks],
  ];
  return {
    running,
    isTheirTurn: reviews || supplements || accepts,
    passes: reviews,
    accepts,
    extends: mayExtend(view, person, holds),
    forms: forms.flatMap(([form, isOffered]) => (isOffered ? [form] : [])),
  };
}

/** Without a department, a role is held at the data office. */
function rolesAt(
  view: View,
  { roles }: Schemas['Session'],
  departments: readonly Schemas['DepartmentView'][],
): Holds {
  const office = (code: string | undefined): boolean =>
    code === undefined || departments.find((one) => one.code === code)?.dataOffice === true;
  return (by, role) =>
    roles.some(
      (one) => one.role === role && (by === 'office' ? office(one.department) : one.department === view[by]),
    );
}

const isMaker = (view: View, person: string): boolean => view.events[0]?.person === person;

/** The present stage, if the person holds its role and did not make the request. */
function stageOf(view: View, person: string, holds: Holds): Stage | undefined {
  const stage = view.stages.find(({ code }) => code === view.stage);
  const isReviewed = view.state === 'reviewing' && !isMaker(view, person);
  return isReviewed && stage !== undefined && holds(stage.by, stage.role) ? stage : undefined;
}

const mayExtend = (view: View, person: string, holds: Holds): boolean =>
  view.state === 'reviewing' &&
  view.extension === 'asked' &&
  !isMaker(view, person) &&
  holds('office', 'steward');
