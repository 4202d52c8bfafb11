/**
 * Which views (REDEFINES) of a record are present. Options decide by record type (the value of a field), or by rules on a field or on the
 * record's length.
 */
import { grouped } from '../../../terms/grouped.ts';
import { normal, unknownName } from './fieldNames.ts';
import type { CopybookOptions } from '../options.ts';
import type { RedefineRule } from '../viewOptions.ts';
import type { Item } from '../source/parseCopybook.ts';
import type { Part } from './part.ts';

/** The views that options name, each with its index in `chosen` of a record. */
export interface ViewSlots {
  /** groups of record types, by their normal name */
  readonly segments: ReadonlyMap<string, number>;
  readonly rules: ReadonlyMap<string, { readonly slot: number; readonly rule: RedefineRule }>;
  readonly count: number;
  /** normal names of items that share their position with another one */
  readonly shared: ReadonlySet<string>;
}

/** @throws Problem copybook_reference for a view that is distinguished in two ways */
export function viewSlots(
  { segmentRedefines = {}, redefineRules = {} }: CopybookOptions,
  items: readonly Item[],
): ViewSlots {
  const segments = new Map<string, number>();
  for (const group of Object.values(segmentRedefines)) {
    const name = normal(group);
    if (name !== '' && !segments.has(name)) segments.set(name, segments.size);
  }
  const rules = new Map<string, { readonly slot: number; readonly rule: RedefineRule }>();
  for (const [view, rule] of Object.entries(redefineRules)) {
    if (segments.has(normal(view))) throw unknownName(view);
    rules.set(normal(view), { slot: segments.size + rules.size, rule });
  }
  return { segments, rules, count: segments.size + rules.size, shared: sharedNames(items) };
}

function sharedNames(items: readonly Item[]): ReadonlySet<string> {
  const shared = new Set(
    items.length > 1 ? items.flatMap(({ level, name }) => (level === 1 ? normal(name) : [])) : [],
  );
  const visit = ({ name, redefines, children }: Item): void => {
    if (redefines !== undefined) shared.add(normal(name)).add(normal(redefines));
    children.forEach(visit);
  };
  items.forEach(visit);
  return shared;
}

/**
 * Determines when each part of a group is present. Of several views at one position, the first whose rule is true is present. A view
 * without a rule is present if no rule is true.
 */
export function withChoices(parts: readonly Part[], views: ViewSlots): readonly Part[] {
  if (views.count === 0) return parts;
  const ruled = grouped(
    parts.flatMap((part, index) => {
      const slot = views.rules.get(normal(part.item.name))?.slot;
      return slot === undefined ? [] : [{ place: placeOf(part, index), slot }];
    }),
    ({ place }) => place,
  );
  return parts.map((part, index) => {
    const name = normal(part.item.name);
    // another item of the name is the view that options mean
    if (views.shared.has(name) && isAlone(parts, index)) return part;
    const segment = views.segments.get(name);
    if (segment !== undefined) return { ...part, choice: { slot: segment, unless: [], byRule: false } };
    const slots = ruled.get(placeOf(part, index))?.map(({ slot }) => slot);
    if (slots === undefined) return part;
    const own = views.rules.get(name)?.slot;
    if (own === undefined) return { ...part, choice: { slot: -1, unless: slots, byRule: false } };
    return { ...part, choice: { slot: own, unless: slots.slice(0, slots.indexOf(own)), byRule: true } };
  });
}

const isAlone = (parts: readonly Part[], index: number): boolean =>
  (parts[index]?.over ?? -1) < 0 && !parts.some(({ over }) => over === index);

/** Index of the part that determines this one's position. */
const placeOf = ({ over }: Part, index: number): number => (over >= 0 ? over : index);
