/** Compares the covered components in Signature-Input with the headers that were sent. */
import { Problem } from '../../terms/problem.ts';
import { component, type Component } from './component.ts';
import { isPlainValue } from './headers.ts';
import { isDatongHeader, maxHeaderValueLength, maxComponents, mustBeCovered } from './profile.ts';
import type { FieldReader } from './structuredField.ts';

/** A list of covered components. */
export interface Shape {
  readonly components: readonly Component[];
  /** names of covered headers */
  readonly headers: ReadonlySet<string>;
}

/** Lists that a verifier has parsed before, by their text, because callers sign the same list again and again. */
export type ShapesRead = Map<string, Shape>;
const maxShapes = 512;

/** Finds a list by its text; only correctly parsed texts are in the map. */
export function readShape(reader: FieldReader, shapes: ShapesRead): Shape {
  const close = reader.text.indexOf(')', reader.position);
  const text = reader.text.slice(reader.position, close + 1);
  const stored = shapes.get(text);
  if (stored !== undefined) {
    reader.position = close + 1;
    return stored;
  }
  const shape = parseShape(reader);
  if (shapes.size >= maxShapes) shapes.clear();
  shapes.set(text, shape);
  return shape;
}

function parseShape(reader: FieldReader): Shape {
  const start = reader.position;
  const components = reader.innerList(maxComponents).map((item) => component(item, start));
  const ids = new Set<string>();
  const headers = new Set<string>();
  for (const { id, name, ofRequest, member } of components) {
    if (ids.has(id)) throw malformedInput('every component once', id);
    ids.add(id);
    const derived = name === '@method' || name === '@target-uri';
    if (ofRequest || member !== undefined || !(derived || mustBeCovered(name))) throw unexpected(id);
    if (!derived) headers.add(name);
  }
  for (const name of ['@method', '@target-uri', 'content-digest']) {
    if (!ids.has(`"${name}"`)) throw uncovered(name);
  }
  return { components, headers };
}

function uncovered(name: string): Problem {
  return new Problem('component_missing', { component: `"${name}"` }, { check: 'components', at: name });
}

function unexpected(id: string): Problem {
  return new Problem('component_unexpected', { component: id }, { check: 'components', at: id });
}

/** Checks that every relevant header that was sent is signed, and that every signed header was sent. */
export function checkCoverage(headers: ReadonlyMap<string, string>, shape: Shape, hasBody: boolean): void {
  for (const [name, value] of headers) {
    if (!mustBeCovered(name)) continue;
    if (name.startsWith('datong-') && !isDatongHeader(name))
      throw new Problem('header_unknown', { name }, { check: 'headers', at: name });
    if (!shape.headers.has(name)) throw uncovered(name);
    if (!isPlainValue(value, maxHeaderValueLength)) throw malformedHeader(name, value);
  }
  for (const name of shape.headers) if (!headers.has(name)) throw unexpected(`"${name}"`);
  if (hasBody && !shape.headers.has('content-type')) throw uncovered('content-type');
}

/** Describes what is wrong with a value without repeating it, because it may contain an official's id or a case number. */
function malformedHeader(name: string, value: string): Problem {
  return new Problem(
    'header_malformed',
    { name },
    {
      check: 'headers',
      at: name,
      expected: `1 to ${maxHeaderValueLength} characters of visible ASCII`,
      received: `${value.length} characters`,
    },
  );
}

/** Signature-Input, or a part of it, deviates from the profile. */
export function malformedInput(expected: string, received?: string): Problem {
  return new Problem(
    'signature_input_malformed',
    {},
    { check: 'headers', at: 'signature-input', expected, ...(received === undefined ? {} : { received }) },
  );
}
