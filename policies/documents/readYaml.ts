/**
 * Converts YAML written by people into plain values, with the position of each. It rejects aliases, duplicate keys, tags, and plain scalars
 * that would change when read (012345 → 12345, an 18-digit number → its nearest double). Such scalars must be quoted.
 */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Document,
  type Node,
} from 'yaml';
import { pointer, type PolicyFinding } from '../finding.ts';
import type { Place } from './storedDocument.ts';

export interface YamlDocument {
  /** undefined where the text is not YAML; with findings it only serves to determine the intended kind of document */
  readonly value: unknown;
  /** JSON pointer → position of its value */
  readonly places: ReadonlyMap<string, Place>;
  readonly findings: readonly PolicyFinding[];
}

const maxTextLength = 512 * 1024;
/** names that every object inherits: as a key they would read or replace a member that the author did not write */
const isInherited = (name: string): boolean => name in Object.prototype;

/** Reads every document of a YAML text. Findings carry line and column; a document with findings must not be used. */
export function readYaml(text: string, file: string): readonly YamlDocument[] {
  if (text.length > maxTextLength) return [refused(file, 'too_large', 1, 1, longTextMessage)];
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: true, strict: true });
  if (!Array.isArray(documents)) return [];
  return documents.map((document) => new Reading(document, lines, file).result());
}

const longTextMessage = { zh: '文档过大', en: 'the document is too large' };

function refused(
  file: string,
  code: string,
  line: number,
  column: number,
  message: { zh: string; en: string },
): YamlDocument {
  return {
    value: undefined,
    places: new Map(),
    findings: [{ code, level: 'error', document: file, path: '', line, column, message }],
  };
}

class Reading {
  private readonly document: Document.Parsed;
  private readonly lines: LineCounter;
  private readonly file: string;
  private readonly places = new Map<string, Place>();
  private readonly findings: PolicyFinding[] = [];

  constructor(document: Document.Parsed, lines: LineCounter, file: string) {
    this.document = document;
    this.lines = lines;
    this.file = file;
  }

  result(): YamlDocument {
    for (const trouble of [...this.document.errors, ...this.document.warnings]) {
      const duplicate = trouble.code === 'DUPLICATE_KEY';
      this.report(duplicate ? 'duplicate_key' : 'yaml_syntax', '', this.placeAt(trouble.pos[0]), {
        zh: duplicate ? '同一层级出现了重复的键' : `YAML 语法错误（${trouble.code}）`,
        en: duplicate ? 'the same key occurs twice in one map' : `YAML syntax error (${trouble.code})`,
      });
    }
    const unreadable = this.document.errors.length > 0;
    const value = unreadable ? undefined : this.read(this.document.contents, '');
    return { value, places: this.places, findings: this.findings };
  }

  private read(node: Node | null, path: string): unknown {
    const place = this.placeAt(node?.range?.[0] ?? 0);
    this.places.set(path, place);
    const anchor: unknown = node !== null && 'anchor' in node ? node.anchor : undefined;
    if (isAlias(node) || anchor !== undefined) {
      return this.report('alias', path, place, {
        zh: '不允许使用 YAML 锚点或别名',
        en: 'YAML anchors and aliases are not allowed',
      });
    }
    if (node?.tag !== undefined) {
      return this.report('tag', path, place, {
        zh: '不允许使用 YAML 标签',
        en: 'YAML tags are not allowed',
      });
    }
    if (isMap(node)) return this.readMap(node.items, path);
    if (isSeq(node)) return node.items.map((item, i) => this.read(item as Node | null, `${path}/${i}`));
    return isScalar(node) ? this.readScalar(node.value, node.source, node.type, path, place) : null;
  }

  private readMap(items: readonly { key: unknown; value: unknown }[], path: string): Record<string, unknown> {
    const map: Record<string, unknown> = {};
    for (const { key, value } of items) {
      const place = this.placeAt(isScalar(key) ? (key.range?.[0] ?? 0) : 0);
      if (!isScalar(key) || typeof key.value !== 'string') {
        this.report('key_not_text', path, place, { zh: '键必须是文本', en: 'keys must be text' });
      } else if (isInherited(key.value)) {
        this.report('reserved_name', path, place, {
          zh: '键使用了保留名称',
          en: 'a reserved name is used as a key',
        });
      } else {
        map[key.value] = this.read(value as Node | null, path + pointer(key.value));
      }
    }
    return map;
  }

  private readScalar(
    value: unknown,
    source: string | undefined,
    type: string | undefined,
    path: string,
    place: Place,
  ): unknown {
    if (typeof value === 'number' && type === 'PLAIN' && String(value) !== source) {
      this.report('quote_it', path, place, {
        zh: '这个数字读入后会变样，请加引号写成文本',
        en: 'this number would change when read: put it in quotes',
      });
    } else if (typeof value === 'number' && !Number.isSafeInteger(value)) {
      this.report('quote_it', path, place, {
        zh: '只允许安全范围内的整数；编号和小数请加引号',
        en: 'only whole numbers up to 2^53: put identifiers and decimals in quotes',
      });
    }
    return value;
  }

  private report(code: string, path: string, place: Place, message: { zh: string; en: string }): null {
    this.findings.push({ code, level: 'error', document: this.file, path, ...place, message });
    return null;
  }

  private placeAt(offset: number): Place {
    const { line, col } = this.lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }
}
