/** Files of a COBOL host, described by their copybook. */
import { classOfValue, type RowProblem } from '../../terms/rowProblem.ts';
import { Problem } from '../../terms/problem.ts';
import { rowRules } from '../rowRules.ts';
import { treeBatch, type Bytes, type Format, type TreeBatch } from '../reader.ts';
import {
  framedRecords,
  lengthFrames,
  lineFrames,
  wordFrames,
  type FramedRecords,
  type NextFrame,
} from './framing.ts';
import { copybookOptionsSchema, type CopybookOptions } from './options.ts';
import { parseCopybook } from './parseCopybook.ts';
import type { ReadState, Traced } from './recordParts.ts';
import { compileRecordReader, type RecordReader } from './recordReader.ts';
import { translator, type Translate } from './recordSource.ts';
import { deliver } from './deliver.ts';
import { SegmentTrees } from './segments.ts';

export const copybook: Format = {
  name: 'copybook',
  title: { zh: 'COBOL 副本描述的主机文件', en: 'Host files described by a COBOL copybook' },
  optionsSchema: copybookOptionsSchema,
  read: (bytes, options) => readCopybook(bytes, options as CopybookOptions),
};

/** @throws Problem copybook_invalid, copybook_reference, code_page_unknown, file_empty, file_truncated, file_framing_wrong */
export async function* readCopybook(bytes: Bytes, options: CopybookOptions): AsyncGenerator<TreeBatch> {
  const host = new HostFile(options);
  let empty = true;
  for await (const framed of framedRecords(bytes, options, host.nextFrame)) {
    empty = false;
    yield host.batch(framed);
  }
  if (empty) throw new Problem('file_empty');
  const rest = host.finish();
  if (rest !== undefined) yield rest;
}

/** Everything that reading one file needs: the compiled layout, its text translation, segments. */
export class HostFile {
  readonly nextFrame: NextFrame;
  readonly reader: RecordReader;
  private readonly options: CopybookOptions;
  private readonly translate: Translate;
  private readonly segmentAt: ((state: ReadState, at: number) => string | undefined) | undefined;
  private readonly trees: SegmentTrees | undefined;

  constructor(options: CopybookOptions) {
    this.options = options;
    this.reader = compileRecordReader(parseCopybook(options.copybook), options);
    this.translate = translator(options);
    const { segmentField, segmentRedefines, segmentChildren } = options;
    this.segmentAt =
      segmentField === undefined || segmentRedefines === undefined
        ? undefined
        : this.segmentReader(segmentField, segmentRedefines);
    this.trees =
      segmentChildren === undefined
        ? undefined
        : new SegmentTrees(segmentChildren, (name) => this.reader.pathOf(name).at(-1) ?? name);
    this.nextFrame = this.framesOf(options);
  }

  private framesOf(options: CopybookOptions): NextFrame {
    if (options.recordFormat === 'D') return lineFrames(options);
    if (options.recordFormat !== 'F') return wordFrames(options, options.recordFormat === 'VB');
    return lengthFrames(
      options,
      options.recordLengthField === undefined ? undefined : this.lengthReader(options.recordLengthField),
      this.reader.length,
    );
  }

  /** Reads one field ahead of its record. */
  private fieldReader(name: string): (state: ReadState, at: number) => string | number | null | undefined {
    const path = this.reader.pathOf(name).join('/');
    const blank = Buffer.alloc(this.reader.length);
    const found: Traced[] = [];
    this.reader.read({ ...this.state(blank, blank.length), trace: (traced) => found.push(traced) }, 0);
    const place = found.find((traced) => traced.path === path);
    if (place === undefined) throw new Problem('copybook_reference', { name: name.slice(0, 60) });
    return (state, at) => {
      let value: string | number | null | undefined;
      const quiet = { ...state, faults: [], trace: undefined };
      const read = this.reader.leaves.get(path);
      if (at + place.at + place.size <= state.end)
        value = read?.(quiet, at + place.at, at + place.at + place.size);
      return value;
    };
  }

  private segmentReader(
    field: string,
    redefines: Readonly<Record<string, string>>,
  ): (state: ReadState, at: number) => string | undefined {
    const read = this.fieldReader(field);
    return (state, at) => redefines[String(read(state, at) ?? '').trim()] ?? '';
  }

  private lengthReader(field: string): (bytes: Buffer, at: number) => number | undefined {
    const read = this.fieldReader(field);
    const map = this.options.recordLengthMap;
    return (bytes, at) => {
      const value = read(this.state(bytes, bytes.length), at);
      if (value === null || value === undefined) return undefined;
      const length = map === undefined ? Number(value) : map[String(value)];
      return length === undefined || !Number.isInteger(length) ? undefined : length;
    };
  }

  state(bytes: Buffer, end: number): ReadState {
    return {
      bytes,
      text: this.translate(bytes),
      end,
      faults: [],
      counts: Array.from<null>({ length: this.reader.slots }).fill(null),
      segment: undefined,
      trace: undefined,
    };
  }

  batch(framed: FramedRecords): TreeBatch {
    const batch = treeBatch();
    const state = this.state(framed.bytes, 0);
    for (let i = 0; i * 2 < framed.ranges.length; i += 1) {
      const start = framed.ranges[i * 2] ?? 0;
      const number = framed.first + i;
      state.end = framed.ranges[i * 2 + 1] ?? 0;
      if (this.segmentAt !== undefined) state.segment = this.segmentAt(state, start);
      const record = this.reader.read(state, start);
      const problems = state.faults.length === 0 ? [] : this.problems(state, number, start);
      if (this.trees === undefined) deliver(batch, number, record, problems);
      else this.trees.add(batch, { number, record, problems, segment: state.segment ?? '' });
    }
    return batch;
  }

  /** What is still open when the file ends. */
  finish(): TreeBatch | undefined {
    if (this.trees === undefined) return undefined;
    const batch = treeBatch();
    this.trees.finish(batch);
    return batch;
  }

  private problems(state: ReadState, number: number, start: number): RowProblem[] {
    const problems = state.faults.map(({ path, rule, at, size }): RowProblem => {
      const bytes = state.bytes.subarray(at, Math.min(at + size, state.end));
      return {
        line: number,
        column: at - start + 1,
        header: path,
        field: '',
        rule,
        got: classOfBytes(bytes),
        message: rowRules[rule],
      };
    });
    state.faults.length = 0;
    return problems;
  }
}

/** Bytes shown as their half-byte classes would say too much: only how many, and whether they are text. */
const classOfBytes = (bytes: Uint8Array): string =>
  bytes.length === 0 ? classOfValue(null, false) : `bytes, ${bytes.length}`;
