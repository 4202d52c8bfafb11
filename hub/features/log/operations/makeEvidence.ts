import { openCheckpoint } from '../../../../log/checkpoint.ts';
import type { EvidenceFile, EvidenceQuestion, StoredSet } from '../../../../log/pack/evidenceFile.ts';
import { destructionIn } from '../../../../log/destruction.ts';
import type { Leaf } from '../../../../log/leaf.ts';
import type { PackFile } from '../../../../log/pack/pack.ts';
import { parseLeaf } from '../../../../log/parseLeaf.ts';
import { Problem } from '../../../../terms/problem.ts';
import { exportPack } from '../../../log/evidence/exportPack.ts';
import { reportedMissing } from '../../../log/evidence/entryBundle.ts';
import { newestAnswers } from '../../../log/evidence/searchEntries.ts';
import type { EvidenceRow } from '../../../log/store/evidence.ts';
import { entriesOfTokens } from '../../../log/store/search.ts';
import { noticeByDigest } from '../../consents/store/notices.ts';
import { readable } from '../../../registry/unavailable.ts';
import type { Pool } from '../../../platform/database/database.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import {
  documentTexts,
  linesOfSets,
  readingsOf,
  registriesTexts,
} from '../../../registry/store/policy/policyReadings.ts';
import type { Services } from '../../common/services.ts';
import { anchorsFile, cosignedNote } from './publishedLog.ts';
import { namesOfIds } from '../../common/namesOfIds.ts';
import { defined, present } from '../../../../terms/defined.ts';

/** Maximum number of matching entries, and of entries of a range. Larger evidence must be split. */
const maxChosen = 20_000;
const maxOfRange = 100_000;

/**
 * Builds evidence about the first `size` entries. The same request selects the same entries at any later time. Only the proofs grow with
 * the log, and entries destroyed by then are missing.
 * @throws Problem evidence_too_large
 */
export async function makeEvidence(services: Services, row: EvidenceRow): Promise<EvidenceFile> {
  const { app } = services.database;
  const question = JSON.parse(row.question) as EvidenceQuestion;
  const range = rangeOf(question, row.size);
  const { chosen, gone } = await chosenEntries(app, question, row);
  const { missing, moreMissing } = reportedMissing(gone);
  const indexes = chosen.map(({ index }) => index);
  const reported = row.tokens === null ? undefined : new Set(await entriesOfTokens(app, row.tokens));
  const leaves = chosen.flatMap(({ leaf }) => leafOf(leaf) ?? []);
  // the older note is read first: the pack proves that its own tree continues it
  const cosigned = await cosignedNote(services);
  const { size: seen } = openCheckpoint(cosigned, services.keys.log.verifiers());
  const pack = await exportPack(services, {
    ...(range === undefined
      ? {
          indexes,
          destructionsWithin: {
            from: question.first ?? 0,
            to: Math.min(row.size, (question.last ?? row.size) + 1),
          },
        }
      : { from: range.first, to: range.last }),
    history: [seen],
  });
  if (range !== undefined && pack.next !== undefined)
    throw new Problem('evidence_too_large', {
      entries: range.last - range.first + 1,
      most: pack.next - range.first,
    });
  const policy = await policyOf(app, leaves, services.registry.current.schemas);
  return {
    v: 1,
    id: row.id,
    reason: row.reason,
    case: row.caseNumber,
    askedBy: row.askedBy,
    askedAt: new Date(row.askedAt).toISOString(),
    ...present({ answeredBy: row.answeredBy }),
    ...namesOfIds(services.identity, { askedBy: row.askedBy, answeredBy: row.answeredBy }),
    question,
    size: row.size,
    chosen: indexes,
    attempts: reported === undefined ? [] : indexes.filter((index) => !reported.has(index)),
    ...(range === undefined ? { telling: destructionsIn(pack) } : { range }),
    ...(missing === undefined ? {} : { missing: missing.toReversed() }),
    ...defined({ moreMissing }),
    pack,
    cosigned,
    anchors: anchorsFile(services),
    ...policy,
    notices: await noticesOf(app, leaves),
  };
}

/** Number of entries that answer the question of a request. @throws Problem evidence_too_large */
export async function entriesOf({ database }: Services, row: EvidenceRow): Promise<number> {
  const question = JSON.parse(row.question) as EvidenceQuestion;
  return (await chosenEntries(database.app, question, row)).chosen.length;
}

/** Indexes of entries that record destructions. */
const destructionsIn = ({ entries }: PackFile): readonly number[] =>
  entries.flatMap(({ index, leaf }) => {
    const read = leafOf(Buffer.from(leaf, 'base64'));
    return read === undefined || destructionIn(read) === undefined ? [] : [index];
  });

/** The range, if every entry is requested or only a range. */
function rangeOf(
  { whole, first, last, ...more }: EvidenceQuestion,
  size: number,
): { readonly first: number; readonly last: number } | undefined {
  const isRange = (first !== undefined || last !== undefined) && Object.keys(more).length === 0;
  if (whole !== true && !isRange) return undefined;
  const range = { first: first ?? 0, last: Math.min(last ?? size - 1, size - 1) };
  const entries = range.last - range.first + 1;
  if (entries > maxOfRange) throw new Problem('evidence_too_large', { entries, most: maxOfRange });
  return entries < 1 ? undefined : range;
}

async function chosenEntries(
  reader: Pool,
  {
    first = 0,
    last = Infinity,
    whole: _whole,
    subject: _subject,
    unsearchableYears: _years,
    ...requested
  }: EvidenceQuestion,
  { tokens, attempts, size }: EvidenceRow,
) {
  const question = {
    ...requested,
    ...(tokens === null ? {} : { tokens: [...tokens, ...(attempts ?? [])] }),
  };
  const { entries, next, gone } = await newestAnswers(reader, question, Math.min(size, last + 1), maxChosen);
  const within = entries.filter(({ index }) => index >= first).reverse();
  if (next !== undefined && within.length === maxChosen)
    throw new Problem('evidence_too_large', { entries: `> ${maxChosen}`, most: maxChosen });
  return { chosen: within, gone: gone.filter((index) => index >= first) };
}

/** Undefined for an entry that is no longer valid. The pack contains it unchanged, so that verification reveals it. */
function leafOf(bytes: Uint8Array): Leaf | undefined {
  try {
    return parseLeaf(bytes);
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

/** The sets named by the entries, and the policy documents: the agreements of these entries and every restriction. */
async function policyOf(
  reader: Reader,
  leaves: readonly Leaf[],
  registered: ReadonlyMap<string, { readonly text: string }>,
): Promise<Pick<EvidenceFile, 'sets' | 'registries' | 'documents' | 'schemas'>> {
  const policies = [...new Set(leaves.flatMap(({ policy }) => policy ?? []))].sort();
  const agreements = new Set(leaves.flatMap(({ agreement }) => agreement ?? []));
  const readings = await readingsOf(reader, policies);
  const lines = await linesOfSets(reader, policies);
  const sets: StoredSet[] = policies.flatMap((policy) => {
    const mine = readings.filter((one) => one.policy === policy);
    const known = lines.get(policy);
    return known === undefined
      ? []
      : [{ policy, lines: known, readings: mine.map(({ epoch, registries }) => ({ epoch, registries })) }];
  });
  const all = new Set(sets.flatMap((set) => set.lines.map((line) => line.split(' ')[1] ?? '')));
  const texts = [...(await documentTexts(reader, [...all]))];
  const documents = texts.filter(([, text]) => {
    const { kind, id } = read<{ kind?: string; id?: string }>(text);
    return kind !== 'Agreement' || agreements.has(id ?? '');
  });
  const registries = await registriesTexts(reader, [...new Set(readings.map((one) => one.registries))]);
  const urns = schemasOf(
    documents.map(([, text]) => text),
    [...registries.values()],
    leaves,
  );
  return {
    sets,
    registries: Object.fromEntries(registries),
    documents: Object.fromEntries(documents),
    schemas: withReferred(urns, registered),
  };
}

/** Parses a stored text. An altered text is released unchanged, so that verification reveals it. */
const read = <T extends object>(text: string): Partial<T> => readable(() => JSON.parse(text) as T) ?? {};

/** URNs of the schema versions that the documents' grants use and that the entries name. */
function schemasOf(
  documents: readonly string[],
  registries: readonly string[],
  leaves: readonly Leaf[],
): readonly string[] {
  const grants = documents.flatMap(
    (text) => read<{ grants?: readonly { dataset: string; schema: string }[] }>(text).grants ?? [],
  );
  const found = registries.flatMap((text) => {
    const { bound = {}, newest = {} } =
      read<Partial<Record<'bound' | 'newest', Record<string, string>>>>(text);
    return grants.flatMap(({ dataset, schema }) => [bound[dataset], newest[schema]]);
  });
  return [...found, ...leaves.map(({ schema }) => schema)].filter((urn) => urn !== undefined);
}

/** The texts of schema versions and of those they refer to. */
function withReferred(
  urns: readonly string[],
  registered: ReadonlyMap<string, { readonly text: string }>,
): Record<string, string> {
  const texts: Record<string, string> = {};
  const open = [...urns];
  for (let urn = open.pop(); urn !== undefined; urn = open.pop()) {
    const text = registered.get(urn)?.text;
    if (text === undefined || Object.hasOwn(texts, urn)) continue;
    texts[urn] = text;
    open.push(...(text.match(/urn:datong:[a-z0-9-]+:\d+\.\d+/g) ?? []));
  }
  return texts;
}

/** Notices shown to the persons who gave the consents among these entries. */
async function noticesOf(reader: Reader, leaves: readonly Leaf[]): Promise<Record<string, string>> {
  const notices: Record<string, string> = {};
  for (const digest of new Set(leaves.map(({ change }) => change?.['notice']))) {
    const notice = typeof digest === 'string' ? await noticeByDigest(reader, digest) : undefined;
    if (notice !== undefined) notices[notice.digest] = notice.text;
  }
  return notices;
}
