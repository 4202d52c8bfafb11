/**
 * Splits the text of a document into start tags, texts and end tags, strictly by XML 1.0 and, on request, by Namespaces in XML 1.0. No
 * DOCTYPE. A text, tag or comment is processed once it is complete.
 */
import { checkCharacters, meantText, type Fail } from './characters.ts';
import type { Listener } from './listener.ts';
import { limitExceeded } from './limits.ts';
import { rememberTag, tagOf, type Attributes, type Scope, type Tag, checkName } from './scope.ts';
import { SourceText } from './sourceText.ts';
import { endTag, startTag, unfinished } from './tags.ts';
import { Problem } from '../../../terms/problem.ts';

/* Comments, CDATA sections and processing instructions: markup that begins with `<!` or `<?`. A DOCTYPE is rejected at its first keyword. */

/** The XML declaration and processing instructions. */
const declaration =
  /^<\?xml[ \t\n]+version[ \t\n]*=[ \t\n]*(?:"1\.[0-9]+"|'1\.[0-9]+')(?:[ \t\n]+encoding[ \t\n]*=[ \t\n]*(?:"[A-Za-z][\w.-]*"|'[A-Za-z][\w.-]*'))?(?:[ \t\n]+standalone[ \t\n]*=[ \t\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\n]*\?>$/;

const delimiter = /[ \t\n?]/g;

const what = 'processing instruction name';

/**
 * The name of the instruction that begins at `at`; undefined when the text ends first. The caller handles the rest.
 * @param colons whether the name may contain a colon
 */
function instructionTarget(text: string, at: number, colons: boolean, fail: Fail): string | undefined {
  delimiter.lastIndex = at + 2;
  const end = delimiter.exec(text)?.index ?? text.length;
  const target = text.slice(at + 2, end);
  if (target !== '' || end < text.length) checkName(target, at + 2, what, fail);
  if (!colons && target.includes(':')) fail(`disallowed character in ${what}`, at + 3 + target.indexOf(':'));
  if (end + 1 >= text.length) return undefined;
  if (text.charAt(end) === '?' && text.charAt(end + 1) !== '>')
    fail(`disallowed character in ${what}`, end + 2);
  if (target.toLowerCase() === 'xml' && target !== 'xml')
    fail('an XML declaration must be at the start of the document', end);
  return target;
}

/** @param text a whole declaration; version 1.1 has no effect (2.8) @param first whether a declaration is allowed at its position */
function checkDeclaration(text: string, at: number, first: boolean, fail: Fail): void {
  if (!first) fail('an XML declaration must be at the start of the document', at + 6);
  if (!declaration.test(text)) fail('the XML declaration is malformed', at + text.length);
}

const commentStart = '<!--';
const cdataStart = '<![CDATA[';
const doctypeStart = '<!DOCTYPE';

interface Place {
  readonly inRoot: boolean;
  /** whether an XML declaration is allowed here */
  readonly first: boolean;
  /** whether the name of an instruction may contain a colon */
  readonly colons: boolean;
}

/**
 * @returns offset after the markup, or `unfinished`
 * @throws Problem xml_malformed, xml_doctype
 */
function otherMarkup(text: string, at: number, place: Place, source: SourceText): number {
  if (text.startsWith('<?', at)) return instruction(text, at, place, source);
  if (text.startsWith(commentStart, at)) return comment(text, at, source);
  if (text.startsWith(cdataStart, at)) return cdata(text, at, place, source);
  const start = text.slice(at, at + doctypeStart.length).toUpperCase();
  if (start === doctypeStart) throw new Problem('xml_doctype', { line: source.lineAt(at) });
  const may = [commentStart, cdataStart, doctypeStart].some((word) => word.startsWith(start));
  return may ? unfinished : source.malformed('incorrect syntax', at + 3);
}

/** Content of a CDATA section; undefined for other markup. */
const cdataText = (text: string, at: number, end: number): string | undefined =>
  text.startsWith(cdataStart, at) ? text.slice(at + cdataStart.length, end - 3) : undefined;

function comment(text: string, at: number, source: SourceText): number {
  const dashes = text.indexOf('--', at + commentStart.length);
  if (dashes < 0 || dashes + 2 === text.length) return unfinished;
  checkCharacters(text.slice(at, dashes), at, source.malformed);
  if (text.charAt(dashes + 2) !== '>') source.malformed('malformed comment', dashes + 3);
  return dashes + 3;
}

function cdata(text: string, at: number, place: Place, source: SourceText): number {
  const from = at + cdataStart.length;
  if (!place.inRoot) source.malformed('text data outside of root node', from);
  const close = text.indexOf(']]>', from);
  if (close < 0) return unfinished;
  checkCharacters(text.slice(from, close), from, source.malformed);
  return close + 3;
}

function instruction(text: string, at: number, place: Place, source: SourceText): number {
  const target = instructionTarget(text, at, place.colons, source.malformed);
  const close = text.indexOf('?>', at + 2);
  if (close < 0 || target === undefined) return unfinished;
  const whole = text.slice(at, close + 2);
  if (target === 'xml') checkDeclaration(whole, at, place.first, source.malformed);
  else checkCharacters(whole, at, source.malformed);
  return close + 2;
}

const less = 60;
const slash = 47;
const exclamation = 33;
const question = 63;
const greater = 62;
const byteOrderMark = 0xfeff;
const noAttributes: Attributes = [];
const nonSpace = /[^ \t\n]/;

export class Tokenizer {
  readonly source = new SourceText();
  private readonly fail = this.source.malformed;
  private readonly listener: Listener;
  private readonly longest: number;
  /** offset in the source's text: everything before it was reported */
  private at = 0;
  /** offset of the start tag being reported */
  private tagAt = 0;
  private readonly open: string[] = [];
  private readonly scopes: Scope[] = [];
  private scope: Scope;
  private before: Tag | undefined;
  /** whether input was read yet: a byte order mark, and anything else */
  private begun = false;
  private declarationAllowed = true;
  private rootSeen = false;

  /** @param longest maximum number of characters of a text, tag, comment, CDATA section or instruction */
  constructor(listener: Listener, scope: Scope, longest: number) {
    this.listener = listener;
    this.scope = scope;
    this.longest = longest;
  }

  /** Line on which the start tag being reported begins. */
  readonly line = (): number => this.source.lineAt(this.tagAt);

  /** @throws Problem xml_malformed, xml_doctype, file_line_over_limit */
  feed(piece: string): void {
    if (this.source.add(piece, this.at)) this.read();
  }

  /** The document has ended. @throws Problem as `feed` does */
  close(): void {
    this.source.end(this.at);
    this.read();
    const { text } = this.source;
    checkCharacters(text.slice(this.at), this.at, this.fail);
    if (!this.rootSeen) this.fail('document must contain a root element', text.length);
    if (this.open.length > 0) this.fail('unclosed tag', text.length);
    if (nonSpace.test(text.slice(this.at))) this.fail('unexpected end', text.length);
  }

  private read(): void {
    const { text } = this.source;
    this.at = 0;
    if (!this.begun && text !== '') {
      this.begun = true;
      if (text.charCodeAt(0) === byteOrderMark) this.at = 1;
    }
    for (;;) {
      if (text.charCodeAt(this.at) !== less) {
        const end = text.indexOf('<', this.at);
        if (end < 0) break;
        this.text(text, this.at, end);
        this.at = end;
      }
      const end = this.markup(text, this.at);
      if (end < 0) break;
      this.at = end;
      this.declarationAllowed = false;
    }
    this.withinLimit(text.length - this.at);
    if (this.open.length === 0) this.checkOutside(text, this.at, text.length);
  }

  private withinLimit(length: number): void {
    if (length > this.longest) throw limitExceeded(this.source.lineAt(this.at), 'maxTextChars', this.longest);
  }

  private text(text: string, at: number, end: number): void {
    this.declarationAllowed = false;
    this.withinLimit(end - at);
    if (this.open.length === 0) this.checkOutside(text, at, end);
    else this.listener.text(meantText(text.slice(at, end), at, this.fail));
  }

  private checkOutside(text: string, at: number, end: number): void {
    if (at === end || text.charCodeAt(at) === less) return;
    const found = nonSpace.exec(text.slice(at, end));
    if (found !== null) this.fail('text data outside of root node', at + found.index + 1);
  }

  /** @returns offset after the tag or other markup that begins at `at`; below 0 when the text ends first */
  private markup(text: string, at: number): number {
    const code = text.charCodeAt(at + 1);
    if (code === slash) return this.end(text, at);
    if (code === exclamation || code === question) return this.other(text, at);
    const ahead = this.open.length === 0 ? at : this.listener.readAhead(text, at, this.scope);
    return ahead > at ? ahead : this.start(text, at);
  }

  private start(text: string, at: number): number {
    const known = this.knownTag(text, at);
    if (known !== undefined) return this.leaf(text, at, known);
    const tag = startTag(text, at, this.fail);
    if (tag === undefined) return unfinished;
    const { qualified, attributes, empty, end } = tag;
    const scope = this.scope.within(attributes, this.fail, end);
    const name = scope.elementName(qualified, this.fail, end);
    const found = tagOf(qualified, name, empty, text.slice(at, end));
    if (attributes.length === 0) rememberTag(scope, found);
    return this.begin(found, scope.named(attributes, this.fail, end), scope, end, at);
  }

  /** A tag without attributes that occurred in this scope before. */
  private knownTag(text: string, at: number): Tag | undefined {
    const { before } = this;
    const likely = before?.next;
    if (likely !== undefined && text.startsWith(likely.opening, at)) {
      this.before = likely;
      return likely;
    }
    const close = text.indexOf('>', at);
    const known = close < 0 ? undefined : this.scope.tags.get(text.slice(at, close + 1));
    if (before !== undefined) before.next = known;
    this.before = known;
    return known;
  }

  /** Reports a complete element that contains text alone in one call. */
  private leaf(text: string, at: number, tag: Tag): number {
    const from = at + tag.opening.length;
    const to = tag.empty || this.open.length === 0 ? -1 : text.indexOf('<', from);
    if (to < 0 || text.charCodeAt(to + 1) !== slash || !text.startsWith(tag.closing, to))
      return this.begin(tag, noAttributes, this.scope, from, at);
    const end = to + tag.closing.length;
    this.withinLimit(end - at > this.longest ? Math.max(from - at, to - from, end - to) : 0);
    this.at = from;
    this.tagAt = at;
    this.listener.leaf(tag.name, meantText(text.slice(from, to), from, this.fail));
    return end;
  }

  private begin(tag: Tag, attributes: Attributes, scope: Scope, end: number, at: number): number {
    this.withinLimit(end - at);
    if (this.open.length === 0 && this.rootSeen) this.fail('documents may contain only one root', end);
    this.rootSeen = true;
    this.at = end;
    this.tagAt = at;
    this.listener.start(tag.name, attributes);
    if (tag.empty) this.listener.end();
    else {
      this.open.push(tag.qualified);
      this.scopes.push(this.scope);
      this.enter(scope);
    }
    return end;
  }

  private enter(scope: Scope): void {
    if (scope === this.scope) return;
    this.scope = scope;
    this.before = undefined;
  }

  private end(text: string, at: number): number {
    const open = this.open[this.open.length - 1];
    let end = at + 3 + (open?.length ?? 0);
    if (open === undefined || text.charCodeAt(end - 1) !== greater || !text.startsWith(open, at + 2)) {
      end = endTag(text, at, open, this.fail);
      if (end < 0) return unfinished;
    }
    this.withinLimit(end - at);
    this.open.pop();
    this.enter(this.scopes.pop() ?? this.scope);
    this.listener.end();
    return end;
  }

  private other(text: string, at: number): number {
    const colons = !this.scope.prefixes;
    const place = { inRoot: this.open.length > 0, first: this.declarationAllowed, colons };
    const end = otherMarkup(text, at, place, this.source);
    if (end < 0) return unfinished;
    this.withinLimit(end - at);
    const inside = cdataText(text, at, end);
    if (inside !== undefined) this.listener.text(inside);
    return end;
  }
}
