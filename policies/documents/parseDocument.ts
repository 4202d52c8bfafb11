/**
 * Parses policy documents from YAML text or from a value into typed documents with their canonical text and digest. A word that is not in
 * the document's schema, the catalogue of masks, or a mask's parameters is rejected with its position.
 */
import { createHash } from 'node:crypto';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ErrorObject, ValidateFunction } from 'ajv';
import { canonicalJson, type CanonicalValue } from '../../terms/canonicalJson.ts';
import { compiledOnce, ofTheProduct } from '../../schemas/compile.ts';
import { Problem } from '../../terms/problem.ts';
import { pointer, type PolicyFinding } from '../finding.ts';
import type { Agreement } from './agreement.ts';
import { checkMeaning } from './checkMeaning.ts';
import { agreementSchema, restrictionSchema } from './documentSchemas.ts';
import { readText } from './readText.ts';
import type { Place, PolicyDocument } from './storedDocument.ts';
import { defined } from '../../terms/defined.ts';
import type { Bilingual } from '../../terms/bilingual.ts';

interface Raw {
  readonly value: unknown;
  readonly file: string;
  readonly places?: ReadonlyMap<string, Place>;
}

/** @throws Problem policy_invalid, with findings */
export function parseAgreement(source: unknown, file = 'agreement'): Agreement {
  const document = parsePolicyDocument(source, file);
  if (document.kind === 'Agreement') return document;
  throw invalid(file, [wrongKind(file, 'Agreement')]);
}

/**
 * One document, of either kind.
 * @param source YAML or JSON text, or the value itself
 * @throws Problem policy_invalid, with findings
 */
export function parsePolicyDocument(source: unknown, file = 'document'): PolicyDocument {
  const [document, ...more] =
    typeof source === 'string' ? parsePolicyDocuments(source, file) : [typed({ value: source, file })];
  if (document !== undefined && more.length === 0) return document;
  throw invalid(file, [
    finding(file, 'one_document', '', {
      zh: '应当恰好有一个文档',
      en: 'there must be exactly one document',
    }),
  ]);
}

/**
 * Every document of a YAML text (`---` between them).
 * @throws Problem policy_invalid, with the findings of all of them
 */
export function parsePolicyDocuments(text: string, file = 'document'): PolicyDocument[] {
  const findings: PolicyFinding[] = [];
  const documents: PolicyDocument[] = [];
  for (const { value, places, findings: unreadable } of readText(text, file)) {
    findings.push(...unreadable);
    if (unreadable.length > 0) continue;
    const result = check({ value, file, places });
    if (result.document === undefined) findings.push(...result.findings);
    else documents.push(result.document);
  }
  if (findings.length > 0) throw invalid(file, findings);
  return documents;
}

function typed(raw: Raw): PolicyDocument {
  const result = check(raw);
  if (result.document === undefined) throw invalid(raw.file, result.findings);
  return result.document;
}

/** Checks one read document, without throwing: findings, or the typed document. */
export function check(raw: Raw): { readonly document?: PolicyDocument; readonly findings: PolicyFinding[] } {
  const { value, file } = raw;
  const findings = structureFindings(value, file);
  if (findings.length === 0) findings.push(...checkMeaning(value as PolicyDocument, file));
  if (findings.length > 0) return { findings: findings.map((one) => placed(one, raw.places)) };
  let canonical: string;
  try {
    canonical = canonicalJson(value as CanonicalValue);
  } catch {
    const [path, message] = unwritable(value) ?? ['', notCanonicalMessage];
    return { findings: [placed(finding(file, 'not_canonical', path, message), raw.places)] };
  }
  const document = {
    ...(JSON.parse(canonical) as PolicyDocument),
    canonical,
    digest: createHash('sha256').update(canonical).digest('hex'),
    ...defined({ places: raw.places }),
  };
  return { document, findings: [] };
}

const notCanonicalMessage = {
  zh: '文档含有无法写成规范 JSON 的内容（如孤立代理项）',
  en: 'the document holds something that canonical JSON has no form for, such as a lone surrogate',
};
const notWholeMessage = {
  zh: '签署的文档中只能使用整数，且不超过 ±9007199254740991；小数请改用整数单位，或者让该数据项使用文本（format: decimal）',
  en: 'a signed document takes whole numbers only, within ±9007199254740991: use a smaller unit, or a field of texts (format: decimal)',
};

/** The first number of a document that canonical JSON has no form for. @returns its pointer, and what is wrong with it */
function unwritable(value: unknown, path = ''): readonly [path: string, message: Bilingual] | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? undefined : [path, notWholeMessage];
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, item] of Object.entries(value)) {
    const found = unwritable(item, path + pointer(name));
    if (found !== undefined) return found;
  }
  return undefined;
}

function structureFindings(value: unknown, file: string): PolicyFinding[] {
  const kind =
    typeof value === 'object' && value !== null && Object.hasOwn(value, 'kind')
      ? (value as { kind: unknown }).kind
      : undefined;
  if (kind !== 'Agreement' && kind !== 'Restriction') {
    return [wrongKind(file, 'Agreement / Restriction')];
  }
  const reserved = reservedName(value, '', 0);
  if (reserved !== undefined) return [finding(file, 'reserved_name', reserved, reservedMessage)];
  const validate = validatorOf(kind);
  if (validate(value)) return [];
  // requirements of `then` are reported by their own errors
  const errors = (validate.errors ?? []).filter(({ keyword }) => keyword !== 'if');
  return errors.slice(0, 20).map((error) => structureFinding(error, file));
}

const reservedMessage = {
  zh: '使用了保留名称，或嵌套过深',
  en: 'a reserved name is used, or the nesting is too deep',
};

/** The pointer of a key that objects inherit, or of nesting deeper than any document has. */
function reservedName(value: unknown, path: string, depth: number): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth > 12) return path;
  for (const [name, member] of Object.entries(value)) {
    if (!Array.isArray(value) && name in Object.prototype) return path;
    const found = reservedName(member, `${path}/${name}`, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function validatorOf(kind: 'Agreement' | 'Restriction'): ValidateFunction {
  return compiledOnce(kind === 'Agreement' ? agreementSchema : restrictionSchema, (schema) => {
    const ajv = new Ajv2020({
      ...ofTheProduct,
      strict: true,
      strictRequired: false,
      allErrors: true,
      ownProperties: true,
      logger: false,
    });
    return ajv.compile({ ...schema });
  });
}

/** Ajv names keys and patterns, never a value of the document. */
function structureFinding(error: ErrorObject, file: string): PolicyFinding {
  const params = error.params as Readonly<Record<string, unknown>>;
  if (error.keyword === 'additionalProperties' && typeof params['additionalProperty'] === 'string') {
    const path = `${error.instancePath}/${params['additionalProperty']}`;
    return finding(file, 'unknown_word', path, {
      zh: `不认识的词“${params['additionalProperty']}”`,
      en: `unknown word "${params['additionalProperty']}"`,
    });
  }
  if (error.keyword === 'required' && typeof params['missingProperty'] === 'string') {
    return finding(file, 'missing_member', error.instancePath, {
      zh: `缺少“${params['missingProperty']}”`,
      en: `"${params['missingProperty']}" is missing`,
    });
  }
  return finding(file, `wrong_${error.keyword}`, error.instancePath, {
    zh: `不符合文档规范（${error.keyword}）`,
    en: error.message ?? error.keyword,
  });
}

function finding(file: string, code: string, path: string, message: PolicyFinding['message']): PolicyFinding {
  return { code, level: 'error', document: file, path, message };
}

function wrongKind(file: string, expected: string): PolicyFinding {
  return finding(file, 'wrong_kind', '/kind', {
    zh: `kind 应为 ${expected}`,
    en: `kind must be ${expected}`,
  });
}

/** Adds the line of the finding's pointer, or of the nearest thing above it. */
function placed(one: PolicyFinding, places: Raw['places']): PolicyFinding {
  for (let path = one.path; places !== undefined; path = path.slice(0, path.lastIndexOf('/'))) {
    const place = places.get(path);
    if (place !== undefined) return { ...one, ...place };
    if (path === '') break;
  }
  return one;
}

function invalid(file: string, findings: readonly PolicyFinding[]): Problem {
  return new Problem('policy_invalid', { document: file }, { findings });
}
