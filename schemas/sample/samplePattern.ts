import { parsePattern, type CharacterSet, type PatternNode } from '../patterns/parsePattern.ts';
import type { Random } from './random.ts';

/** A text that matches a pattern of the profile's syntax; undefined for other syntax. Unbounded repetition adds up to `longest` more. */
export function samplePattern(source: string, random: Random, longest = 3): string | undefined {
  const node = parsePattern(source);
  return node === undefined ? undefined : sample(node, random, longest);
}

function sample(node: PatternNode, random: Random, longest: number): string {
  switch (node.kind) {
    case 'start':
    case 'end':
      return '';
    case 'set':
      return sampleSet(node, random);
    case 'cat':
      return node.parts.map((part) => sample(part, random, longest)).join('');
    case 'alt':
      return sample(random.pick(node.options), random, longest);
    case 'repeat': {
      const most = Math.min(node.max, node.min + longest);
      return Array.from({ length: random.whole(node.min, most) }, () =>
        sample(node.node, random, longest),
      ).join('');
    }
  }
}

/** Characters tried for sets that are not listed explicitly. */
const common: string = 'abcABC012xyz测试中文 -_.';

function sampleSet(set: CharacterSet, random: Random): string {
  if (!set.negated && set.ranges.length > 0) {
    const [low, high] = random.pick(set.ranges);
    return String.fromCodePoint(random.whole(low, high));
  }
  const properties = set.properties.map((property) => new RegExp(property, 'u'));
  const inside = (point: number): boolean =>
    set.ranges.some(([low, high]) => point >= low && point <= high) ||
    properties.some((property) => property.test(String.fromCodePoint(point)));
  for (let tries = 0; tries < 500; tries += 1) {
    const point =
      tries < 30
        ? (random.pick([...common]).codePointAt(0) ?? 97)
        : tries < 200
          ? random.whole(0x20, 0x17f)
          : random.whole(0x4e00, 0x9fa5);
    if (inside(point) !== set.negated) return String.fromCodePoint(point);
  }
  return 'a';
}
