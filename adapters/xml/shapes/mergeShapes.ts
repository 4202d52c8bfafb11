/** Merges two shapes into one that fits both, so that a file's records have few shapes. */
import type { Shape, ShapeAttribute } from './shape.ts';

/** Checks for duplicate names: two attributes of one name would overwrite each other in the order of the document. */
export function distinct(attributes: readonly ShapeAttribute[]): boolean {
  const names = attributes.filter(({ fixed }) => fixed === undefined).map(({ name }) => name);
  return new Set(names).size === names.length;
}

/** A shape that covers both, and records between them; undefined where their parts have different orders. */
export function merged(a: Shape, b: Shape): Shape | undefined {
  if (a.tag !== b.tag || a.name !== b.name) return undefined;
  const attributes = united(a.attributes, b.attributes, (one, other) =>
    one.quote === other.quote && one.fixed === other.fixed
      ? { ...one, optional: one.optional || other.optional }
      : undefined,
  );
  const children =
    a.children.length === 0 || b.children.length === 0
      ? [...a.children, ...b.children]
      : united(a.children, b.children, merged);
  if (attributes === undefined || children === undefined || !distinct(attributes)) return undefined;
  if (attributes.some(({ fixed, optional }) => fixed !== undefined && optional)) return undefined;
  return {
    ...a,
    attributes,
    children,
    text: a.text || b.text,
    cdata: a.cdata || b.cdata,
    closed: a.closed || b.closed,
    optional: a.optional || b.optional,
    repeated: a.repeated || b.repeated,
  };
}

interface Part {
  readonly tag: string;
  readonly optional: boolean;
}

function united<P extends Part>(
  as: readonly P[],
  bs: readonly P[],
  both: (a: P, b: P) => P | undefined,
): readonly P[] | undefined {
  const inA = new Set(as.map(({ tag }) => tag));
  const inB = new Set(bs.map(({ tag }) => tag));
  const same = as.length === bs.length && as.every(({ tag }, i) => tag === bs[i]?.tag);
  if (!same && (inA.size < as.length || inB.size < bs.length)) return undefined;
  const all: P[] = [];
  for (let i = 0, j = 0; i < as.length || j < bs.length;) {
    const [a, b] = [as[i], bs[j]];
    if (a !== undefined && a.tag === b?.tag) {
      const one = both(a, b);
      if (one === undefined) return undefined;
      all.push(one);
      i += 1;
      j += 1;
    } else if (a !== undefined && !inB.has(a.tag)) {
      all.push({ ...a, optional: true });
      i += 1;
    } else if (b !== undefined && !inA.has(b.tag)) {
      all.push({ ...b, optional: true });
      j += 1;
    } else return undefined;
  }
  return all;
}
