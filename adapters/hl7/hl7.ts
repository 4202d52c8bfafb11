/** HL7 v2 messages: pipes and hats, in files, batches or MLLP frames. */
import { grouped } from '../../terms/grouped.ts';
import { Problem } from '../../terms/problem.ts';
import { recordProblem } from '../reading/rowRules.ts';
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
import { suspectText } from '../reading/text/textBlock.ts';
import { withoutEchoes } from '../reading/text/textSigns.ts';
import { withoutEndMarks } from '../reading/text/endMarks.ts';
import { textBlocks } from '../reading/text/textBlocks.ts';
import { textBytes } from '../reading/text/textBytes.ts';
import { EnvelopeCounts } from './envelopeCounts.ts';
import { Escapes } from './escapes.ts';
import { MessageTexts, type Contradiction, type MessageText } from './messageTexts.ts';
import { hl7OptionsSchema, type Hl7Options } from './options.ts';
import {
  beyondAscii,
  byteOf,
  problemOf,
  signsOf,
  type OpenMessage,
  type SegmentDoubt,
  type SegmentPlace,
} from './openMessage.ts';
import { segmentGroup } from './segment.ts';
import { separatorsOf } from './separators.ts';

export const hl7: Format = {
  name: 'hl7',
  title: { zh: 'HL7 v2 消息', en: 'HL7 v2 messages' },
  optionsSchema: hl7OptionsSchema,
  read: (bytes, options) => readHl7(bytes, options as Hl7Options),
};

/** @throws Problem file_empty, hl7_without_header, encoding_unknown, file_record_too_long */
async function* readHl7(bytes: Bytes, options: Hl7Options): AsyncGenerator<TreeBatch> {
  const messages = new Messages(options);
  const texts = new MessageTexts(options.encoding === 'auto');
  let rest = '';
  let any = false;
  for await (const block of textBlocks(bytes, options)) {
    any = true;
    for (const part of texts.of(block)) {
      // a block ends with a line, as does the text before a header in it
      messages.reading = part;
      // each line, and its end
      const before = rest;
      const parts = (before + part.text).split(lineEnd);
      rest = parts.pop() ?? '';
      messages.at = -before.length;
      for (let i = 0; i < parts.length; i += 2) messages.line(parts[i] ?? '', parts[i + 1] ?? '');
    }
    if (texts.guessed) messages.doubtEncoding(block.guess);
    yield messages.take();
  }
  if (!any) throw new Problem('file_empty');
  messages.line(withoutEndMarks(rest), '');
  messages.finish();
  yield messages.take();
}

class Messages {
  /** the text that contains the lines */
  reading: MessageText = {
    text: '',
    offset: 0,
    encoding: 'utf-8',
    undecodable: false,
    contradiction: undefined,
    isAscii: true,
  };
  /** place of the next line in that text; below 0 where the line begins before it */
  at = 0;
  private readonly options: Hl7Options;
  private batch: TreeBuilder = treeBatch();
  private number = 0;
  private message: OpenMessage | undefined;
  private stray: { readonly line: number; readonly lines: string[] } | undefined;
  private readonly counts = new EnvelopeCounts();
  private delivered = 0;
  /** of a message; and whether another one contains text that agrees with the named encoding */
  private contradicted: Contradiction | undefined;
  private agreed = false;
  /** end of the previous line */
  private ended = '';
  /** empty lines since the last non-empty one */
  private empty = 0;

  constructor(options: Hl7Options) {
    this.options = options;
  }

  /** @param end end of the line */
  line(written: string, end: string): void {
    const before = this.ended;
    this.ended = end;
    this.number += 1;
    const text = isJoint(written.charCodeAt(0)) ? withoutJoint(written) : written;
    if (this.message !== undefined) this.message.end ??= before;
    if (text === '') this.empty += 1;
    else {
      this.filled(text, before);
      this.empty = 0;
    }
    this.at += written.length + end.length;
  }

  private filled(text: string, before: string): void {
    if (text.startsWith('MSH')) this.header(text);
    else if (envelope.test(text)) {
      const problem = this.counts.envelope(text, this.number);
      if (problem !== undefined) this.batch.doubts.push({ record: 'file', problem });
    } else if (this.message === undefined) {
      this.stray ??= { line: this.number, lines: [] };
      this.stray.lines.push(text);
    } else this.segment(text, before, this.message);
  }

  private header(text: string): void {
    this.close();
    this.counts.message();
    this.message = {
      line: this.number,
      segments: [text],
      lines: [this.number],
      begun: this.begin(),
      doubts: new Map(),
      separators: separatorsOf(text),
      encoding: this.reading.encoding,
      contradiction: undefined,
      agrees: false,
      undecodable: false,
      end: undefined,
    };
    this.note(this.message);
  }

  private begin(): SegmentPlace {
    return { text: this.reading, at: this.at, bytes: undefined };
  }

  /** Copies properties of a line's source text to its message. */
  private note(message: OpenMessage): void {
    const { undecodable, contradiction, isAscii } = this.reading;
    message.undecodable ||= undecodable;
    message.contradiction ??= contradiction;
    message.agrees ||= !isAscii && contradiction === undefined;
  }

  private segment(text: string, before: string, message: OpenMessage): void {
    const { segments, lines, doubts, separators, end } = message;
    this.note(message);
    const begins = segmentStart.test(text) && (text.length === 3 || text[3] === (separators?.field ?? '|'));
    const otherEnd = before !== end && isLineEnd(before) && isLineEnd(end ?? '');
    const joins = this.options.continuationLines === 'join';
    if (begins && !(otherEnd && joins)) {
      if (otherEnd) {
        doubts.set(segments.length - 1, 'hl7.line-end');
        doubts.set(segments.length, 'hl7.line-end');
      }
      segments.push(text);
      lines.push(this.number);
      message.begun = this.begin();
      return;
    }
    if (!joins) doubts.set(segments.length - 1, 'hl7.segment-broken');
    this.join(text, message);
  }

  /** Adds a line to the last segment. @throws Problem file_record_too_long */
  private join(text: string, { segments, lines, begun }: OpenMessage): void {
    const begin = segments.pop() ?? '';
    const joined = `${'\n'.repeat(this.empty + 1)}${text}`;
    const segment = begin + joined;
    const bytesOf = textBytes(this.reading.encoding);
    begun.bytes = (begun.bytes ?? bytesOf(begin)) + bytesOf(joined);
    if (begun.bytes > this.options.maxRecordBytes)
      throw new Problem('file_record_too_long', {
        line: lines.at(-1) ?? 0,
        byte: byteOf(begun, segment),
        limit: this.options.maxRecordBytes,
      });
    segments.push(segment);
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
    if (this.counts.messages === 0) throw new Problem('hl7_without_header');
    const { rows, trailers } = this.options;
    const unclosed = this.counts.finish();
    if (unclosed !== undefined && trailers === 'doubt')
      this.batch.doubts.push({ record: 'file', problem: unclosed });
    if (this.contradicted !== undefined && !this.agreed) {
      const problem = recordProblem(0, 'encoding.contradicted', 'text', { ...this.contradicted });
      this.batch.doubts.push({ record: 'file', problem });
    }
    if (this.delivered > 0) return;
    const problem = recordProblem(0, 'hl7.rows', `${this.counts.messages} messages`, { rows });
    this.batch.doubts.push({ record: 'file', problem });
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

  private deliver(message: OpenMessage): void {
    const { line, segments, lines, separators, contradiction } = message;
    this.contradicted ??= contradiction;
    this.agreed ||= message.agrees;
    const problem = problemOf(message);
    if (separators === undefined || problem !== undefined) {
      this.delivered += 1;
      const problems = [problem ?? recordProblem(line, 'hl7.header', 'MSH')];
      this.batch.bad.push({ line, problems, raw: { text: segments } });
      return;
    }
    const escapes = new Escapes(separators, message.encoding);
    const doubts: SegmentDoubt[] = [];
    const groups = segments.map((text, place) => {
      const name = text.slice(0, 3);
      const group = segmentGroup(text, place + 1, separators, escapes);
      const rule = message.doubts.get(place);
      if (rule !== undefined) doubts.push({ place, path: name, rule });
      for (const field of escapes.takeUnread())
        doubts.push({ place, path: `${name}-${field}`, rule: 'hl7.escape' });
      return [name, group] as const;
    });
    for (const [place, text] of segments.entries()) {
      if (contradiction !== undefined && beyondAscii.test(text))
        doubts.push({
          place,
          path: text.slice(0, 3),
          rule: 'encoding.contradicted',
          facts: { ...contradiction },
        });
      if (!suspectText(text)) continue;
      this.warn(text, line);
      doubts.push(...signsOf(text, place, separators));
    }
    const { rows } = this.options;
    if (rows === 'message') this.record(whole(groups), line, doubts);
    else this.rows(groups, lines, rows, doubts);
  }

  /** @throws Problem file_rows_too_large */
  private rows(
    groups: Named,
    lines: readonly number[],
    wanted: string,
    doubts: readonly SegmentDoubt[],
  ): void {
    const before = this.delivered;
    for (const { record, line, about } of byRow(groups, wanted, doubts, lines))
      this.record(record, line, about);
    if (this.delivered === before) this.batch.skipped += 1;
  }

  private record(record: CellGroup, line: number, doubts: readonly SegmentDoubt[]): void {
    for (const { path, rule, facts } of withoutEchoes(doubts)) {
      const problem = { ...recordProblem(line, rule, 'segment', facts), header: path };
      this.batch.doubts.push({ record: this.batch.records.length, problem });
    }
    this.delivered += 1;
    this.batch.records.push(record);
    this.batch.lines.push(line);
  }

  private warn(text: string, line: number): void {
    const warning = cellWarning(text, { line, column: 0, header: text.slice(0, 3) });
    if (warning !== undefined) this.batch.warnings.push(warning);
  }
}

/** Segments in their order, each with its name. */
type Named = readonly (readonly [string, CellGroup])[];

/** A segment that occurs once is a group; one that occurs several times is a list. */
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

/** Maximum number of groups and doubts in the records of one message: each record has those of all segments before its own. */
const maxInMessage = 2 ** 22;

interface RowOfMessage {
  readonly record: CellGroup;
  /** line on which its segment begins */
  readonly line: number;
  /** doubts about its groups */
  readonly about: readonly SegmentDoubt[];
}

/**
 * One record for each segment of a name, with the nearest preceding segment of every other name.
 * @throws Problem file_rows_too_large
 */
function* byRow(
  groups: Named,
  wanted: string,
  doubts: readonly SegmentDoubt[],
  lines: readonly number[],
): Generator<RowOfMessage> {
  const about = grouped(doubts, ({ place }) => place);
  const before: Record<string, Cell> = {};
  const names = new Set<string>();
  /** doubts about the groups in `before` */
  const doubted = new Map<string, readonly SegmentDoubt[]>();
  let size = 0;
  for (const [place, [name, group]] of groups.entries()) {
    const own = about.get(place) ?? [];
    if (name !== wanted) {
      before[name] = group;
      names.add(name);
      if (own.length > 0) doubted.set(name, own);
      else doubted.delete(name);
      continue;
    }
    const all = [...[...doubted.values()].flat(), ...own];
    const line = lines[place] ?? 0;
    size += names.size + 1 + all.length;
    if (size > maxInMessage) throw new Problem('file_rows_too_large', { line });
    yield { record: { ...before, [name]: group }, line, about: all };
  }
}

/* Lines of an HL7 file: their ends, and characters that belong to no message. */

/** MLLP: 0B begins a message, 1C ends it. */
const lineEnd = /(\r\n|[\n\r\u000b\u001c])/;
const envelope = /^(FHS|BHS|BTS|FTS)(?:$|[^\w\s])/;
const segmentStart = /^[A-Z][A-Z0-9]{2}/;
/** Characters left between concatenated files: a byte order mark, the end-of-file mark of DOS. */
const isJoint = (code: number): boolean => code === 0xfeff || code === 0x1a;

/** A line without preceding joint characters, where a file begins there or nothing follows. */
function withoutJoint(text: string): string {
  let start = 0;
  while (isJoint(text.charCodeAt(start))) start += 1;
  const after = text.slice(start);
  return after === '' || after.startsWith('MSH') || envelope.test(after) ? after : text;
}

/** Whether it ends a line and not a frame. */
const isLineEnd = (end: string): boolean => end === '\r' || end === '\n' || end === '\r\n';
