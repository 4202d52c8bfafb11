/** Names of fields: as other clauses and options write them, and as they appear in the output. */
import { grouped } from '../../../terms/grouped.ts';
import { Problem } from '../../../terms/problem.ts';
import { memberNames } from '../../reading/text/header.ts';
import type { CopybookOptions } from '../options.ts';
import { invalid } from '../source/clauseWords.ts';
import { misplaced } from '../source/notSupported.ts';
import type { Item } from '../source/parseCopybook.ts';

/** COBOL names are compared without case; options may write _ for -. */
export const normal = (name: string): string => name.toUpperCase().replaceAll('_', '-');
export const sameName = (a: string, b: string): boolean => normal(a) === normal(b);

/** Field and groups of `NAME OF GROUP`, in normal form. */
export function qualified(name: string): readonly [field: string, groups: readonly string[]] {
  const [field = '', ...groups] = name.trim().split(/\s+(?:OF|IN)\s+/i);
  return [normal(field), groups.map(normal)];
}

export const unknownName = (name: string): Problem =>
  new Problem('copybook_reference', { name: name.slice(0, 60) });

/** Text of single bytes, also edited. Numbers have the encoding of the file; PIC N and PIC G have one encoding only. */
const hasPage = ({ picture, usage }: Item): boolean =>
  (picture?.kind === 'text' && usage === 'display') || picture?.kind === 'edited';
const hasCode = ({ occurs }: Item): boolean => occurs?.dependingOn !== undefined;

/** Names of siblings, with duplicates made distinct. */
export const outputNames = (items: readonly Item[], snake: boolean): string[] =>
  memberNames(items.map(({ name }) => (snake ? name.replaceAll('-', '_') : name)));

/** Every item of a copybook with the groups that contain it. */
export class FieldNames {
  /** the groups that contain each item */
  private readonly paths = new Map<Item, readonly Item[]>();
  private readonly ofName: ReadonlyMap<string, readonly Item[]>;

  constructor(items: readonly Item[]) {
    const visit = (item: Item, above: readonly Item[]): void => {
      this.paths.set(item, above);
      for (const child of item.children) visit(child, [...above, item]);
    };
    for (const item of items) visit(item, []);
    this.ofName = grouped(this.paths.keys(), ({ name }) => normal(name));
  }

  /** The field that contains the number of items of a list; undefined for lists of one length. @throws Problem copybook_reference */
  countOf(list: Item): Item | undefined {
    const name = list.occurs?.dependingOn;
    if (name === undefined) return undefined;
    return this.resolve(name, this.paths.get(list) ?? []);
  }

  /** The count fields of all lists. @throws Problem copybook_reference */
  counts(): ReadonlySet<Item> {
    return new Set([...this.paths.keys()].flatMap((item) => this.countOf(item) ?? []));
  }

  /** @throws Problem copybook_reference for an option that names a missing field or group */
  checkOptions(options: CopybookOptions): void {
    const { segmentRedefines, segmentChildren, redefineRules } = options;
    const named = [
      ...Object.keys(options.fieldCodePages ?? {}),
      ...Object.keys(options.occursMappings ?? {}),
      ...Object.values(segmentRedefines ?? {}).filter((name) => name !== ''),
      ...Object.keys(redefineRules ?? {}),
      ...Object.entries(segmentChildren ?? {}).flatMap(([parent, children]) => [parent, ...children]),
    ];
    for (const name of named) if (!this.ofName.has(normal(name))) throw unknownName(name);
    this.checkFields(options);
    for (const name of Object.keys(options.fieldCodePages ?? {}))
      this.refuseUnless(name, hasPage, 'fieldCodePages');
    for (const name of Object.keys(options.occursMappings ?? {}))
      this.refuseUnless(name, hasCode, 'occursMappings');
  }

  /** @throws Problem copybook_reference for an option that reads a missing field before the record is read */
  private checkFields({ segmentField, recordLengthField, redefineRules = {} }: CopybookOptions): void {
    const named = [
      segmentField,
      recordLengthField,
      ...Object.values(redefineRules).map(({ field }) => field),
    ];
    for (const name of named) if (name !== undefined) this.resolve(qualified(name).flat(), []);
  }

  /** Rejects an option for fields of a name where none of them can have it: it would be ignored. @throws Problem copybook_invalid */
  private refuseUnless(name: string, fits: (item: Item) => boolean, option: keyof typeof misplaced): void {
    const named = this.ofName.get(normal(name)) ?? [];
    const [first] = named;
    if (first !== undefined && !named.some(fits))
      throw invalid(first, `${first.name} ${option}`, misplaced[option]);
  }

  /** Resolves `X OF G`: the field X below a group G; without a qualifier the nearest to the place that names it. */
  private resolve(name: readonly string[], near: readonly Item[]): Item {
    const [field = '', ...groups] = name;
    const [closest] = (this.ofName.get(normal(field)) ?? [])
      .map((item) => ({ item, path: this.paths.get(item) ?? [] }))
      .filter(({ path }) => groups.every((group) => path.some((above) => sameName(above.name, group))))
      .map(({ item, path }) => ({ item, shared: path.filter((above) => near.includes(above)).length }))
      .sort((a, b) => b.shared - a.shared);
    if (closest === undefined) throw unknownName(name.join(' OF '));
    return closest.item;
  }
}
