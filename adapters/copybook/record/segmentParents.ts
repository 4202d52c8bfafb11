/** The tree of record types that `segmentChildren` describes. */
import { pointerTo } from '../../../schemas/jsonSchema.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import type { DocumentFault } from '../../reading/documentFault.ts';
import type { CopybookOptions } from '../options.ts';
import { normal } from './fieldNames.ts';

const faults = {
  twice: {
    zh: '此组已列在 segmentChildren 的另一父组之下：每组只有一个父组',
    en: 'segmentChildren names this group below two parents: a group has one',
  },
  circular: {
    zh: '此组是它自己的上级',
    en: 'this group is above itself',
  },
} as const satisfies Readonly<Record<string, Bilingual>>;

type SegmentOptions = Pick<CopybookOptions, 'segmentChildren'>;

/** Parent of each child, by names in normal form. */
export const segmentParents = (options: SegmentOptions): ReadonlyMap<string, string> =>
  treeOf(options).parentOf;

/** The first group that could have no place in the tree. */
export const contradictionOfSegments = (options: SegmentOptions): DocumentFault | undefined =>
  treeOf(options).fault;

function treeOf({ segmentChildren = {} }: SegmentOptions): {
  readonly parentOf: ReadonlyMap<string, string>;
  readonly fault: DocumentFault | undefined;
} {
  const parentOf = new Map<string, string>();
  for (const [parent, children] of Object.entries(segmentChildren)) {
    const place = pointerTo('/segmentChildren', parent);
    for (const [index, child] of children.entries()) {
      const fault = faultOf(normal(child), normal(parent), parentOf);
      if (fault !== undefined)
        return { parentOf, fault: { path: `${place}/${index}`, message: faults[fault] } };
      parentOf.set(normal(child), normal(parent));
    }
  }
  return { parentOf, fault: undefined };
}

function faultOf(
  child: string,
  parent: string,
  parentOf: ReadonlyMap<string, string>,
): keyof typeof faults | undefined {
  const known = parentOf.get(child);
  // named again below the same parent, which changes nothing
  if (known === parent) return undefined;
  if (known !== undefined) return 'twice';
  for (let above: string | undefined = parent; above !== undefined; above = parentOf.get(above))
    if (above === child) return 'circular';
  return undefined;
}
