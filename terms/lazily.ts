/**
 * A constant that is computed on first use, because most processes do not need it and computing it takes time. `make` has no arguments
 * and always returns the same, so only the time shows whether it ran already: this is no state.
 */
export function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
