import { comparableMap, comparableOf } from './comparable.ts';
import { fieldPeeker, type PeekField } from './fieldPeeker.ts';
import { normal } from './fieldNames.ts';
import type { CopybookOptions } from '../options.ts';
import type { RedefineRule } from '../viewOptions.ts';
import type { RecordReader } from './recordReader.ts';
import type { ReadState } from './recordState.ts';
import type { ViewSlots } from './viewChoices.ts';

export interface RecordKind {
  /** group of its record type, '' where options name none */
  readonly segment: string;
  /** whether its record type is one that options do not name */
  readonly unknown: boolean;
}

const noSegment: RecordKind = { segment: '', unknown: false };
const unknownSegment: RecordKind = { segment: '', unknown: true };

type Test = (state: ReadState, at: number) => boolean;

/** Determines for each record which of the views named by options it contains. */
export class RecordKinds {
  private readonly views: ViewSlots;
  /** reused for each record */
  private readonly chosen: boolean[];
  private readonly peekSegment: PeekField | undefined;
  private readonly groups: ReadonlyMap<
    string,
    { readonly kind: RecordKind; readonly slot: number | undefined }
  >;
  private readonly tests: readonly { readonly slot: number; readonly holds: Test }[];

  /** Undefined where options distinguish no views. @throws Problem copybook_reference */
  static of(options: CopybookOptions, reader: RecordReader): RecordKinds | undefined {
    return reader.views.count === 0 ? undefined : new RecordKinds(options, reader);
  }

  private constructor(options: CopybookOptions, reader: RecordReader) {
    this.views = reader.views;
    this.chosen = Array.from<boolean>({ length: reader.views.count }).fill(false);
    const { segmentField, segmentRedefines = {} } = options;
    this.peekSegment = segmentField === undefined ? undefined : fieldPeeker(segmentField, reader);
    const comparable = this.peekSegment?.comparable ?? comparableOf(false);
    const groups = comparableMap(segmentRedefines, comparable, 'segmentRedefines');
    this.groups = new Map(
      [...groups].map(([value, segment]) => [
        value,
        { kind: { segment, unknown: false }, slot: reader.views.segments.get(normal(segment)) },
      ]),
    );
    this.tests = [...reader.views.rules.values()].map(({ slot, rule }) => ({
      slot,
      holds: testOf(rule, (name) => fieldPeeker(name, reader)),
    }));
  }

  /** Sets the choices for the record that begins here. */
  choose(state: ReadState, at: number): RecordKind {
    const chosen = this.chosen.fill(false);
    let kind = noSegment;
    if (this.peekSegment !== undefined && this.groups.size > 0) {
      const named = this.groups.get(this.peekSegment.textOf(state, at));
      kind = named?.kind ?? unknownSegment;
      if (named?.slot !== undefined) chosen[named.slot] = true;
    }
    for (const { slot, holds } of this.tests) chosen[slot] = holds(state, at);
    state.chosen = chosen;
    return kind;
  }
}

function testOf({ field, is = [], length }: RedefineRule, peekerOf: (name: string) => PeekField): Test {
  const lengths = typeof length === 'number' ? [length, length] : length;
  const peek = field === undefined ? undefined : peekerOf(field);
  const values = new Set((typeof is === 'string' ? [is] : is).map((one) => peek?.comparable(one) ?? one));
  return (state, at) => {
    const bytes = state.end - at;
    if (lengths !== undefined && !(bytes >= lengths[0] && bytes <= lengths[1])) return false;
    return peek === undefined || values.has(peek.textOf(state, at));
  };
}
