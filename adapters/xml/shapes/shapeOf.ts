/** Derives the shape of a record of a document. */
import type { Fail } from '../../reading/markup/characters.ts';
import type { Attributes, Scope } from '../../reading/markup/scope.ts';
import { declares } from '../../reading/markup/scope.ts';
import { distinct, merged } from './mergeShapes.ts';
import type { Shape, ShapeAttribute } from './shape.ts';

/** Maximum number of elements: a shape does not pay off for larger records. */
const maxElements = 300;
const deepest = 20;
/** Maximum length of a name, or namespace, in a pattern. */
const maxNameLength = 200;
const piece =
  /<(\/?)([^\s<>/"'=&!?]+)((?:[ \t\n]+[^\s<>/"'=&]+=(?:"[^"<]*"|'[^'<]*'))*)[ \t\n]*(\/?)>([^<]*)/y;
type Piece = readonly [
  whole: string,
  ending: string,
  tag: string,
  attributes: string,
  closed: string,
  after: string,
];
const cdata = /<!\[CDATA\[[^\]]*\]\]>(?=<\/)/y;
const attribute = /[ \t\n]+([^=]+)=(?:"([^"]*)"|'([^']*)')/g;
const nonSpace = /[^ \t\n]/;

interface Draft {
  readonly tag: string;
  readonly name: string;
  readonly attributes: readonly ShapeAttribute[];
  readonly children: Shape[];
  readonly scope: Scope;
  text: string;
  cdata: boolean;
}

/**
 * The shape of the element that begins at `at`, which is known to be well-formed.
 * @param mixed names of elements whose tags are ignored
 * @returns undefined if it contains comments, or text or CDATA next to elements, or is too large
 */
export function shapeOf(
  text: string,
  at: number,
  scope: Scope,
  mixed: ReadonlySet<string>,
): Shape | undefined {
  const open: Draft[] = [];
  piece.lastIndex = at;
  for (let left = 2 * maxElements; left > 0; left -= 1) {
    const found = piece.exec(text);
    if (found === null) return undefined;
    // every group of the pattern takes part in every match
    const [, ending, tag, attributes, closed, after] = found as unknown as Piece;
    let done: Shape | undefined;
    if (ending === '') {
      const draft = begun(tag, attributes, open.at(-1)?.scope ?? scope);
      if (draft === undefined || mixed.has(draft.name) || open.length === deepest) return undefined;
      if (closed === '') {
        draft.text = after;
        draft.cdata = after === '' && pastCdata(text);
        open.push(draft);
        continue;
      }
      done = shaped(draft, true);
    } else {
      done = ended(open.pop());
      if (done === undefined) return undefined;
    }
    const parent = open.at(-1);
    if (parent === undefined) return done;
    parent.text += after;
    if (!joined(parent.children, done)) return undefined;
  }
  return undefined;
}

/** Undefined without a start tag, or with text next to elements. */
function ended(draft: Draft | undefined): Shape | undefined {
  if (draft === undefined || (draft.children.length > 0 && nonSpace.test(draft.text))) return undefined;
  return shaped(draft, false);
}

/** Skips a CDATA section that is the only content of an element. */
function pastCdata(text: string): boolean {
  cdata.lastIndex = piece.lastIndex;
  if (!cdata.test(text)) return false;
  piece.lastIndex = cdata.lastIndex;
  return true;
}

const never: Fail = (what) => {
  throw new Error(typeof what === 'string' ? what : what.en);
};

function begun(tag: string, written: string, outer: Scope): Draft | undefined {
  const found = [...written.matchAll(attribute)].map(([, name = '', double, single = '']) => ({
    name,
    value: double ?? single,
    quote: double === undefined ? "'" : '"',
  }));
  const scope = outer.within(
    found.map(({ name, value }): [string, string] => [name, value]),
    never,
    0,
  );
  const attributes = found.map(({ name, value, quote }): ShapeAttribute => {
    const declaration = declares(name);
    const called: Attributes = declaration ? [] : scope.named([[name, '']], never, 0);
    return {
      tag: name,
      quote,
      name: called[0]?.[0] ?? '',
      fixed: declaration ? value : undefined,
      optional: false,
    };
  });
  const long = found.some(
    ({ name, value }) => name.length > maxNameLength || (declares(name) && value.length > maxNameLength),
  );
  if (long || tag.length > maxNameLength) return undefined;
  if (!distinct(attributes) || attributes.some(({ fixed }) => fixed?.includes('\n'))) return undefined;
  return {
    tag,
    name: scope.elementName(tag, never, 0),
    attributes,
    children: [],
    scope,
    text: '',
    cdata: false,
  };
}

const shaped = ({ tag, name, attributes, children, cdata: section }: Draft, closed: boolean): Shape => ({
  tag,
  name,
  attributes,
  children,
  text: !closed && !section && children.length === 0,
  cdata: section,
  closed,
  optional: false,
  repeated: false,
});

/** Appends an element to its siblings; an element that repeats the last sibling is merged with it. */
function joined(siblings: Shape[], next: Shape): boolean {
  const last = siblings.at(-1);
  if (last?.tag !== next.tag) siblings.push(next);
  else {
    const both = merged(last, next);
    if (both === undefined) return false;
    siblings[siblings.length - 1] = { ...both, repeated: true };
  }
  return true;
}
