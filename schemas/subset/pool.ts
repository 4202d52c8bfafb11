import { decimalText } from '../../terms/decimal.ts';
import type { Pool } from '../sample/manner.ts';
import { samplePattern } from '../sample/samplePattern.ts';
import type { Random } from '../sample/random.ts';
import { reachable } from './children.ts';
import type { Node, NodeId } from './node.ts';

/** Constants at and beside every bound that some schemas name: where counter-examples are found. */
export function collectPool(nodes: (id: NodeId) => Node, roots: readonly NodeId[], random: Random): Pool {
  const numbers = new Set<number>([0, 1, -1, 0.5]);
  const lengths = new Set<number>([0, 1]);
  const texts = new Set<string>(['']);
  const names = new Set<string>(['zz']);
  for (const id of [...reachable(nodes, roots)].slice(0, 3000)) {
    const node = nodes(id);
    for (const bound of [node.minimum, node.maximum, node.above, node.below, node.multipleOf]) {
      if (bound === undefined) continue;
      const value = Number(decimalText(bound));
      for (const near of [
        value,
        value + 1,
        value - 1,
        value + 0.5,
        value - 0.5,
        value * 2,
        value / 2,
        value * 3,
      ])
        numbers.add(near);
    }
    for (const count of [
      node.minLength,
      node.maxLength,
      node.minItems,
      node.maxItems,
      node.minContains,
      node.maxContains,
      node.prefix?.length,
    ]) {
      if (count !== undefined && count < 3000)
        for (const near of [count - 1, count, count + 1]) if (near >= 0) lengths.add(near);
    }
    for (const value of node.values ?? []) {
      if (typeof value === 'string') texts.add(value);
      if (typeof value === 'number') numbers.add(value);
    }
    if (node.pattern !== undefined) {
      const text = samplePattern(node.pattern, random);
      if (text !== undefined) texts.add(text);
    }
    for (const name of [...(node.properties?.keys() ?? []), ...(node.required ?? [])]) names.add(name);
    for (const [name, others] of node.dependentRequired ?? [])
      for (const one of [name, ...others]) names.add(one);
    for (const [source] of node.patterns ?? []) names.add(samplePattern(source, random) ?? 'zz');
  }
  return { numbers: [...numbers], lengths: [...lengths], texts: [...texts], names: [...names] };
}
