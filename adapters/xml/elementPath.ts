/** Paths of elements: `/a/b/c` from the root, `//c` at any depth, `*` for any name. */
export interface ElementPath {
  /** @param names open elements from the root on, `depth` of them */
  readonly matches: (names: readonly string[], depth: number) => boolean;
  /** attribute at the end of a `carry` path */
  readonly attribute: string | undefined;
}

export function elementPath(text: string): ElementPath {
  const anywhere = text.startsWith('//');
  const steps = text.replace(/^\/+/, '').split('/');
  const last = steps.at(-1) ?? '';
  const attribute = last.startsWith('@') ? last.slice(1) : undefined;
  if (attribute !== undefined) steps.pop();
  const tail = steps.at(-1) ?? '*';
  return {
    attribute,
    matches: (names, depth) => {
      const from = depth - steps.length;
      if (from < 0 || (!anywhere && from > 0)) return false;
      if (tail !== '*' && names[depth - 1] !== tail) return false;
      for (let i = 0; i < steps.length - 1; i += 1) {
        const step = steps[i];
        if (step !== '*' && step !== names[from + i]) return false;
      }
      return true;
    },
  };
}
