/** The tree of record types that `segmentChildren` describes. */
import { pointerTo } from '../../../schemas/jsonSchema.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { Problem } from '../../../terms/problem.ts';
import type { CopybookOptions } from '../options.ts';
import { normal } from './fieldNames.ts';

const faults = {
  twice: {
    zh: '此组已写在 segmentChildren 的另一处：每组只有一个父组',
    en: 'segmentChildren names this group twice: a group has one parent',
  },
  circular: {
    zh: '此组是它自己的上级',
    en: 'this group is above itself',
  },
} as const satisfies Readonly<Record<string, Bilingual>>;

/** Parent of each child, by names in normal form. @throws Problem adapter_options_invalid for a group that could have no place in the tree */
export function segmentParents({
  segmentChildren = {},
}: Pick<CopybookOptions, 'segmentChildren'>): ReadonlyMap<string, string> {
  const parentOf = new Map<string, string>();
  const findings: object[] = [];
  for (const [parent, children] of Object.entries(segmentChildren)) {
    const place = pointerTo('/segmentChildren', parent);
    for (const [index, child] of children.entries()) {
      const fault = faultOf(normal(child), normal(parent), parentOf);
      if (fault === undefined) parentOf.set(normal(child), normal(parent));
      else findings.push({ code: 'option_invalid', path: `${place}/${index}`, message: faults[fault] });
    }
  }
  if (findings.length === 0) return parentOf;
  throw new Problem('adapter_options_invalid', { format: 'copybook' }, { findings });
}

function faultOf(
  child: string,
  parent: string,
  parentOf: ReadonlyMap<string, string>,
): keyof typeof faults | undefined {
  if (parentOf.has(child)) return 'twice';
  for (let above: string | undefined = parent; above !== undefined; above = parentOf.get(above))
    if (above === child) return 'circular';
  return undefined;
}
