/** Elements by what `of` gives for each; groups, and the elements of each, in the order of the elements. */
export function grouped<T, Key>(all: Iterable<T>, of: (one: T) => Key): Map<Key, T[]> {
  const groups = new Map<Key, T[]>();
  for (const one of all) {
    const key = of(one);
    const own = groups.get(key);
    if (own === undefined) groups.set(key, [one]);
    else own.push(one);
  }
  return groups;
}
