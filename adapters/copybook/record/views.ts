/** Views of the same bytes (REDEFINES, several 01 levels): which of them a record contains, and what follows where one does not fit. */
import { grouped } from '../../../terms/grouped.ts';
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
  const viewOf = viewFinder(clusters);
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
      for (const fault of judged(found, clusters, viewOf, state, alike)) state.faults.push(fault);
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
  viewOf: (fault: ReadFault) => Part | undefined,
  state: ReadState,
  alike: boolean,
): readonly ReadFault[] {
  const ofView = grouped(found, viewOf);
  const isSelected = ({ choice }: Part): boolean => choice !== undefined && isChosen(choice.slot, state);
  /** views whose faults are not reported one by one */
  const silent = new Set<Part | undefined>();
  const reported: ReadFault[] = [];
  for (const views of clusters) {
    if (!views.some((view) => ofView.has(view))) continue;
    if (views.some(isSelected)) {
      for (const view of views) if (!isSelected(view)) silent.add(view);
      continue;
    }
    const read = views.filter((view) => !view.dropped && isThere(view, state));
    const misfits = read.flatMap((view) => {
      const first = ofView.get(view)?.find(isMisfit);
      return first === undefined ? [] : [{ view, first }];
    });
    if (misfits.length === read.length) continue;
    if (alike) for (const view of read) silent.add(view);
    else
      for (const { view, first } of misfits) {
        silent.add(view);
        // a view that does not fit is reported once, at the first field that does not
        reported.push({ ...first, path: view.path, rule: 'copybook.view' });
      }
  }
  return [...found.filter((fault) => !silent.has(viewOf(fault))), ...reported];
}

/** Finds the view that a fault is in, by the beginning of its path. */
function viewFinder(clusters: readonly (readonly Part[])[]): (fault: ReadFault) => Part | undefined {
  const byPath = new Map(clusters.flat().map((view) => [view.path, view]));
  return ({ path }) => {
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
      const view = byPath.get(path.slice(0, end));
      if (view !== undefined) return view;
    }
    return undefined;
  };
}
