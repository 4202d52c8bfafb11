export type JsonObject = Record<string, unknown>;

/** Any defect of the contract stops the boot with this. */
export class ContractError extends Error {
  constructor(reason: string) {
    super(`openapi.yaml: ${reason}`);
    this.name = 'ContractError';
  }
}

/**
 * A copy in which every `$ref` is replaced by its target; its siblings remain. A target of several references is one shared object, which
 * must not be changed.
 * @throws ContractError if a reference has no target or refers to itself
 */
export function resolveReferences(source: JsonObject): JsonObject {
  /** reference → its resolved target; undefined while it is being resolved */
  const resolved = new Map<string, JsonObject | undefined>();
  const named = (reference: string): JsonObject => {
    const known = resolved.get(reference);
    if (known !== undefined) return known;
    if (resolved.has(reference)) throw new ContractError(`${reference} refers to itself`);
    resolved.set(reference, undefined);
    const target = copied(lookUp(reference, source)) as JsonObject;
    resolved.set(reference, target);
    return target;
  };
  const copied = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(copied);
    if (typeof value !== 'object' || value === null) return value;
    const copy: JsonObject = {};
    const { $ref: reference } = value as JsonObject;
    for (const [name, member] of Object.entries(value)) {
      if (name === '$ref' && typeof reference === 'string') continue;
      // `mapping` names references, of which none are left; Ajv refuses it
      if (name === 'mapping' && Object.hasOwn(value, 'propertyName')) continue;
      copy[name] = copied(member);
    }
    if (typeof reference !== 'string') return copy;
    const target = named(reference);
    return Object.keys(copy).length === 0 ? target : { ...target, ...copy };
  };
  return copied(source) as JsonObject;
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
