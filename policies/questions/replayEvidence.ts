/** Repeats every decision of an evidence file from the documents in it. */
import { createHash } from 'node:crypto';
import { logFinding, type LogFinding } from '../../log/finding.ts';
import type { EvidenceFile, StoredSet } from '../../log/pack/evidenceFile.ts';
import type { ReadEntry } from '../../log/pack/checkChoice.ts';
import type { DatasetSchema, JsonSchema } from '../../schemas/datasetSchema.ts';
import { readSchema } from '../../schemas/parse.ts';
import { Problem } from '../../terms/problem.ts';
import { parsePolicyDocument } from '../documents/parseDocument.ts';
import type { PolicyDocument } from '../documents/storedDocument.ts';
import { digestOfLines, setLine, tryCompilePlans, type Plans } from '../plans.ts';
import { storedContext } from './storedRegistries.ts';
import { replayEntry, type ReplayedEntry } from './replayEntry.ts';

export interface ReplayedEvidence {
  readonly findings: readonly LogFinding[];
  /** decisions with the same result; without contradiction; whose documents are missing */
  readonly same: number;
  readonly possible: number;
  readonly unknown: number;
}

/** @param entries proven ones; those that are no decision of a policy set are passed over */
export function replayEvidence(file: EvidenceFile, entries: readonly ReadEntry[]): ReplayedEvidence {
  const findings = [
    ...alteredTexts(file),
    ...file.sets.flatMap(({ policy, lines }) =>
      digestOfLines(lines) === policy ? [] : [logFinding('text_altered', { what: `sets/${policy}` })],
    ),
  ];
  const compiled = new CompiledSets(file);
  const counts = { same: 0, possible: 0, unknown: 0 };
  for (const { index, leaf } of entries) {
    if (leaf.kind !== 'release' || leaf.policy === undefined) continue;
    const plans = compiled.plansOf(leaf.policy, leaf.epoch ?? Infinity);
    const replayed = plans.flatMap((one) => replayEntry(leaf, one) ?? []);
    const [first] = replayed;
    if (first === undefined) {
      counts.unknown += 1;
      continue;
    }
    const best: ReplayedEntry = replayed.find(({ outcome }) => outcome !== 'differs') ?? first;
    if (best.outcome === 'differs') {
      const { logged, decided } = best;
      findings.push(logFinding('decision_differs', { index, exchange: leaf.id, logged, decided }));
    } else counts[best.outcome] += 1;
  }
  return { findings, ...counts };
}

/** Texts whose digest differs from the one they are filed under. */
function alteredTexts({ registries, documents, notices }: EvidenceFile): LogFinding[] {
  return Object.entries({ registries, documents, notices }).flatMap(([name, texts]) =>
    Object.entries(texts).flatMap(([digest, text]) =>
      createHash('sha256').update(text).digest('hex') === digest
        ? []
        : [logFinding('text_altered', { what: `${name}/${digest}` })],
    ),
  );
}

/** Compiles sets on first use; a set that cannot be read decides nothing. */
class CompiledSets {
  private readonly file: EvidenceFile;
  private readonly schemas: ReadonlyMap<string, DatasetSchema>;
  private readonly documents: ReadonlyMap<string, PolicyDocument>;
  private readonly compiled = new Map<string, Plans | undefined>();

  constructor(file: EvidenceFile) {
    this.file = file;
    this.schemas = schemasIn(file);
    this.documents = new Map(
      Object.values(file.documents).flatMap((text) => {
        const document = unlessUnreadable(() => parsePolicyDocument(JSON.parse(text)));
        return document === undefined ? [] : [[setLine(document), document]];
      }),
    );
  }

  /** The readings of a set that may have been in force at an epoch. */
  plansOf(policy: string, epoch: number): readonly Plans[] {
    const set = this.file.sets.find((one) => one.policy === policy);
    if (set === undefined) return [];
    const newest = Math.max(...set.readings.map((one) => one.epoch).filter((one) => one <= epoch));
    const readings = set.readings.filter((one) => one.epoch === newest);
    return readings.flatMap(({ registries }) => this.plans(set, registries) ?? []);
  }

  private plans(set: StoredSet, registries: string): Plans | undefined {
    const key = `${set.policy} ${registries}`;
    if (!this.compiled.has(key)) this.compiled.set(key, this.compile(set, registries));
    return this.compiled.get(key);
  }

  private compile({ lines }: StoredSet, registries: string): Plans | undefined {
    const text = this.file.registries[registries];
    const documents = lines.flatMap((line) => this.documents.get(line) ?? []);
    return text === undefined
      ? undefined
      : unlessUnreadable(() => tryCompilePlans(documents, storedContext(text, this.schemas)).plans);
  }
}

function schemasIn({ schemas }: EvidenceFile): ReadonlyMap<string, DatasetSchema> {
  const read = new Map(
    Object.entries(schemas).flatMap(([urn, text]) => {
      const document = unlessUnreadable(() => JSON.parse(text) as JsonSchema);
      return document === undefined ? [] : [[urn, document] as const];
    }),
  );
  return new Map(
    [...read].flatMap(([urn, document]) => {
      const schema = unlessUnreadable(() => readSchema(document, (other) => read.get(other)));
      return schema === undefined ? [] : [[urn, schema] as const];
    }),
  );
}

/** Evidence is untrusted input: it may contain anything. */
function unlessUnreadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Problem || error instanceof SyntaxError || error instanceof TypeError)
      return undefined;
    throw error;
  }
}
