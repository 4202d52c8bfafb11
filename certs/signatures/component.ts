/** Covered components of a signature (RFC 9421 §2): the meaning of a component identifier and the source of its value. */
import { FieldReader, FieldSyntaxError, type InnerListItem } from './structuredField.ts';

/** A message in the view of components. `header` gives the value of a field by lower-case name, lines of one name joined with ", ". */
export interface MessageView {
  readonly method?: string;
  readonly targetUri?: string;
  readonly status?: number;
  readonly headers: ReadonlyMap<string, string>;
  /** the request that a reply answers, for components with `;req` */
  readonly request?: MessageView;
}

export interface Component {
  /** lower-case name, derived ones with their "@" */
  readonly name: string;
  /** the identifier in the form of the signature base, with its parameters */
  readonly id: string;
  /** value from the request that is answered (`;req`) */
  readonly ofRequest: boolean;
  /** one member of a dictionary field (`;key="…"`) */
  readonly member: string | undefined;
}

const derived: Readonly<Record<string, (view: MessageView) => string | undefined>> = {
  '@method': (view) => view.method,
  '@target-uri': (view) => view.targetUri,
  '@authority': (view) => urlOf(view)?.host,
  '@scheme': (view) => urlOf(view)?.protocol.slice(0, -1),
  '@path': (view) => urlOf(view)?.pathname,
  '@query': (view) => (view.targetUri === undefined ? undefined : (urlOf(view)?.search ?? '') || '?'),
  '@request-target': (view) => {
    const url = urlOf(view);
    return url === undefined ? undefined : `${url.pathname}${url.search}`;
  },
  '@status': (view) => (view.status === undefined ? undefined : String(view.status)),
};

function urlOf(view: MessageView): URL | undefined {
  return view.targetUri !== undefined && URL.canParse(view.targetUri) ? new URL(view.targetUri) : undefined;
}

/**
 * Reads one item of the list of covered components.
 * @throws FieldSyntaxError for an unknown derived component or a parameter this library does not support (`sf`, `bs`, `tr`)
 */
export function component(item: InnerListItem, position = 0): Component {
  const { value: name, parameters } = item;
  let id = JSON.stringify(name);
  for (const [parameter, value] of Object.entries(parameters)) {
    if (parameter === 'req' && value === true) id += ';req';
    else if (parameter === 'key' && typeof value === 'string') id += `;key=${JSON.stringify(value)}`;
    else throw new FieldSyntaxError(position, `no parameter ${parameter} on ${JSON.stringify(name)}`);
  }
  const known = name.startsWith('@') ? Object.hasOwn(derived, name) : isFieldName(name);
  if (!known)
    throw new FieldSyntaxError(position, `a component known to RFC 9421 instead of ${JSON.stringify(name)}`);
  const { key } = parameters;
  return {
    name,
    id,
    ofRequest: parameters['req'] === true,
    member: typeof key === 'string' ? key : undefined,
  };
}

/** A lower-case field name (RFC 9110 §5.1). */
function isFieldName(name: string): boolean {
  return name.length > 0 && !/[^a-z0-9!#$%&'*+\-.^_`|~]/.test(name);
}

/** The component's value in a message; undefined where the message does not have it. */
export function componentValue(wanted: Component, view: MessageView): string | undefined {
  const source = wanted.ofRequest ? view.request : view;
  if (source === undefined) return undefined;
  if (wanted.name.charCodeAt(0) === 0x40) return derived[wanted.name]?.(source);
  const value = source.headers.get(wanted.name);
  return value === undefined || wanted.member === undefined ? value : dictionaryMember(value, wanted.member);
}

/** Canonical text of one member of a dictionary whose members are byte sequences or inner lists; the others are skipped. */
export function dictionaryMember(field: string, member: string): string | undefined {
  try {
    const reader = new FieldReader(field);
    let found: string | undefined;
    for (;;) {
      const name = reader.key();
      reader.need('=');
      const start = reader.position;
      skipMember(reader);
      if (name === member) found = field.slice(start, reader.position);
      if (reader.ended) return found;
      reader.need(',');
      reader.take(' ');
    }
  } catch (error) {
    if (error instanceof FieldSyntaxError) return undefined;
    throw error;
  }
}

function skipMember(reader: FieldReader): void {
  if (reader.text.charCodeAt(reader.position) === 0x28) reader.innerList(64);
  else reader.bytes(4096);
  reader.parameters();
}
