import { fill } from '../../terms/bilingual.ts';
import { classOfValue, type RowProblem } from '../../terms/rowProblem.ts';
import { treeBatch, type TreeBatch, type TreeBuilder } from '../reading/reader.ts';
import { rowRules } from '../reading/rowRules.ts';
import { Trailer } from '../reading/trailer.ts';
import { deliver } from './record/deliver.ts';
import { framesOf, type FramedRecords, type NextFrame } from './framing.ts';
import type { CopybookOptions } from './options.ts';
import { parseCopybook } from './source/parseCopybook.ts';
import { RecordKinds } from './record/recordKinds.ts';
import { declaredLength } from './record/declaredLength.ts';
import { compileRecordReader, type RecordReader } from './record/recordReader.ts';
import { translator, type Translate } from './record/recordSource.ts';
import {
  beginRecord,
  isDoubt,
  isWarning,
  type ReadFault,
  type ReadState,
  type SignOf,
} from './record/recordState.ts';
import { segmentParents } from './record/segmentParents.ts';
import { SegmentTrees } from './record/segments.ts';
import { isAscii } from 'node:buffer';
import { encodingOf } from '../reading/text/encodings.ts';
import { suspectText } from '../reading/text/textBlock.ts';
import { textSign } from '../reading/text/textSigns.ts';
import { readsAsUtf8 } from '../reading/text/utf8Lines.ts';

const beyondAscii = /[^\0-\x7f]/;
const privateUse = /[\ue000-\uf8ff\udb80-\udbff]/;

/** Signs of damaged text in the fields of a host file. */
class FieldSigns {
  readonly signOf: SignOf;
  private readonly isHost: boolean;

  constructor({ encoding }: Pick<CopybookOptions, 'encoding'>) {
    this.isHost = encoding === 'ebcdic';
    const mayBeOther = !this.isHost && encodingOf(encoding) !== 'utf-8';
    this.signOf = (text, bytes, start, end) => {
      if (!beyondAscii.test(text)) return undefined;
      if (mayBeOther && readsAsUtf8(bytes, start, end)) return 'encoding.mixed';
      if (!suspectText(text)) return undefined;
      return textSign(text) ?? (privateUse.test(text) ? 'text.private-use' : undefined);
    };
  }

  /**
   * Whether fields of a block may contain a sign. EBCDIC fields can only contain soft hyphens; pure ASCII text has no sign except controls,
   * which are found separately.
   * @param text one unit a byte
   */
  mayBeIn(bytes: Uint8Array, text: string): boolean {
    return this.isHost ? text.includes('\u00ad') : !isAscii(bytes);
  }
}

const LF = 0x0a;
const CR = 0x0d;
const lineEnds: ReadonlySet<number> = new Set([LF, CR]);
const hostLineEnds: ReadonlySet<number> = new Set([0x15, 0x25, CR]);

/** Maximum number of cells that are read at once. Objects of wide records take long to build, and calls of others wait for each portion. */
const maxCellsAtOnce = 2 ** 18;

/** Everything needed to read one file: the compiled layout, its text translation, kinds of record, segments. */
export class HostFile {
  readonly nextFrame: NextFrame;
  readonly reader: RecordReader;
  readonly kinds: RecordKinds | undefined;
  /** whether all records have one length */
  readonly oneLength: boolean;
  private readonly options: CopybookOptions;
  private readonly translate: Translate;
  private readonly signs: FieldSigns;
  private readonly trailer: Trailer | undefined;
  private readonly trees: SegmentTrees | undefined;
  /** the byte that ends the first line, and whether the last line ended otherwise */
  private ended: number | undefined;
  private oddEnd = false;

  /** @throws Problem copybook_invalid, copybook_reference */
  constructor(options: CopybookOptions) {
    this.options = options;
    this.reader = compileRecordReader(parseCopybook(options.copybook), options);
    this.translate = translator(options);
    this.signs = new FieldSigns(options);
    this.trailer = Trailer.of(options.trailer);
    this.kinds = RecordKinds.of(options, this.reader);
    const parents = segmentParents(options);
    this.trees =
      parents.size === 0 ? undefined : new SegmentTrees(parents, (name) => this.reader.pathOf(name));
    const declared = declaredLength(options, this.reader, this.kinds, (bytes) =>
      this.state(bytes, bytes.length),
    );
    this.oneLength =
      options.recordFormat === 'F' && options.recordHeader === undefined && declared === undefined;
    this.nextFrame = framesOf(options, declared, this.reader.length);
  }

  state(bytes: Buffer, end: number): ReadState {
    const text = this.translate(bytes);
    return {
      bytes,
      text,
      end,
      faults: [],
      sizes: new Map(),
      counts: Array.from<null>({ length: this.reader.slots }).fill(null),
      chosen: [],
      trace: undefined,
      signOf: this.signs.mayBeIn(bytes, text) ? this.signs.signOf : undefined,
    };
  }

  /** The records, in batches of limited memory. */
  *batches(framed: FramedRecords): Generator<TreeBatch> {
    const atOnce = Math.max(1, Math.floor(maxCellsAtOnce / this.reader.cells));
    const state = this.state(framed.bytes, 0);
    const records = framed.ranges.length / 2;
    for (let from = 0; from < records; from += atOnce)
      yield this.batch(framed, state, from, Math.min(from + atOnce, records));
  }

  private batch(framed: FramedRecords, state: ReadState, from: number, to: number): TreeBatch {
    const batch = treeBatch();
    for (let i = from; i < to; i += 1) {
      const start = framed.ranges[i * 2] ?? 0;
      const number = framed.first + i;
      state.end = framed.ranges[i * 2 + 1] ?? 0;
      const isCut = this.isCut(state, start);
      if (this.endsEarly(state, start))
        state.faults.push({ path: '', rule: 'copybook.short', at: start, size: 0 });
      else if (this.isBlankLine(state, start) || this.isTrailer(state, start, number, batch)) {
        batch.skipped += 1;
        continue;
      }
      this.record(batch, state, start, number, isCut);
    }
    return batch;
  }

  /**
   * Detects a short line that ends, or follows a line that ends, with LF in a file of CRLF: a line end inside a text may have split a
   * record.
   */
  private isCut({ bytes, end }: ReadState, start: number): boolean {
    const { recordFormat, encoding } = this.options;
    if (recordFormat !== 'D' || encoding === 'ebcdic') return false;
    const lf = bytes.indexOf(LF, end);
    const ended = lf < 0 ? undefined : lf > end && bytes[lf - 1] === CR ? CR : LF;
    this.ended ??= ended;
    const isOdd = this.ended === CR && ended === LF;
    const wasOdd = this.oddEnd;
    this.oddEnd = isOdd;
    return (isOdd || wasOdd) && end - start < this.reader.length;
  }

  /** Returns the open records at the end of the file, and the findings on its end. */
  finish(): TreeBatch | undefined {
    const problem = this.trailer?.missing();
    if (this.trees === undefined && problem === undefined) return undefined;
    const batch = treeBatch();
    this.trees?.finish(batch);
    if (problem !== undefined) batch.doubts.push({ record: 'file', problem });
    return batch;
  }

  private isTrailer({ text, end }: ReadState, start: number, number: number, batch: TreeBuilder): boolean {
    const doubts = this.trailer?.take(
      (at, length) => text.slice(start + at, Math.min(start + at + length, end)),
      number,
    );
    for (const problem of doubts ?? []) batch.doubts.push({ record: 'file', problem });
    return doubts !== undefined;
  }

  /** Lines of text may be blank; records of other formats are never skipped. */
  private isBlankLine({ bytes, end }: ReadState, start: number): boolean {
    if (this.options.recordFormat !== 'D') return false;
    const blank = this.options.encoding === 'ebcdic' ? 0x40 : 0x20;
    for (let i = start; i < end; i += 1) if (bytes[i] !== blank) return false;
    return true;
  }

  /** Whether a line that is not blank has less than the bytes before and after the fields: it is no record without fields, but damaged. */
  private endsEarly({ bytes, end }: ReadState, start: number): boolean {
    const { recordFormat, recordStartOffset, recordEndOffset, encoding } = this.options;
    const around = recordStartOffset + recordEndOffset;
    if (recordFormat !== 'D' || around === 0 || end > start) return false;
    const [ends, blank] = encoding === 'ebcdic' ? [hostLineEnds, 0x40] : [lineEnds, 0x20];
    let from = start;
    while (from > 0 && !ends.has(bytes[from - 1] ?? 0)) from -= 1;
    const line = bytes.subarray(from, start + around);
    const length = line.findIndex((byte) => ends.has(byte));
    return length >= 0 && length < around && line.subarray(0, length).some((byte) => byte !== blank);
  }

  private record(batch: TreeBuilder, state: ReadState, start: number, number: number, isCut: boolean): void {
    beginRecord(state);
    const kind = this.kinds?.choose(state, start);
    const record = this.reader.read(state, start);
    const length = state.end - start;
    // lists of a record may be shorter than the layout; any other remainder is not described
    if (length !== this.reader.length && this.isLeftOver(state, start))
      state.faults.push({ path: '', rule: 'copybook.long', at: start, size: length });
    if (isCut) state.faults.push({ path: '', rule: 'lines.end', at: start, size: length });
    if (kind?.unknown === true)
      state.faults.push({ path: '', rule: 'copybook.segment', at: start, size: length });
    const { problems, doubts, warnings } =
      state.faults.length === 0 ? sound : reported(state, number, start, this.options);
    for (const warning of warnings) batch.warnings.push(warning);
    if (this.trees === undefined) deliver(batch, number, record, problems, doubts);
    else this.trees.add(batch, { number, record, problems, doubts, segment: kind?.segment ?? '' });
  }

  private isLeftOver(state: ReadState, start: number): boolean {
    if (this.options.recordLength !== undefined) return false;
    const described = start + this.reader.reach(state, start);
    if (this.options.recordFormat !== 'D') return state.end > described;
    const blank = this.options.encoding === 'ebcdic' ? 0x40 : 0x20;
    for (let i = described; i < state.end; i += 1) if (state.bytes[i] !== blank) return true;
    return false;
  }
}

interface ReportedFaults {
  readonly problems: readonly RowProblem[];
  readonly doubts: readonly RowProblem[];
  readonly warnings: readonly RowProblem[];
}

const sound: ReportedFaults = { problems: [], doubts: [], warnings: [] };

/** Reports the findings of a record and clears them. */
function reported(
  state: ReadState,
  number: number,
  start: number,
  { encoding }: Pick<CopybookOptions, 'encoding'>,
): ReportedFaults {
  const problems: RowProblem[] = [];
  const doubts: RowProblem[] = [];
  const warnings: RowProblem[] = [];
  for (const fault of distinct(state.faults)) {
    const list = isDoubt(fault) ? doubts : isWarning(fault) ? warnings : problems;
    list.push(problemOf(fault, state.end, { line: number, start, encoding }));
  }
  state.faults.length = 0;
  return { problems, doubts, warnings };
}

/** Removes duplicates: a list's count may be read more than once; a record that ends early ends once. */
function distinct(faults: readonly ReadFault[]): readonly ReadFault[] {
  if (faults.length === 1) return faults;
  const seen = new Set<string>();
  return faults.filter(({ path, rule, at }) => {
    const key = rule === 'copybook.short' ? rule : `${rule} ${at} ${path}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function problemOf(
  { path, rule, at, size }: ReadFault,
  end: number,
  { line, start, encoding }: { readonly line: number; readonly start: number; readonly encoding: string },
): RowProblem {
  const bytes = Math.min(at + size, end) - at;
  return {
    line,
    column: path === '' ? 0 : at - start + 1,
    header: path,
    field: '',
    rule,
    // the half-byte classes of the bytes would reveal too much: only their number is reported
    got: bytes <= 0 ? classOfValue(null, false) : `bytes, ${bytes}`,
    message:
      rule === 'encoding.mixed'
        ? fill(rowRules[rule], { declared: encoding, encoding: 'utf-8' })
        : rowRules[rule],
  };
}
