/** A message whose segments are still being read: its problems and doubts. */
import type { RowProblem } from '../../terms/rowProblem.ts';
import { recordProblem, type RowRule } from '../reading/rowRules.ts';
import { suspectText } from '../reading/text/textBlock.ts';
import { textSign, type TextSign } from '../reading/text/textSigns.ts';
import type { Contradiction } from './messageTexts.ts';
import type { Separators } from './separators.ts';

export interface OpenMessage {
  readonly line: number;
  readonly segments: string[];
  /** line on which each of them begins */
  readonly lines: number[];
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
