/** Compiles a shape into the pattern that matches its records, and the plan for extracting their parts. */
import type { Shape, ShapeAttribute } from './shape.ts';

/** Capture numbers of the parts of one element in a match; 0 for parts that the shape lacks. */
export interface Plan {
  readonly name: string;
  readonly list: boolean;
  readonly attributes: readonly { readonly name: string; readonly index: number; readonly nil: boolean }[];
  /** present: the element contains text; a CDATA section alone; it is self-closing; it contains elements */
  readonly text: number;
  readonly cdata: number;
  readonly closed: number;
  readonly group: number;
  /** always contains text, and nothing else */
  readonly textAlone: boolean;
  readonly children: readonly Plan[];
  /** the names of the children differ, and have no special meaning in JavaScript */
  readonly plain: boolean;
  /** a run of such elements, extracted one by one */
  readonly repeated: { readonly index: number; readonly one: CompiledShape } | undefined;
}

export interface CompiledShape {
  /** matches at its `lastIndex` and moves it past the record and the white space that follows */
  readonly recognise: RegExp;
  readonly takeApart: RegExp;
  readonly plan: Plan;
}

const space = '[ \\t\\n]*';
const refused = '&\\0-\\x08\\x0b-\\x1f\\ud800-\\udfff\\ufffe\\uffff';
/** References that need no further check: to a character of XML (production 2), as a number with or without leading zeros. */
const hex = '[\\da-fA-F]';
const hexadecimal = `x0*(?:[9aAdD]|[2-9a-fA-F]${hex}|[1-9a-fA-F]${hex}{2}|[1-9a-cA-CeE]${hex}{3}|[dD][0-7]${hex}{2}|[fF](?:[\\da-eA-E]${hex}{2}|[fF](?:[\\da-eA-E]${hex}|[fF][\\da-dA-D]))|(?:[1-9a-fA-F]|10)${hex}{4})`;
const fiveDigits =
  '[1-4]\\d{4}|5[0-4]\\d{3}|55[01]\\d\\d|552[0-8]\\d|5529[0-5]|5734[4-9]|573[5-9]\\d|57[4-9]\\d\\d|5[89]\\d{3}|6[0-4]\\d{3}|65[0-4]\\d\\d|655[0-2]\\d|6553[0-36-9]|655[4-9]\\d|65[6-9]\\d\\d|6[6-9]\\d{3}|[7-9]\\d{4}';
const sixDigits = '[1-9]\\d{5}|10\\d{5}|110\\d{4}|111[0-3]\\d{3}|11140\\d\\d|11141(?:0\\d|1[01])';
const decimal = `0*(?:9|1[03]|3[2-9]|[4-9]\\d|[1-9]\\d{2,3}|${fiveDigits}|${sixDigits})`;
const entity = `&(?:amp|lt|gt|quot|apos|#(?:${decimal}|${hexadecimal}));`;
/** A character beyond U+FFFF, such as a rare ideograph. */
const pair = '[\\ud800-\\udbff][\\udc00-\\udfff]';
/** Characters that need no further check; `>` is excluded in text, because `]]>` is not allowed there. */
const run = (but: string): string => `[^<${but}${refused}]*`;
const valueOf = (but: string): string => `${run(but)}(?:(?:${pair}|${entity})${run(but)})*`;
const text = valueOf('>');
const inSection = `[^\\]${refused.slice(1)}]*`;
const cdata = `${inSection}(?:${pair}${inSection})*`;
const attributeText = { '"': valueOf('"\\t\\n'), "'": valueOf("'\\t\\n") };

const literal = (exactly: string): string => exactly.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

/** Writes patterns; counts the captures of one, or writes none. */
class PatternWriter {
  private captures = 0;
  private readonly capturing: boolean;
  private readonly lists: ReadonlySet<string>;

  constructor(capturing: boolean, lists: ReadonlySet<string>) {
    this.capturing = capturing;
    this.lists = lists;
  }

  /** @param gap pattern of the space between attributes: a record's line is that of the end of its start tag */
  element(shape: Shape, gap: string): { readonly source: string; readonly plan: Plan } {
    const attributes = shape.attributes.map((attribute) => this.attribute(attribute, gap));
    let [group, text_, cdata_, closed] = [0, 0, 0, 0];
    const forms: string[] = [];
    const children: Plan[] = [];
    if (shape.children.length > 0) {
      group = this.next();
      const inside = shape.children.map((child) => this.child(child));
      children.push(...inside.map(({ plan }) => plan));
      const some = shape.children.every(({ optional }) => optional) ? `(?=${space}<[^/])` : '';
      forms.push(
        `${this.capture('>')}${some}${inside.map(({ source }) => source).join('')}${space}</${literal(shape.tag)}>`,
      );
    }
    if (shape.text) {
      text_ = this.next();
      forms.push(`>${this.capture(text)}</${literal(shape.tag)}>`);
    }
    if (shape.cdata) {
      cdata_ = this.next();
      forms.push(`><!\\[CDATA\\[${this.capture(cdata)}\\]\\]></${literal(shape.tag)}>`);
    }
    if (shape.closed) {
      closed = this.next();
      forms.push(`[ \\t]*${this.capture('/')}>`);
    }
    const body = forms.length === 1 ? (forms[0] ?? '') : `(?:${forms.join('|')})`;
    const list = this.lists.has(shape.name);
    const names = children.map(({ name }) => name);
    return {
      source: `<${literal(shape.tag)}${attributes.map(({ source }) => source).join('')}${body}`,
      plan: {
        name: shape.name,
        list,
        textAlone: shape.text && forms.length === 1 && attributes.length === 0 && !list,
        attributes: attributes.flatMap(({ plan }) => plan),
        group,
        text: text_,
        cdata: cdata_,
        closed,
        children,
        plain: new Set(names).size === names.length && !names.some((name) => name in Object.prototype),
        repeated: undefined,
      },
    };
  }

  private child(shape: Shape): { readonly source: string; readonly plan: Plan } {
    const inGap = '[ \\t\\n]+';
    if (!shape.repeated) {
      const { source, plan } = this.element(shape, inGap);
      return { source: shape.optional ? `(?:${space}${source})?` : `${space}${source}`, plan };
    }
    const index = this.next();
    const bare = new PatternWriter(false, this.lists).element(shape, inGap);
    const source = `${this.capture(`(?:${space}${bare.source})+`)}${shape.optional ? '?' : ''}`;
    if (!this.capturing) return { source, plan: bare.plan };
    const one = compiled({ ...shape, optional: false, repeated: false }, this.lists, inGap);
    return { source, plan: { ...one.plan, textAlone: false, repeated: { index, one } } };
  }

  private attribute(
    { tag, quote, name, fixed, optional }: ShapeAttribute,
    gap: string,
  ): { readonly source: string; readonly plan: Plan['attributes'] } {
    if (fixed !== undefined)
      return { source: `${gap}${literal(`${tag}=${quote}${fixed}${quote}`)}`, plan: [] };
    const index = this.next();
    const value = this.capture(attributeText[quote === '"' ? '"' : "'"]);
    const source = `${gap}${literal(tag)}=${quote}${value}${quote}`;
    return {
      source: optional ? `(?:${source})?` : source,
      plan: [{ name: `@${name}`, index, nil: name === 'nil' }],
    };
  }

  private next(): number {
    this.captures += 1;
    return this.captures;
  }

  private capture(source: string): string {
    return this.capturing ? `(${source})` : `(?:${source})`;
  }
}

/** @param lists names that are lists even where they occur once */
export const compileShape = (shape: Shape, lists: ReadonlySet<string>): CompiledShape =>
  compiled(shape, lists, '[ \\t]+');

function compiled(shape: Shape, lists: ReadonlySet<string>, gap: string): CompiledShape {
  const { source, plan } = new PatternWriter(true, lists).element(shape, gap);
  const bare = new PatternWriter(false, lists).element(shape, gap).source;
  return {
    recognise: new RegExp(`${bare}${space}`, 'y'),
    takeApart: new RegExp(`${space}${source}`, 'y'),
    plan,
  };
}
