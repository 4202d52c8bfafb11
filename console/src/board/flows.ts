/** Calls between departments, and where each is drawn. */
import type { Schemas } from '../api/call.ts';

type Row = Schemas['BoardRows']['rows'][number];

export interface Flow {
  readonly provider: string;
  readonly consumer: string;
  readonly answered: number;
  readonly refused: number;
  /** of which of the two a number is withheld for too few samples; it is not part of the sum */
  readonly hasFew: { readonly answered: boolean; readonly refused: boolean };
}

/** Pairs with fewer calls are left out of the picture and the table. */
export const maxFlows = 20;

/** Calls by provider and consumer, the most frequent first. */
export function flowsOf(answered: readonly Row[], refused: readonly Row[]): readonly Flow[] {
  const flows = new Map<string, Flow>();
  const add = (rows: readonly Row[], which: 'answered' | 'refused'): void => {
    for (const { department, provider, count = 0, few } of rows) {
      if (department === undefined || provider === undefined || (count === 0 && !few)) continue;
      const key = `${provider} ${department}`;
      const before = flows.get(key) ?? noCalls(provider, department);
      const hasFew = few ? { ...before.hasFew, [which]: true } : before.hasFew;
      flows.set(key, { ...before, hasFew, [which]: before[which] + (few ? 0 : count) });
    }
  };
  add(answered, 'answered');
  add(refused, 'refused');
  return [...flows.values()].sort((one, other) => callsOf(other) - callsOf(one));
}

const noCalls = (provider: string, consumer: string): Flow => ({
  provider,
  consumer,
  answered: 0,
  refused: 0,
  hasFew: { answered: false, refused: false },
});

export const callsOf = ({ answered, refused }: Flow): number => answered + refused;

/** An end of the picture: a department with all its calls. */
export interface End {
  readonly code: string;
  /** upper edge and height */
  readonly at: number;
  readonly size: number;
}

export interface Band {
  readonly flow: Flow;
  /** upper edges at the left and at the right */
  readonly from: number;
  readonly to: number;
  /** width of its answered and of its refused part */
  readonly thick: number;
  readonly thin: number;
}

/** height of all bands together */
const total = 240;
const gap = 14;
/** the text of a department needs this height */
const minSize = 18;
const minBand = 1;

/** Places departments below each other on both sides, and the bands between them; widths are proportional to calls. */
export function placed(flows: readonly Flow[]): {
  readonly bands: readonly Band[];
  readonly left: readonly End[];
  readonly right: readonly End[];
  readonly height: number;
} {
  const all = flows.reduce((sum, flow) => sum + callsOf(flow), 0);
  const widthOf = (calls: number): number => (calls === 0 ? 0 : Math.max(minBand, (calls / all) * total));
  const sizeOf = (flow: Flow): number => widthOf(flow.answered) + widthOf(flow.refused);
  const left = ends(flows, ({ provider }) => provider, sizeOf);
  const right = ends(flows, ({ consumer }) => consumer, sizeOf);
  const usedLeft = new Map(left.map(({ code, at }) => [code, at]));
  const usedRight = new Map(right.map(({ code, at }) => [code, at]));
  const bands = flows.map((flow) => {
    const [from, to] = [usedLeft.get(flow.provider) ?? 0, usedRight.get(flow.consumer) ?? 0];
    usedLeft.set(flow.provider, from + sizeOf(flow));
    usedRight.set(flow.consumer, to + sizeOf(flow));
    return { flow, from, to, thick: widthOf(flow.answered), thin: widthOf(flow.refused) };
  });
  const bottom = Math.max(...[...left, ...right].map(({ at, size }) => at + size), 0);
  return { bands, left, right, height: bottom };
}

function ends(
  flows: readonly Flow[],
  codeOf: (flow: Flow) => string,
  sizeOf: (flow: Flow) => number,
): readonly End[] {
  const sizes = new Map<string, number>();
  for (const flow of flows) sizes.set(codeOf(flow), (sizes.get(codeOf(flow)) ?? 0) + sizeOf(flow));
  let at = 0;
  return [...sizes].map(([code, size]) => {
    const end = { code, at, size: Math.max(minSize, size) };
    at += end.size + gap;
    return end;
  });
}
