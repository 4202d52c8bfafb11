/** Meaning of names at one position of the document: the prefixes bound there, and the names used in records. */
import type { FaultWord } from '../../../terms/factWords.ts';
import type { Fail } from './characters.ts';

/** Names of XML 1.0, fifth edition (productions 4, 4a and 5), and their division by namespaces. */
const first =
  ':A-Z_a-z\\u{c0}-\\u{d6}\\u{d8}-\\u{f6}\\u{f8}-\\u{2ff}\\u{370}-\\u{37d}\\u{37f}-\\u{1fff}\\u{200c}\\u{200d}\\u{2070}-\\u{218f}' +
  '\\u{2c00}-\\u{2fef}\\u{3001}-\\u{d7ff}\\u{f900}-\\u{fdcf}\\u{fdf0}-\\u{fffd}\\u{10000}-\\u{effff}';
const other = `${first}\\-.0-9\\u{b7}\\u{300}-\\u{36f}\\u{203f}\\u{2040}`;
const name = new RegExp(`^[${first}][${other}]*`, 'u');

/** Number of leading characters (UTF-16 units) that form a name: all of them, if the text is one. */
const nameLength = (text: string): number => name.exec(text)?.[0].length ?? 0;

/** The name without its prefix. */
const localName = (qualified: string): string => qualified.slice(qualified.indexOf(':') + 1);

/** Prefix ('' for none) and local part; undefined for names that namespaces do not allow, such as `a:`, `:a`, `a:b:c` and `a:1`. */
function splitName(qualified: string): { readonly prefix: string; readonly local: string } | undefined {
  const colon = qualified.indexOf(':');
  if (colon < 0) return { prefix: '', local: qualified };
  const local = qualified.slice(colon + 1);
  const sound = colon > 0 && !local.includes(':') && nameLength(local) === local.length && local !== '';
  return sound ? { prefix: qualified.slice(0, colon), local } : undefined;
}

/** A start tag without attributes, identified by its text. */
export interface Tag {
  /** as written in the document */
  readonly qualified: string;
  readonly name: string;
  readonly empty: boolean;
  /** start tag and end tag as written in the document in the usual case */
  readonly opening: string;
  readonly closing: string;
  /** the tag that followed it last: the most likely one to follow again */
  next: Tag | undefined;
}

export const tagOf = (qualified: string, name: string, empty: boolean, opening: string): Tag => ({
  qualified,
  name,
  empty,
  opening,
  closing: `</${qualified}>`,
  next: undefined,
});

export type Attributes = readonly (readonly [name: string, value: string])[];

/** Maximum number of cached names: a document has few, and one with many must not fill the memory. */
const remembered = 10_000;

export interface Scope {
  /** whether a colon separates a prefix, and may occur nowhere else */
  readonly prefixes: boolean;
  /** start tags without attributes by their text */
  readonly tags: Map<string, Tag>;
  readonly elementName: (qualified: string, fail: Fail, end: number) => string;
  /** Scope inside an element with these attributes: this one, unless they bind prefixes. */
  readonly within: (attributes: Attributes, fail: Fail, end: number) => Scope;
  /** The attributes by their names in records, without namespace declarations. */
  readonly named: (attributes: Attributes, fail: Fail, end: number) => Attributes;
}

export function rememberTag(scope: Scope, tag: Tag): void {
  if (scope.tags.size < remembered) scope.tags.set(tag.opening, tag);
}

export const declares = (name: string): boolean => name === 'xmlns' || name.startsWith('xmlns:');

/** Prefixes are dropped: elements and attributes go by their local names. */
export class LocalNames implements Scope {
  readonly prefixes = false;
  readonly tags = new Map<string, Tag>();
  readonly elementName = localName;
  readonly within = (): Scope => this;
  readonly named = (attributes: Attributes): Attributes => {
    const names = new AttributeNames();
    return attributes
      .filter(([name]) => !declares(name))
      .map(([name, value]): [string, string] => [names.of(name, localName(name)), value]);
  };
}

/** Names of the attributes of one element: of two with the same name the later one retains its prefix. */
export class AttributeNames {
  private readonly used = new Set<string>();

  /** @param qualified as written in the document @param called name in records */
  of(qualified: string, called: string): string {
    const name = this.used.has(called) ? qualified : called;
    this.used.add(name);
    return name;
  }
}

const xmlNamespace = 'http://www.w3.org/XML/1998/namespace';
const xmlnsNamespace = 'http://www.w3.org/2000/xmlns/';

/**
 * Elements and attributes of the named namespaces receive our prefix, regardless of the prefix in the document. Namespaces in XML 1.0, third
 * edition.
 */
export class NamespaceScope implements Scope {
  readonly prefixes = true;
  readonly tags = new Map<string, Tag>();
  private readonly bound: ReadonlyMap<string, string>;
  private readonly prefixOf: ReadonlyMap<string, string>;

  private constructor(bound: ReadonlyMap<string, string>, prefixOf: ReadonlyMap<string, string>) {
    this.bound = bound;
    this.prefixOf = prefixOf;
  }

  /** @param namespaces our prefix → URI */
  static outermost(namespaces: Readonly<Record<string, string>>): NamespaceScope {
    const prefixOf = new Map(Object.entries(namespaces).map(([prefix, uri]) => [uri, prefix]));
    return new NamespaceScope(new Map([['xml', xmlNamespace]]), prefixOf);
  }

  elementName = (qualified: string, fail: Fail, end: number): string => {
    const { prefix, local } = splitName(qualified) ?? fail('malformed name', end);
    if (prefix === 'xmlns') fail('tags may not have "xmlns" as prefix', end);
    const uri = this.bound.get(prefix) ?? (prefix === '' ? '' : fail('unbound namespace prefix', end));
    return this.nameOf(uri, local);
  };

  within = (attributes: Attributes, fail: Fail, end: number): Scope => {
    let bound: Map<string, string> | undefined;
    for (const [name, uri] of attributes) {
      if (!declares(name)) continue;
      const prefix = name === 'xmlns' ? '' : (splitName(name)?.local ?? fail('malformed name', end));
      const fault = declarationFault(prefix, uri);
      if (fault !== undefined) fail(fault, end);
      bound ??= new Map(this.bound);
      bound.set(prefix, uri);
    }
    return bound === undefined ? this : new NamespaceScope(bound, this.prefixOf);
  };

  named = (attributes: Attributes, fail: Fail, end: number): Attributes => {
    const seen = new Set<string>();
    const found: [string, string][] = [];
    const names = new AttributeNames();
    for (const [name, value] of attributes) {
      if (declares(name)) continue;
      const { prefix, local } = splitName(name) ?? fail('malformed name', end);
      const uri = prefix === '' ? '' : (this.bound.get(prefix) ?? fail('unbound namespace prefix', end));
      const expanded = `{${uri}}${local}`;
      if (seen.has(expanded)) fail('duplicate attribute', end);
      seen.add(expanded);
      found.push([names.of(name, this.nameOf(uri, local)), value]);
    }
    return found;
  };

  private nameOf(uri: string, local: string): string {
    const prefix = this.prefixOf.get(uri);
    return prefix === undefined ? local : `${prefix}:${local}`;
  }
}

/** Names and URIs that are reserved. */
function declarationFault(prefix: string, uri: string): FaultWord | undefined {
  if (prefix === 'xmlns') return 'the prefix xmlns may not be declared';
  if (prefix === 'xml') return uri === xmlNamespace ? undefined : 'the prefix xml is bound already';
  if (uri === '' && prefix !== '') return 'invalid attempt to undefine a prefix';
  return uri === xmlNamespace || uri === xmlnsNamespace
    ? 'a reserved namespace has its own prefix'
    : undefined;
}

/** The kind of construct that a name belongs to. */
export type CheckedName = 'tag name' | 'closing tag' | 'attribute name' | 'processing instruction name';

/** @throws the error of `fail`, when a qualified name is invalid @param at offset of the name */
export function checkName(qualified: string, at: number, what: CheckedName, fail: Fail): void {
  const length = nameLength(qualified);
  if (length === 0 || length < qualified.length) fail(`disallowed character in ${what}`, at + length + 1);
}
