/**
 * Statistics of rows that several departments work on (`intake.cases`), from the entries of the log alone: anyone who has the entries computes
 * the same (docs/rows.md). Pure.
 */
import { median } from './median.ts';

/** Operations whose entries count. */
export const caseOperations = ['pushRows', 'changeRow', 'noticeDeadlines'] as const;

interface CaseStep {
  readonly transition: string;
  /** that made it */
  readonly department: string;
  readonly made: number;
  /** of those with a deadline */
  readonly inTime: number;
  readonly late: number;
  /** median of the seconds in the state before it */
  readonly medianSeconds: number;
}

interface MissedStep {
  readonly transition: string;
  /** that could have made it, separated by commas */
  readonly departments: string;
  readonly cases: number;
}

export interface CaseStatistics {
  /** cases that arrived */
  readonly opened: number;
  /** cases that reached a state from which no transition leads on */
  readonly closed: number;
  /** cases that arrived and were closed within the range */
  readonly openedAndClosed: number;
  /** median of the seconds from arrival to the end, of the closed ones */
  readonly medianSecondsToClose: number | undefined;
  readonly steps: readonly CaseStep[];
  /** deadlines that passed within the range */
  readonly missed: readonly MissedStep[];
}

/** What of an entry is counted. */
interface Counted {
  readonly at: string;
  readonly operation: string;
  readonly decision: 'allow' | 'deny';
  readonly actor: { readonly department?: string };
  readonly change?: Change;
}

type Change = Readonly<Record<string, string | number | boolean>>;

interface Times {
  readonly transition: string;
  readonly department: string;
  readonly seconds: number[];
  inTime: number;
  late: number;
}

/** Collects entries of one dataset whose time is within a range, in any order. @param from Unix milliseconds: the beginning of the range */
export class CaseTally {
  private readonly from: number;
  private opened = 0;
  private openedAndClosed = 0;
  private readonly closed: number[] = [];
  private readonly steps = new Map<string, Times>();
  private readonly missed = new Map<string, MissedStep>();

  constructor(from: number) {
    this.from = from;
  }

  add(leaf: Counted): void {
    const { operation, decision, change = {} } = leaf;
    if (decision !== 'allow') return;
    if (operation === 'pushRows') this.opened += Number(change['opened'] ?? 0);
    if (operation === 'changeRow' && typeof change['transition'] === 'string')
      this.addStep(leaf, change['transition'], change);
    if (operation === 'noticeDeadlines' && change['act'] === 'miss') {
      const [transition, departments] = [String(change['transition']), String(change['departments'])];
      const name = `${transition} ${departments}`;
      const cases = (this.missed.get(name)?.cases ?? 0) + Number(change['count']);
      this.missed.set(name, { transition, departments, cases });
    }
  }

  private addStep(
    { at, actor: { department = '' } }: Counted,
    transition: string,
    { opened, since, closes, late }: Change,
  ): void {
    const name = `${transition} ${department}`;
    const step = this.steps.get(name) ?? { transition, department, seconds: [], inTime: 0, late: 0 };
    step.seconds.push(secondsBetween(since, at));
    if (late === true) step.late += 1;
    if (late === false) step.inTime += 1;
    this.steps.set(name, step);
    if (closes !== true) return;
    this.closed.push(secondsBetween(opened, at));
    if (Date.parse(String(opened)) >= this.from) this.openedAndClosed += 1;
  }

  result(): CaseStatistics {
    return {
      opened: this.opened,
      closed: this.closed.length,
      openedAndClosed: this.openedAndClosed,
      medianSecondsToClose: median(this.closed),
      steps: byName(this.steps).map(({ transition, department, seconds, inTime, late }) => ({
        transition,
        department,
        made: seconds.length,
        inTime,
        late,
        medianSeconds: median(seconds) ?? 0,
      })),
      missed: byName(this.missed),
    };
  }
}

const secondsBetween = (begin: unknown, end: string): number =>
  (Date.parse(end) - Date.parse(String(begin))) / 1_000;

const byName = <T>(all: ReadonlyMap<string, T>): readonly T[] =>
  [...all].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, value]) => value);
