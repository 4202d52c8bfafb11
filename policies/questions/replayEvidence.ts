/** Repeats every decision of an evidence file from the documents in it. */
import { createHash } from 'node:crypto';
import { logFinding, type LogFinding } from '../../log/finding.ts';
import type { Leaf } from '../../log/leaf.ts';
import type { EvidenceFile, StoredSet } from '../../log/pack/evidenceFile.ts';
import type { ReadEntry } from '../../log/pack/checkChoice.ts';
import type { DatasetSchema, JsonSchema } from '../../schemas/datasetSchema.ts';
import { readSchema } from '../../schemas/parse.ts';
import { Problem } from '../../terms/problem.ts';
import { parsePolicyDocument } from '../documents/parseDocument.ts';
import type { PolicyDocument } from '../documents/storedDocument.ts';
import { digestOfLines, setLine, tryCompilePlans, type Plans } from '../plans.ts';
import { endsStream } from './deliveryOf.ts';
import { storedContext } from './storedRegistries.ts';
import { replayEntry, type ReplayedEntry } from './replayEntry.ts';

export interface ReplayedEvidence {
  readonly findings: readonly LogFinding[];
  /** decisions with the same result; without contradiction; whose documents are missing */
  readonly same: number;
  readonly possible: number;
  readonly unknown: number;
  /**
   * name and version of each document of the replayed sets whose text is not in the evidence, sorted. Neither sets nor entries record
   * whether one is a restriction, which was then not applied
   */
  readonly unread: readonly string[];
}

/** @param entries proven ones; those that record no decision about data are passed over */
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
    if (!isDecision(leaf)) continue;
    const plans = leaf.policy === undefined ? [] : compiled.plansOf(leaf.policy, leaf.epoch ?? Infinity);
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
  return { findings, ...counts, unread: compiled.unread() };
}

/**
 * Whether an entry records a decision about data. Without a policy set it may record a call that was refused before one was decided, a
 * subscription, or the end of a stream whose process died: nothing is released by these.
 */
function isDecision(leaf: Leaf): boolean {
  const { kind, decision, policy, dataset, fields, fact, aggregate, rows } = leaf;
  if (kind !== 'release' || policy !== undefined) return kind === 'release';
  if (decision === 'deny') return false;
  const isNamed = [fields, fact, aggregate].some((one) => one !== undefined);
  return isNamed || (rows?.delivered ?? 0) > 0 || (dataset !== undefined && !endsStream(leaf));
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
  private readonly sets: ReadonlyMap<string, StoredSet>;
  private readonly compiled = new Map<string, Plans | undefined>();
  private readonly missing = new Set<string>();

  constructor(file: EvidenceFile) {
    this.file = file;
    // of sets with one digest the first counts
    this.sets = new Map(file.sets.map((set) => [set.policy, set] as const).reverse());
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
    const set = this.sets.get(policy);
    if (set === undefined) return [];
    const newest = newestOf(set, epoch);
    const readings = set.readings.filter((one) => one.epoch === newest);
    return readings.flatMap(({ registries }) => this.plans(set, registries) ?? []);
  }

  /** See `ReplayedEvidence`. */
  unread(): readonly string[] {
    return [...this.missing].sort();
  }

  private plans(set: StoredSet, registries: string): Plans | undefined {
    const key = `${set.policy} ${registries}`;
    if (!this.compiled.has(key)) this.compiled.set(key, this.compile(set, registries));
    return this.compiled.get(key);
  }

  private compile({ lines }: StoredSet, registries: string): Plans | undefined {
    const text = this.file.registries[registries];
    const documents = lines.flatMap((line) => this.documents.get(line) ?? []);
    for (const line of lines) if (!this.documents.has(line)) this.missing.add(line.split(' ')[0] ?? line);
    return text === undefined
      ? undefined
      : unlessUnreadable(() => tryCompilePlans(documents, storedContext(text, this.schemas)).plans);
  }
}

/** The epoch of the newest readings up to this one. Evidence of others may have any number of them. */
const newestOf = ({ readings }: StoredSet, epoch: number): number =>
  readings.reduce((newest, one) => (one.epoch <= epoch ? Math.max(newest, one.epoch) : newest), -Infinity);

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

/** Errors of reading untrusted input, which may contain anything. A text that is nested too deeply exceeds the stack: a RangeError. */
const unreadable = [Problem, SyntaxError, TypeError, RangeError] as const;

function unlessUnreadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (unreadable.some((kind) => error instanceof kind)) return undefined;
    throw error;
  }
}
