/** Layout of values in the tree of a record. */
import type { Cell, CellGroup } from '../reading/reader.ts';
import { isObject } from '../../terms/isObject.ts';

/** Adds an element's value to its parent's group: a repeated name becomes a list. @param list a list even where it occurs once */
export function put(group: Record<string, Cell>, name: string, value: Cell, list: boolean): void {
  const known = group[name];
  if (known === undefined || (!Object.hasOwn(group, name) && name in Object.prototype))
    putFirst(group, name, list ? [value] : value);
  else if (Array.isArray(known)) (known as Cell[]).push(value);
  else group[name] = [known, value];
}

function putFirst(group: Record<string, Cell>, name: string, value: Cell): void {
  if (name === '__proto__')
    Object.defineProperty(group, name, { value, writable: true, enumerable: true, configurable: true });
  else group[name] = value;
}

/** Builds a record from its element's value: text alone is stored under the element's name. */
export function asRecord(name: string, value: Cell, carried: CellGroup | undefined): CellGroup {
  const record: CellGroup = isObject(value) ? value : { [name]: value };
  return carried === undefined ? record : { ...carried, ...record };
}
