/** HL7 v2 messages: pipes and hats, in files, batches or MLLP frames. */
import { Problem } from '../../terms/problem.ts';
import type { RowProblem } from '../../terms/rowProblem.ts';
import { recordProblem, type RowRule } from '../rowRules.ts';
import {
  treeBatch,
  type Bytes,
  type Cell,
  type CellGroup,
  type Format,
  type TreeBatch,
  type TreeBuilder,
} from '../reader.ts';
import { cellWarning } from '../text/cellFaults.ts';
import { textBlocks } from '../text/textBlocks.ts';
import { hl7OptionsSchema, type Hl7Options } from './options.ts';
import { segmentGroup, separatorsOf, type Separators } from './segment.ts';

export const hl7: Format = {
  name: 'hl7',
  title: { zh: 'HL7 v2 消息', en: 'HL7 v2 messages' },
  optionsSchema: hl7OptionsSchema,
  read: (bytes, options) => readHl7(bytes, options as Hl7Options),
};

/** @throws Problem file_empty, hl7_without_header, encoding_unknown, file_record_too_long */
export async function* readHl7(bytes: Bytes, options: Hl7Options): AsyncGenerator<TreeBatch> {
  const messages = new Messages(options);
  let rest = '';
  let any = false;
  for await (const block of textBlocks(bytes, options)) {
    any = true;
    // MLLP: 0B begins a message, 1C ends it
    const lines = (rest + block.text).split(/\r\n|[\n\r\u000b\u001c]/);
    rest = lines.pop() ?? '';
    messages.undecodable = block.undecodable;
    for (const line of lines) messages.line(line);
    yield messages.take();
  }
  if (!any) throw new Problem('file_empty');
  messages.line(rest);
  messages.finish();
  yield messages.take();
}

const envelope = /^(FHS|BHS|BTS|FTS)\b/;
const segmentStart = /^[A-Z][A-Z0-9]{2}/;

interface OpenMessage {
  readonly line: number;
  readonly segments: string[];
  /** line on which each of them begins */
  readonly lines: number[];
  readonly separators: Separators | undefined;
}

class Messages {
  undecodable = false;
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
        separators: separatorsOf(text),
      };
    } else if (this.message === undefined) {
      this.stray ??= { line: this.number, lines: [] };
      this.stray.lines.push(text);
    } else this.segment(text, this.message);
  }

  private segment(text: string, { segments, lines, separators }: OpenMessage): void {
    const begins = segmentStart.test(text) && (text.length === 3 || text[3] === (separators?.field ?? '|'));
    if (begins) {
      segments.push(text);
      lines.push(this.number);
      return;
    }
    segments.push(`${segments.pop() ?? ''}\n${text}`);
    this.batch.warnings.push(recordProblem(this.number, 'hl7.segment-broken', `line, ${text.length} chars`));
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

  private deliver({ line, segments, lines, separators }: OpenMessage): void {
    const problem = this.problemOf(segments, line, separators);
    if (separators === undefined || problem !== undefined) {
      const problems = [problem ?? recordProblem(line, 'hl7.header', 'MSH')];
      this.batch.bad.push({ line, problems, raw: { text: segments } });
      return;
    }
    const groups = segments.map(
      (text, index) => [text.slice(0, 3), segmentGroup(text, index + 1, separators)] as const,
    );
    for (const text of segments) this.warn(text, line);
    const { rows } = this.options;
    const records = rows === 'message' ? [whole(groups)] : byRow(groups, rows);
    if (records.length === 0) this.batch.skipped += 1;
    for (const record of records) this.batch.records.push(record);
    if (rows === 'message') this.batch.lines.push(line);
    else
      for (const [index, at] of lines.entries()) if (groups[index]?.[0] === rows) this.batch.lines.push(at);
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

/** One record for each segment of a name, with the nearest of every other segment before it. */
function byRow(groups: Named, wanted: string): CellGroup[] {
  const records: CellGroup[] = [];
  const before: Record<string, Cell> = {};
  for (const [name, group] of groups) {
    if (name === wanted) records.push({ ...before, [name]: group });
    else before[name] = group;
  }
  return records;
}
