/** Positions of the fields of a layout, for options that read one field before its record is read. */
import { isDeepStrictEqual } from 'node:util';
import { Problem } from '../../../terms/problem.ts';
import { invalid } from '../source/clauseWords.ts';
import { notSupported } from '../source/notSupported.ts';
import type { Item } from '../source/parseCopybook.ts';
import { normal, qualified, unknownName } from './fieldNames.ts';
import type { Leaf } from './leafReader.ts';

export interface FieldPlace {
  readonly item: Item;
  readonly leaf: Leaf;
  /** names of the groups that contain it */
  readonly groups: readonly string[];
  /** offset in the record */
  readonly at: number;
  /** whether its position varies, because it follows or is in a list of variable size */
  readonly isMoved: boolean;
}

export class FieldPlaces {
  private readonly places: FieldPlace[] = [];

  add(place: FieldPlace): void {
    this.places.push(place);
  }

  /**
   * The field that an option names, as `NAME` or `NAME OF GROUP`. Several fields of a name must be one place of several views, and be read
   * alike.
   * @throws Problem copybook_reference, copybook_invalid
   */
  named(name: string): FieldPlace {
    const [field, groups] = qualified(name);
    const found = this.places.filter(
      (place) =>
        normal(place.item.name) === field &&
        groups.every((group) => place.groups.some((above) => normal(above) === group)),
    );
    const [first] = found;
    if (first === undefined) throw unknownName(name);
    const form = formOf(first.item);
    if (!found.every(({ at, item }) => at === first.at && isDeepStrictEqual(formOf(item), form)))
      throw new Problem(
        'copybook_reference',
        { name: name.slice(0, 60) },
        { findings: [{ message: notSupported.doubledField }] },
      );
    const moved = found.find(({ isMoved }) => isMoved);
    if (moved !== undefined) throw invalid(moved.item, moved.item.name, notSupported.movedField);
    return first;
  }
}

/** What decides how the bytes of a field are read. */
function formOf({ picture, usage, sign }: Item): object {
  const isZoned = picture?.kind === 'number' && usage === 'display';
  return isZoned ? { picture, usage, sign } : { picture, usage };
}
