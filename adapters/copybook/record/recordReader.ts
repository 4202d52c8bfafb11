/** Compiles a copybook into one reader of records: bytes → nested groups. */
import type { Problem } from '../../../terms/problem.ts';
import type { Cell, CellGroup } from '../../reading/reader.ts';
import { invalid } from '../source/clauseWords.ts';
import { FieldPlaces } from './fieldPlaces.ts';
import { FieldNames, outputNames, sameName, normal, unknownName } from './fieldNames.ts';
import { leafReader } from './leafReader.ts';
import type { CopybookOptions } from '../options.ts';
import type { Item } from '../source/parseCopybook.ts';
import type { Part, ReadCell, Sized } from './part.ts';
import { fixedGroup, tracedLeaf, variableGroup } from './recordParts.ts';
import { listKey, type ReadState } from './recordState.ts';
import { comparableMap, comparableOf } from './comparable.ts';
import { viewSlots, withChoices, type ViewSlots } from './viewChoices.ts';
import { binarySize } from '../numbers/binaryNumbers.ts';

/*
 * Slack bytes of SYNCHRONIZED items, by the rules of IBM Enterprise COBOL («Slack bytes within records»). An item begins at a multiple of
 * its boundary, counted from the record. The bytes before it belong to the preceding item, so that a group which begins with the aligned
 * item begins after them. Every occurrence of a group is padded to the widest boundary in it. Items after OCCURS DEPENDING ON are placed as
 * if all occurrences were present.
 */

/** Bytes up to the next multiple of a boundary. */
const padding = (at: number, boundary: number): number => (boundary - (at % boundary)) % boundary;

/** Boundary of the field that an item begins with. @throws Problem copybook_invalid */
function leadingBoundary(item: Item, options: CopybookOptions): number {
  const [first] = item.children;
  return first === undefined ? boundaryOf(item, options) : leadingBoundary(first, options);
}

/** The widest boundary of the fields of an item. @throws Problem copybook_invalid */
function widestBoundary(item: Item, options: CopybookOptions): number {
  if (item.children.length === 0) return boundaryOf(item, options);
  return Math.max(...item.children.map((child) => widestBoundary(child, options)));
}

/** Halfword, fullword or doubleword; other usages have no boundary. */
function boundaryOf(item: Item, { binarySize: sizes }: CopybookOptions): number {
  if (!item.sync) return 1;
  if (item.usage === 'double') return 8;
  if (item.usage === 'float') return 4;
  if (item.usage !== 'binary' && item.usage !== 'comp5') return 1;
  if (item.picture?.kind !== 'number') return 1;
  const size = binarySize(item.picture.digits, item.picture.signed, sizes) ?? 8;
  // eight-byte binary numbers are aligned on a fullword too
  if (size === 1 || size === 2 || size === 4 || size === 8) return Math.min(size, 4);
  throw invalid(item, `${item.name} SYNC`);
}

export interface RecordReader {
  /** maximum length of a record in bytes */
  readonly length: number;
  readonly read: (state: ReadState, at: number) => CellGroup;
  /** bytes of the record that begins here, after it has been read; undefined where all records have one length */
  readonly sizeAt: Sized['sizeAt'] | undefined;
  /**
   * bytes that the views in this record describe; a list counts with its maximum length, under variableSizeOccurs with the items that are
   * there
   */
  readonly reach: Sized['reach'];
  /** maximum number of cells of a record, which may be far more than it has bytes: views, and lines without their blanks */
  readonly cells: number;
  /** counters for a new state */
  readonly slots: number;
  /** positions of single fields, for options that name fields */
  readonly places: FieldPlaces;
  /** path of a group by its name, for options that name groups */
  readonly pathOf: (name: string) => readonly string[];
  readonly views: ViewSlots;
}

/** Maximum number of cells of a record. */
const maxCells = 2 ** 20;
/** The same of a list whose items may take no bytes, so that a record of a few bytes may have it. */
const maxCellsWithoutBytes = 1_000;

/** @throws Problem copybook_invalid, copybook_reference */
export function compileRecordReader(items: readonly Item[], options: CopybookOptions): RecordReader {
  const compiler = new Compiler(items, options);
  const group = compiler.group(membersOf(items), { path: '', at: 0, groups: [], isMoved: false });
  compiler.names.checkOptions(options);
  const [first] = items;
  if (first !== undefined && group.cells > maxCells) throw tooManyCells(first, group.cells, maxCells);
  return {
    cells: group.cells,
    length: group.most,
    read: group.read as (state: ReadState, at: number) => CellGroup,
    sizeAt: group.fixed ? undefined : group.sizeAt,
    reach: group.reach,
    slots: compiler.slots,
    places: compiler.places,
    pathOf: (name) => compiler.pathOf(name),
    views: compiler.views,
  };
}

const tooManyCells = (item: Item, cells: number, limit: number): Problem =>
  invalid(item, item.name, {
    zh: `按 OCCURS 与各视图，一条记录最多有 ${cells} 个单元格，上限为 ${limit}`,
    en: `with OCCURS and all views a record has up to ${cells} cells; the limit is ${limit}`,
  });

/**
 * The members of a record. Items below level 01, as in a copybook that is copied below an 01 of the program, follow one another.
 * @throws Problem copybook_invalid for an 01 after such items
 */
function membersOf(items: readonly Item[]): readonly Item[] {
  const [only] = items;
  if (only !== undefined && items.length === 1 && only.children.length > 0 && only.occurs === undefined)
    return only.children;
  const record = items.find(({ level }) => level === 1);
  if (record === undefined) return items;
  if (only?.level !== 1) throw invalid(record, `01 ${record.name}`);
  return overlaid(items);
}

/** Several 01 levels describe the same record area (implicit redefinition): views of each other. */
const overlaid = (items: readonly Item[]): Item[] =>
  items.map((item, index) =>
    index === 0 || items[0] === undefined ? item : { ...item, redefines: items[0].name },
  );

/** Position of an item. */
interface Place {
  readonly path: string;
  /** offset in the record when every list is full */
  readonly at: number;
  /** names of the groups that contain it */
  readonly groups: readonly string[];
  /** whether the offset varies with lists before it, or with a list that contains it */
  readonly isMoved: boolean;
}

class Compiler {
  readonly names: FieldNames;
  readonly places = new FieldPlaces();
  private readonly options: CopybookOptions;
  private readonly depends: ReadonlyMap<Item, number>;
  readonly views: ViewSlots;
  /** lists so far */
  private lists = 0;
  private readonly outputPaths = new Map<string, string[]>();

  constructor(items: readonly Item[], options: CopybookOptions) {
    this.options = options;
    this.names = new FieldNames(items);
    this.depends = new Map([...this.names.counts()].map((field, slot) => [field, slot]));
    this.views = viewSlots(options, items);
  }

  get slots(): number {
    return this.depends.size;
  }

  pathOf(name: string): readonly string[] {
    const path = this.outputPaths.get(normal(name));
    if (path === undefined) throw unknownName(name);
    return path;
  }

  group(items: readonly Item[], { path, at, groups, isMoved }: Place): Sized {
    const names = outputNames(items, this.options.names === 'snake');
    const parts: Part[] = [];
    let end = at;
    let hasMoved = isMoved;
    /** whether each part has moved */
    const moved: boolean[] = [];
    /** index of the first part of each name */
    const indexes = new Map<string, number>();
    for (const [index, item] of items.entries()) {
      const name = names[index] ?? item.name;
      const over = item.redefines === undefined ? -1 : redefinedIndex(item, parts, indexes);
      const from = over >= 0 ? at + (parts[over]?.at ?? 0) : end;
      const slack = padding(from, leadingBoundary(item, this.options));
      // a view begins where the other view begins, so slack bytes are impossible
      if (slack > 0 && over >= 0) throw invalid(item, `${item.name} REDEFINES … SYNC`);
      const isPartMoved = (over >= 0 ? moved[over] : hasMoved) === true;
      moved.push(isPartMoved);
      const { fixed, ...part } = this.part(item, name, {
        path: path === '' ? name : `${path}/${name}`,
        at: from + slack,
        groups,
        isMoved: isPartMoved,
      });
      hasMoved ||= !fixed;
      if (!indexes.has(normal(item.name))) indexes.set(normal(item.name), index);
      parts.push({ ...part, at: from + slack - at, slack, over, choice: undefined });
      end = Math.max(end, from + slack + part.most);
    }
    const most = end - at;
    const chosen = withChoices(parts, this.views);
    const alike = this.options.views === 'keep';
    const varies = this.options.variableSizeOccurs && items.some(hasCount);
    const cells = parts.reduce((sum, part) => sum + part.cells, 1);
    if (varies) return { ...variableGroup(chosen, alike), most, least: leastOf(chosen), cells, fixed: false };
    return { ...fixedGroup(chosen, alike), most, least: most, cells, sizeAt: () => most, fixed: true };
  }

  private part(
    item: Item,
    name: string,
    place: Place,
  ): Omit<Part, 'at' | 'slack' | 'over' | 'choice'> & Pick<Sized, 'fixed'> {
    const path = place.path.split('/');
    const known = this.outputPaths.get(normal(item.name));
    // of several items of a name, the outermost is meant
    if (known === undefined || path.length <= known.length) this.outputPaths.set(normal(item.name), path);
    const inside = {
      ...place,
      groups: [...place.groups, item.name],
      isMoved: place.isMoved || item.occurs?.dependingOn !== undefined,
    };
    const single = item.children.length > 0 ? this.group(item.children, inside) : this.leaf(item, inside);
    const { read, sizeAt, most, least, cells, reach, fixed } =
      item.occurs === undefined ? single : this.occurs(item, single, place);
    return {
      item,
      name,
      path: place.path,
      read,
      sizeAt,
      reach,
      most,
      least,
      cells,
      fixed,
      dropped: item.filler && this.options.dropFillers && item.children.length === 0,
    };
  }

  private leaf(item: Item, { path, at, groups, isMoved }: Place): Sized {
    const leaf = leafReader(item, this.options);
    this.places.add({ item, leaf, groups: groups.slice(0, -1), at, isMoved });
    return {
      read: tracedLeaf(leaf, path, this.depends.get(item), this.options.recordFormat === 'D'),
      most: leaf.size,
      least: leaf.size,
      cells: 1,
      sizeAt: () => leaf.size,
      reach: () => leaf.size,
      fixed: true,
    };
  }

  private occurs(item: Item, single: Sized, place: Place): Sized {
    const slack = padding(single.most, widestBoundary(item, this.options));
    const count = this.counter(item, place);
    const times = item.occurs?.most ?? 1;
    const most = (single.most + slack) * times;
    const padded = this.options.recordFormat === 'D';
    const varies =
      this.options.variableSizeOccurs && (item.occurs?.dependingOn !== undefined || !single.fixed);
    const cells = 1 + single.cells * times;
    const hasSizelessItems = varies && single.least + slack === 0;
    if (hasSizelessItems && cells > maxCellsWithoutBytes)
      throw tooManyCells(item, cells, maxCellsWithoutBytes);
    const list = this.lists;
    this.lists += 1;
    const read: ReadCell = (state, at) => {
      const cells: Cell[] = [];
      let position = at;
      for (let left = count(state, at); left > 0; left -= 1) {
        if (position >= state.end) {
          if (!padded) state.faults.push({ path: place.path, rule: 'copybook.short', at: position, size: 0 });
          // those that are not there take at least a byte each
          position += left * (single.fixed ? single.most + slack : 1);
          break;
        }
        cells.push(single.read(state, position));
        position += single.sizeAt(state, position) + slack;
      }
      if (varies) state.sizes.set(listKey(list, at), position - at);
      return cells;
    };
    if (!varies)
      return { read, most, least: most, cells, sizeAt: () => most, reach: () => most, fixed: true };
    // the counts of each item are known only while it is read
    const sizeAt: Sized['sizeAt'] = (state, at) => state.sizes.get(listKey(list, at)) ?? 0;
    const fewest = item.occurs?.dependingOn === undefined ? times : item.occurs.least;
    const least = fewest * (single.least + slack);
    return { read, most, least, cells, fixed: false, sizeAt, reach: sizeAt };
  }

  /** Number of items present in a list. */
  private counter(item: Item, { path }: Place): (state: ReadState, at: number) => number {
    const { least = 0, most: times = 1 } = item.occurs ?? {};
    const field = this.names.countOf(item);
    const slot = field === undefined ? undefined : this.depends.get(field);
    if (slot === undefined) return () => times;
    const mapping = Object.entries(this.options.occursMappings ?? {}).find(([key]) =>
      sameName(key, item.name),
    )?.[1];
    const comparable = comparableOf(field?.picture?.kind === 'number');
    const codes =
      mapping === undefined ? undefined : comparableMap(mapping, comparable, `occursMappings/${item.name}`);
    return (state, at) => {
      const raw = state.counts[slot];
      const value =
        codes === undefined
          ? Number(raw ?? Number.NaN)
          : (codes.get(comparable(String(raw ?? ''))) ?? Number.NaN);
      if (Number.isInteger(value) && value >= least && value <= times) return value;
      state.faults.push({ path, rule: 'copybook.occurs', at, size: 0 });
      return 0;
    };
  }
}

/** @param indexes of the parts before the item, the first one of each name */
function redefinedIndex(item: Item, before: readonly Part[], indexes: ReadonlyMap<string, number>): number {
  const index = indexes.get(normal(item.redefines ?? '')) ?? -1;
  const found = before[index];
  if (found === undefined) throw unknownName(item.redefines ?? '');
  return found.over >= 0 ? found.over : index;
}

/** Bytes that parts take in every record: views may be absent. */
const leastOf = (parts: readonly Part[]): number =>
  parts.reduce((sum, { over, choice, least }) => (over < 0 && choice === undefined ? sum + least : sum), 0);

const hasCount = (item: Item): boolean =>
  item.occurs?.dependingOn !== undefined || item.children.some(hasCount);
