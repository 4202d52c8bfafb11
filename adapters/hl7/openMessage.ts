/** A message whose segments are still being read: its problems and doubts. */
import type { RowProblem } from '../../terms/rowProblem.ts';
import { recordProblem, type RowRule } from '../reading/rowRules.ts';
import { suspectText } from '../reading/text/textBlock.ts';
import { textSign, type TextSign } from '../reading/text/textSigns.ts';
import { textBytes } from '../reading/text/textBytes.ts';
import type { Contradiction, MessageText } from './messageTexts.ts';
import type { Separators } from './separators.ts';

/** Where a segment begins: a place in a text of the file; below 0 in the text before that one. */
export interface SegmentPlace {
  readonly text: MessageText;
  readonly at: number;
  /** bytes of the segment, once a further line was joined to it */
  bytes: number | undefined;
}

/** Byte, in the file, at which a segment begins. */
export function byteOf({ text: { text, offset, encoding }, at }: SegmentPlace, segment: string): number {
  const bytesOf = textBytes(encoding);
  return at < 0 ? offset - bytesOf(segment.slice(0, -at)) : offset + bytesOf(text.slice(0, at));
}

export interface OpenMessage {
  readonly line: number;
  readonly segments: string[];
  /** line on which each of them begins */
  readonly lines: number[];
  /** where the last of them begins */
  begun: SegmentPlace;
  /** doubts about the segments, by position */
  readonly doubts: Map<number, LineRule>;
  readonly separators: Separators | undefined;
  readonly encoding: string;
  /** contradiction between the text and the named encoding */
  contradiction: Contradiction | undefined;
  /** it contains bytes above 7F that agree with its encoding */
  agrees: boolean;
  /** some of its bytes are not valid in its encoding */
  undecodable: boolean;
  /** line end of its header, and so expected of its other segments */
  end: string | undefined;
}

/** A segment that is split over two lines; one that begins or continues after an unusual line end. */
export type LineRule = 'hl7.segment-broken' | 'hl7.line-end';

/** A lenient reading of one segment. */
export interface SegmentDoubt {
  readonly place: number;
  /** as mappings write it: OBR, PID-5 */
  readonly path: string;
  readonly facts?: Readonly<Record<string, string>>;
  readonly rule: LineRule | 'hl7.escape' | 'encoding.contradicted' | TextSign;
}

export const beyondAscii = /[^\0-\x7f]/;

/** The signs of damaged text in a segment, by its fields. */
export function signsOf(segment: string, place: number, { field }: Separators): SegmentDoubt[] {
  const name = segment.slice(0, 3);
  return segment.split(field).flatMap((text, index) => {
    const rule = textSign(text);
    return rule === undefined ? [] : [{ place, path: `${name}-${name === 'MSH' ? index + 1 : index}`, rule }];
  });
}

export function problemOf({ segments, line, separators, undecodable }: OpenMessage): RowProblem | undefined {
  const problem = (rule: RowRule): RowProblem => recordProblem(line, rule, 'message');
  if (separators === undefined) return problem('hl7.header');
  const fields = (segments[0] ?? '').split(separators.field);
  if (fields.length < 9) return problem('hl7.header');
  if ((fields[8] ?? '').trim() === '') return problem('hl7.message-type');
  if ((fields[9] ?? '').trim() === '') return problem('hl7.control-id');
  const suspects = segments.filter(suspectText);
  if (suspects.some((text) => text.includes('\0'))) return problem('text.nul');
  if (suspects.some((text) => text.includes('\ufffd')))
    return problem(undecodable ? 'encoding.invalid' : 'encoding.lost');
  return undefined;
}
