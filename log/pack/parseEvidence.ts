/** Reads received evidence: the strict JSON of evidence, and its required members. */
import { asIs } from '../../terms/bilingual.ts';
import { Problem } from '../../terms/problem.ts';
import { EvidenceJsonFault, parseEvidenceJson } from '../evidenceJson.ts';
import type { EvidenceFile } from './evidenceFile.ts';
import { maxPackLength } from './pack.ts';
import { isObject } from '../../terms/isObject.ts';

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isIndex: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const mapOf =
  (check: Check): Check =>
  (value) =>
    isObject(value) && Object.values(value).every(check);
const withMembers =
  (members: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isObject(value) &&
    Object.keys(value).every((name) => Object.hasOwn(members, name)) &&
    Object.entries(members).every(([name, check]) => check(value[name]));
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

/** Without duplicates: a duplicate entry would be counted as two accesses. */
const isAscending: Check = (value) =>
  Array.isArray(value) &&
  value.every((one, i) => isIndex(one) && (i === 0 || (value[i - 1] as number) < (one as number)));
/** Not empty: for an empty range, any statement about each entry would be true. */
const isRange: Check = (value) =>
  withMembers({ first: isIndex, last: isIndex })(value) &&
  (value as { first: number }).first <= (value as { last: number }).last;

const isQuestion: Check = (value) =>
  isObject(value) &&
  Object.entries(value).every(([name, one]) =>
    name === 'first' || name === 'last' ? isIndex(one) : name === 'whole' ? one === true : isText(one),
  );

/** Not empty: absent means none. */
const isMissing: Check = (value) => isAscending(value) && (value as readonly unknown[]).length > 0;

const shape: Readonly<Record<keyof EvidenceFile, Check>> = {
  v: (value) => value === 1,
  id: isText,
  reason: isText,
  case: isText,
  askedBy: isText,
  askedAt: (value) => isText(value) && Number.isFinite(Date.parse(value as string)),
  askedByName: optional(isText),
  answeredBy: optional(isText),
  answeredByName: optional(isText),
  question: isQuestion,
  size: isIndex,
  chosen: isAscending,
  attempts: isAscending,
  telling: optional(isAscending),
  range: optional(isRange),
  missing: optional(isMissing),
  moreMissing: optional((value) => value === true),
  pack: isObject,
  cosigned: isText,
  anchors: isObject,
  sets: listOf(
    withMembers({
      policy: isText,
      lines: listOf(isText),
      readings: listOf(withMembers({ epoch: isIndex, registries: isText })),
    }),
  ),
  registries: mapOf(isText),
  documents: mapOf(isText),
  schemas: mapOf(isText),
  notices: mapOf(isText),
};

/** @throws Problem pack_malformed; nothing is verified yet, and callers parse `pack` and `anchors` themselves */
export function parseEvidence(text: string): EvidenceFile {
  if (text.length > maxPackLength) throw new Problem('pack_malformed', { what: 'too long' });
  let value: unknown;
  try {
    value = parseEvidenceJson(text);
  } catch (cause) {
    if (!(cause instanceof EvidenceJsonFault)) throw cause;
    throw new Problem(
      'pack_malformed',
      { what: { zh: 'JSON 有误', en: `JSON: ${cause.message}` } },
      { cause },
    );
  }
  if (!isObject(value)) throw new Problem('pack_malformed', { what: 'JSON' });
  for (const name of Object.keys(value))
    if (!Object.hasOwn(shape, name)) throw new Problem('pack_malformed', { what: 'unknown member' });
  for (const [name, check] of Object.entries(shape))
    if (!check(value[name])) throw new Problem('pack_malformed', { what: asIs(name) });
  return value as unknown as EvidenceFile;
}
