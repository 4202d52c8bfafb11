/** Views of the same bytes (REDEFINES, several 01 levels): which of them a record contains, and what follows where one does not fit. */
import type { Part, ReadCell } from './part.ts';
import { everyView, isMisfit, type ReadFault, type ReadState } from './recordState.ts';

/** Whether a part is in this record at all. */
export const isThere = ({ choice }: Pick<Part, 'choice'>, state: ReadState): boolean =>
  choice === undefined ||
  state.chosen === everyView ||
  ((choice.slot < 0 || isChosen(choice.slot, state)) && !choice.unless.some((slot) => isChosen(slot, state)));

const isChosen = (slot: number, { chosen }: ReadState): boolean => slot >= 0 && chosen[slot] === true;

/**
 * Reads a group and checks the views in it. A view chosen by options must fit, and so must a field without other views. Where a view is
 * chosen, or `alike` declares that views are to be tried, other views that do not fit are null without a report. Where nothing chooses,
 * they are null with a doubt. Where no view fits, the faults of all of them are problems.
 */
export function judgingViews(parts: readonly Part[], read: ReadCell, alike: boolean): ReadCell {
  const clusters = clustersOf(parts);
  if (clusters.length === 0) return read;
  const ruled = clusters.filter((views) => views.every(({ choice }) => choice?.byRule === true));
  return (state, at) => {
    const before = state.faults.length;
    const group = read(state, at);
    for (const views of ruled) {
      const [first] = views;
      if (first !== undefined && !views.some((view) => isThere(view, state)))
        state.faults.push({
          path: first.path,
          rule: 'copybook.segment',
          at: at + first.at,
          size: first.most,
        });
    }
    if (state.faults.length > before) {
      const found = state.faults.splice(before);
      for (const fault of judged(found, clusters, state, alike)) state.faults.push(fault);
    }
    return group;
  };
}

/** Parts that share their position. */
function clustersOf(parts: readonly Part[]): (readonly Part[])[] {
  const places = new Map<number, Part[]>();
  for (const [index, part] of parts.entries()) {
    if (part.over < 0) places.set(index, [part]);
    else places.get(part.over)?.push(part);
  }
  return [...places.values()].filter((views) => views.length > 1);
}

function judged(
  found: readonly ReadFault[],
  clusters: readonly (readonly Part[])[],
  state: ReadState,
  alike: boolean,
): readonly ReadFault[] {
  let left = found;
  for (const views of clusters) {
    if (!left.some((fault) => views.some((view) => isIn(fault, view)))) continue;
    const selected = views.filter(({ choice }) => choice !== undefined && isChosen(choice.slot, state));
    if (selected.length > 0) {
      left = without(
        left,
        views.filter((view) => !selected.includes(view)),
      );
      continue;
    }
    const read = views.filter((view) => !view.dropped && isThere(view, state));
    const misfits = read.filter((view) => left.some((fault) => isMisfit(fault) && isIn(fault, view)));
    if (misfits.length === read.length) continue;
    const reported = alike ? [] : misfits.flatMap((view) => misfitOf(view, left));
    left = [...without(left, alike ? read : misfits), ...reported];
  }
  return left;
}

const without = (faults: readonly ReadFault[], views: readonly Part[]): readonly ReadFault[] =>
  faults.filter((fault) => !views.some((view) => isIn(fault, view)));

/** Reports a view that does not fit once, at the first field that does not. */
function misfitOf(view: Part, faults: readonly ReadFault[]): ReadFault[] {
  const first = faults.find((fault) => isMisfit(fault) && isIn(fault, view));
  return first === undefined ? [] : [{ ...first, path: view.path, rule: 'copybook.view' }];
}

const isIn = ({ path }: ReadFault, view: Part): boolean =>
  path === view.path || path.startsWith(`${view.path}/`);
