/**
 * A constant that is made when it is first asked for, because making it takes longer than most processes have use for it. `make` has no
 * arguments and always makes the same, so nothing but time tells whether it was made already: this is no state.
 */
export function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
