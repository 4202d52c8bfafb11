/** Optional members of an object literal: `{ id, ...defined({ reason, until }) }` has no member where there is no value. */

/** @returns the members that are not undefined, in their order */
export function defined<const T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return membersThat(members, (value) => value !== undefined);
}

/** As `defined`, for columns of a database. @returns the members that are neither null nor undefined, in their order */
export function present<const T extends object>(members: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return membersThat(members, (value) => value !== undefined && value !== null);
}

function membersThat(members: object, hasValue: (value: unknown) => boolean): object {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => hasValue(value)));
}
