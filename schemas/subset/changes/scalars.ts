/** Types, listed values, bounds, patterns, formats and code lists. */
import { compareDecimal, decimalText } from '../../../terms/decimal.ts';
import { canonicalText } from '../../readJson.ts';
import { pointerTo } from '../../jsonSchema.ts';
import type { Node, NodeId } from '../node.ts';
import { counted, measured, typeNames, sorted, given } from '../nodeParts.ts';
import type { ChangeCode } from '../reasons.ts';
import type { Listing, Pair } from './listing.ts';

export function compareTypes(list: Listing, pair: Pair, old: Node, fresh: Node): void {
  const from = typeNames(old);
  const to = typeNames(fresh);
  if (from.join() === to.join()) return;
  const rule = ({ types, whole }: Node): NodeId | undefined =>
    types === undefined ? undefined : list.make({ types, ...(whole === true ? { whole } : {}) });
  const lost = from.filter((type) => !to.includes(type) && !(type === 'integer' && to.includes('number')));
  const gained = to.filter(
    (type) => !from.includes(type) && !(type === 'integer' && from.includes('number')),
  );
  const code = lost.length === 0 ? 'type_widened' : gained.length === 0 ? 'type_narrowed' : 'type_changed';
  const facts = {
    from: from.join('/'),
    to: to.join('/'),
    values: (code === 'type_widened' ? gained : lost).join('、'),
  };
  list.add(pair, pointerTo(pair.path, 'type'), code, rule(fresh), rule(old), facts, { from, to });
}

export function compareValues(list: Listing, pair: Pair, old: Node, fresh: Node): void {
  const from = old.values;
  const to = fresh.values;
  if (canonicalText(sorted(from)) === canonicalText(sorted(to))) return;
  const missing = (
    some: readonly unknown[] | undefined,
    others: readonly unknown[] | undefined,
  ): string[] => {
    const texts = new Set((others ?? []).map(canonicalText));
    return (some ?? []).map(canonicalText).filter((text) => !texts.has(text));
  };
  const added = missing(to, from);
  const removed = missing(from, to);
  const code =
    from === undefined || to === undefined
      ? 'values_changed'
      : removed.length === 0
        ? 'values_added'
        : added.length === 0
          ? 'values_removed'
          : 'values_changed';
  const show = (list: readonly string[]): string =>
    `${list.slice(0, 8).join(', ')}${list.length > 8 ? ` … (${list.length})` : ''}`;
  const facts = {
    values: show(code === 'values_removed' ? removed : added),
    from: from === undefined ? '—' : show(from.map(canonicalText)),
    to: to === undefined ? '—' : show(to.map(canonicalText)),
  };
  const rule = (values: readonly unknown[] | undefined): NodeId | undefined =>
    values === undefined ? undefined : list.make({ values });
  list.add(pair, pointerTo(pair.path, 'enum'), code, rule(to), rule(from), facts, {
    ...given('from', from),
    ...given('to', to),
  });
}

export function compareBounds(list: Listing, pair: Pair, old: Node, fresh: Node): void {
  for (const [key, keyword] of counted) {
    const from = old[key];
    const to = fresh[key];
    if (from === to) continue;
    compareBound(
      list,
      pair,
      keyword,
      from,
      to,
      (value) => list.make({ [key]: value }),
      (a, b) => a - b,
      String,
    );
  }
  for (const [key, keyword] of measured) {
    const from = old[key];
    const to = fresh[key];
    if (from !== undefined && to !== undefined && compareDecimal(from, to) === 0) continue;
    if (from === to) continue;
    compareBound(
      list,
      pair,
      keyword,
      from,
      to,
      (value) => list.make({ [key]: value }),
      compareDecimal,
      decimalText,
    );
  }
}

function compareBound<T>(
  list: Listing,
  pair: Pair,
  keyword: string,
  from: T | undefined,
  to: T | undefined,
  rule: (value: T) => NodeId,
  compare: (a: T, b: T) => number,
  text: (value: T) => string,
): void {
  const code: ChangeCode =
    from === undefined
      ? 'bound_added'
      : to === undefined
        ? 'bound_removed'
        : keyword === 'multipleOf'
          ? 'multiple_changed'
          : compare(to, from) > 0
            ? 'bound_raised'
            : 'bound_lowered';
  const facts = {
    keyword,
    from: from === undefined ? '—' : text(from),
    to: to === undefined ? '—' : text(to),
  };
  const values = {
    ...given('from', from === undefined ? undefined : Number(facts.from)),
    ...given('to', to === undefined ? undefined : Number(facts.to)),
  };
  const newRule = to === undefined ? undefined : rule(to);
  const oldRule = from === undefined ? undefined : rule(from);
  list.add(pair, pointerTo(pair.path, keyword), code, newRule, oldRule, facts, values);
}

export function compareTexts(list: Listing, pair: Pair, old: Node, fresh: Node): void {
  for (const key of ['pattern', 'format'] as const) {
    const from = old[key];
    const to = fresh[key];
    if (from === to) continue;
    const code: ChangeCode = `${key}_${from === undefined ? 'added' : to === undefined ? 'removed' : 'changed'}`;
    const rule = (value: string | undefined): NodeId | undefined =>
      value === undefined ? undefined : list.make({ [key]: value });
    const values = { ...given('from', from), ...given('to', to) };
    list.add(
      pair,
      pointerTo(pair.path, key),
      code,
      rule(to),
      rule(from),
      { from: from ?? '—', to: to ?? '—' },
      values,
    );
  }
  if (canonicalText(old.code ?? null) === canonicalText(fresh.code ?? null)) return;
  const rule = ({ code }: Node): NodeId | undefined => (code === undefined ? undefined : list.make({ code }));
  const values = { ...given('from', old.code?.list), ...given('to', fresh.code?.list) };
  list.add(pair, pointerTo(pair.path, 'x-code'), 'code_changed', rule(fresh), rule(old), {}, values);
}
