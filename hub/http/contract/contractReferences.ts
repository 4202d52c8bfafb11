export type JsonObject = Record<string, unknown>;

/** Any defect of the contract stops the boot with this. */
export class ContractError extends Error {
  constructor(reason: string) {
    super(`openapi.yaml: ${reason}`);
    this.name = 'ContractError';
  }
}

/** Replaces every `$ref` by what it names, keeping its siblings. */
export function resolveReferences(value: unknown, root: JsonObject, trail: readonly string[] = []): unknown {
  if (Array.isArray(value)) return value.map((item) => resolveReferences(item, root, trail));
  if (typeof value !== 'object' || value === null) return value;
  const { $ref: reference, ...siblings } = value as JsonObject;
  if (typeof reference !== 'string') {
    return Object.fromEntries(
      Object.entries(value)
        // `mapping` names references, of which none are left; Ajv refuses it
        .filter(([name]) => name !== 'mapping' || !Object.hasOwn(value, 'propertyName'))
        .map(([name, member]) => [name, resolveReferences(member, root, trail)]),
    );
  }
  if (trail.includes(reference)) throw new ContractError(`${reference} refers to itself`);
  const target = resolveReferences(lookUp(reference, root), root, [...trail, reference]) as JsonObject;
  return { ...target, ...(resolveReferences(siblings, root, trail) as JsonObject) };
}

function lookUp(reference: string, root: JsonObject): unknown {
  let found: unknown = root;
  for (const step of reference.replace(/^#\//, '').split('/')) {
    found =
      typeof found === 'object' && found !== null && Object.hasOwn(found, step)
        ? (found as JsonObject)[step]
        : undefined;
  }
  if (found === undefined) throw new ContractError(`${reference} names nothing`);
  return found;
}
