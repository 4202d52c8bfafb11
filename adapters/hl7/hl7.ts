/** HL7 v2 messages: pipes and hats, in files, batches or MLLP frames. */
import { Problem } from '../../terms/problem.ts';
import type { RowProblem } from '../../terms/rowProblem.ts';
import { recordProblem, type RowRule } from '../reading/rowRules.ts';
import {
  treeBatch,
  type Bytes,
  type Cell,
  type CellGroup,
  type Format,
  type TreeBatch,
  type TreeBuilder,
} from '../reading/reader.ts';
import { cellWarning } from '../reading/text/cellFaults.ts';
import { encodingDoubt, type EncodingGuess } from '../reading/text/guessEncoding.ts';
import { textBlocks } from '../reading/text/textBlocks.ts';
import { Escapes } from './escapes.ts';
import { hl7OptionsSchema, type Hl7Options } from './options.ts';
import { segmentGroup } from './segment.ts';
import { separatorsOf, type Separators } from './separators.ts';

export const hl7: Format = {
  name: 'hl7',
  title: { zh: 'HL7 v2 消息', en: 'HL7 v2 messages' },
  optionsSchema: hl7OptionsSchema,
  read: (bytes, options) => readHl7(bytes, options as Hl7Options),
};

/** @throws Problem file_empty, hl7_without_header, encoding_unknown, file_record_too_long */
async function* readHl7(bytes: Bytes, options: Hl7Options): AsyncGenerator<TreeBatch> {
  const messages = new Messages(options);
  let rest = '';
  let any = false;
  for await (const block of textBlocks(bytes, options)) {
    any = true;
    // MLLP: 0B begins a message, 1C ends it
    const lines = (rest + block.text).split(/\r\n|[\n\r\u000b\u001c]/);
    rest = lines.pop() ?? '';
    messages.undecodable = block.undecodable;
    messages.encoding = block.encoding;
    if (!namesEncoding(block.text, block.encoding)) messages.doubtEncoding(block.guess);
    for (const line of lines) messages.line(line);
    yield messages.take();
  }
  if (!any) throw new Problem('file_empty');
  messages.line(rest);
  messages.finish();
  yield messages.take();
}

/** Whether MSH-18 of the first header in a text names an encoding: then a guess that agrees with it is none. */
function namesEncoding(text: string, encoding: string): boolean {
  const header = /(?:^|[\n\r\u000b])MSH([^\w\s])([^\n\r]*)/.exec(text);
  const named = (header?.[2]?.split(header[1] ?? '|')[16] ?? '').toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  return encoding === 'utf-8' ? named.includes('utf8') : /gb(2312|k|18030)/.test(named);
}

const envelope = /^(FHS|BHS|BTS|FTS)\b/;
const segmentStart = /^[A-Z][A-Z0-9]{2}/;

interface OpenMessage {
  readonly line: number;
  readonly segments: string[];
  /** line on which each of them begins */
  readonly lines: number[];
  /** places of the segments that were broken over two lines */
  readonly joined: Set<number>;
  readonly separators: Separators | undefined;
}

/** What was forgiven in one segment. */
interface SegmentDoubt {
  readonly place: number;
  /** as mappings write it: OBR, PID-5 */
  readonly path: string;
  readonly rule: 'hl7.segment-broken' | 'hl7.escape';
}

class Messages {
  undecodable = false;
  encoding = 'utf-8';
  private readonly options: Hl7Options;
  private batch: TreeBuilder = treeBatch();
  private number = 0;
  private message: OpenMessage | undefined;
  private stray: { readonly line: number; readonly lines: string[] } | undefined;
  private seen = 0;

  constructor(options: Hl7Options) {
    this.options = options;
  }

  line(text: string): void {
    this.number += 1;
    if (text === '' || envelope.test(text)) return;
    if (text.startsWith('MSH')) {
      this.close();
      this.seen += 1;
      this.message = {
        line: this.number,
        segments: [text],
        lines: [this.number],
        joined: new Set(),
        separators: separatorsOf(text),
      };
    } else if (this.message === undefined) {
      this.stray ??= { line: this.number, lines: [] };
      this.stray.lines.push(text);
    } else this.segment(text, this.message);
  }

  private segment(text: string, { segments, lines, joined, separators }: OpenMessage): void {
    const begins = segmentStart.test(text) && (text.length === 3 || text[3] === (separators?.field ?? '|'));
    if (begins) {
      segments.push(text);
      lines.push(this.number);
      return;
    }
    joined.add(segments.length - 1);
    segments.push(`${segments.pop() ?? ''}\n${text}`);
  }

  doubtEncoding(guess: EncodingGuess | undefined): void {
    const problem = encodingDoubt(guess);
    if (problem !== undefined) this.batch.doubts.push({ record: 'file', problem });
  }

  take(): TreeBatch {
    const full = this.batch;
    this.batch = treeBatch();
    return full;
  }

  finish(): void {
    this.close();
    if (this.seen === 0) throw new Problem('hl7_without_header');
  }

  private close(): void {
    if (this.stray !== undefined && this.stray.lines.some((text) => text.trim() !== '')) {
      const { line, lines } = this.stray;
      this.batch.bad.push({
        line,
        problems: [recordProblem(line, 'hl7.stray', `${lines.length} lines`)],
        raw: { text: lines },
      });
    }
    this.stray = undefined;
    if (this.message !== undefined) this.deliver(this.message);
    this.message = undefined;
  }

  private deliver({ line, segments, lines, joined, separators }: OpenMessage): void {
    const problem = this.problemOf(segments, line, separators);
    if (separators === undefined || problem !== undefined) {
      const problems = [problem ?? recordProblem(line, 'hl7.header', 'MSH')];
      this.batch.bad.push({ line, problems, raw: { text: segments } });
      return;
    }
    const escapes = new Escapes(separators, this.encoding);
    const doubts: SegmentDoubt[] = [];
    const groups = segments.map((text, place) => {
      const name = text.slice(0, 3);
      const group = segmentGroup(text, place + 1, separators, escapes);
      if (joined.has(place)) doubts.push({ place, path: name, rule: 'hl7.segment-broken' });
      for (const field of escapes.takeUnread())
        doubts.push({ place, path: `${name}-${field}`, rule: 'hl7.escape' });
      return [name, group] as const;
    });
    for (const text of segments) this.warn(text, line);
    const { rows } = this.options;
    if (rows === 'message') this.record(whole(groups), line, doubts);
    else this.rows(groups, lines, rows, doubts);
  }

  private rows(
    groups: Named,
    lines: readonly number[],
    wanted: string,
    doubts: readonly SegmentDoubt[],
  ): void {
    const records = byRow(groups, wanted);
    if (records.length === 0) this.batch.skipped += 1;
    for (const { record, place } of records) {
      const within = (doubt: SegmentDoubt): boolean =>
        doubt.place === place || (doubt.place < place && groups[doubt.place]?.[0] !== wanted);
      this.record(record, lines[place] ?? 0, doubts.filter(within));
    }
  }

  private record(record: CellGroup, line: number, doubts: readonly SegmentDoubt[]): void {
    for (const { path, rule } of doubts) {
      const problem = { ...recordProblem(line, rule, 'segment'), header: path };
      this.batch.doubts.push({ record: this.batch.records.length, problem });
    }
    this.batch.records.push(record);
    this.batch.lines.push(line);
  }

  private problemOf(
    segments: readonly string[],
    line: number,
    separators: Separators | undefined,
  ): RowProblem | undefined {
    const problem = (rule: RowRule): RowProblem => recordProblem(line, rule, 'message');
    if (separators === undefined) return problem('hl7.header');
    const fields = (segments[0] ?? '').split(separators.field);
    if (fields.length < 9) return problem('hl7.header');
    if ((fields[8] ?? '').trim() === '') return problem('hl7.message-type');
    if ((fields[9] ?? '').trim() === '') return problem('hl7.control-id');
    if (segments.some((text) => text.includes('\0'))) return problem('text.nul');
    if (segments.some((text) => text.includes('\ufffd')))
      return problem(this.undecodable ? 'encoding.invalid' : 'encoding.lost');
    return undefined;
  }

  private warn(text: string, line: number): void {
    const warning = cellWarning(text, { line, column: 0, header: text.slice(0, 3) });
    if (warning !== undefined) this.batch.warnings.push(warning);
  }
}

type Named = readonly (readonly [string, CellGroup])[];

/** A segment that stands once is a group, one that stands several times a list. */
function whole(groups: Named): CellGroup {
  const record: Record<string, Cell> = {};
  for (const [name, group] of groups) {
    const known = record[name];
    if (known === undefined) record[name] = group;
    else if (Array.isArray(known)) (known as Cell[]).push(group);
    else record[name] = [known, group];
  }
  return record;
}

/** One record for each segment of a name, with the nearest of every other segment before it, and its place among the segments. */
function byRow(groups: Named, wanted: string): { readonly record: CellGroup; readonly place: number }[] {
  const records: { readonly record: CellGroup; readonly place: number }[] = [];
  const before: Record<string, Cell> = {};
  for (const [place, [name, group]] of groups.entries()) {
    if (name === wanted) records.push({ record: { ...before, [name]: group }, place });
    else before[name] = group;
  }
  return records;
}
