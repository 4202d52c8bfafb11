/** Finds which paper of a request a file is, by its digest: the hub stores no papers, so the holder of a paper compares. */
import type { Bilingual } from '../bilingual.ts';

interface Papers {
  readonly commitment: string;
  readonly basisText?: string;
}

export interface RequestWithPapers {
  readonly papers: Papers;
  readonly document: Readonly<Record<string, unknown>>;
  readonly events: readonly { readonly papers?: Papers }[];
}

export type PaperKind = 'basisText' | 'commitment' | 'assessment';

export const paperNames: Readonly<Record<PaperKind, Bilingual>> = {
  basisText: { zh: '依据文本', en: 'text of the basis' },
  commitment: { zh: '承诺书', en: 'undertaking' },
  assessment: { zh: '个人信息保护影响评估', en: 'impact assessment' },
};

export interface FoundPaper {
  readonly kind: PaperKind;
  /** replaced by another one: not part of the current state of the request */
  readonly replaced: boolean;
}

/**
 * The papers with this digest, those of the current state of the request first. Of assessments only the newest, because the events name
 * no earlier one. Empty: the file belongs to no paper of the request.
 * @param digest hex SHA-256
 */
export function papersByDigest(
  { papers, document, events }: RequestWithPapers,
  digest: string,
): readonly FoundPaper[] {
  const now = kindsWith(papers, document, digest);
  const before = events.flatMap((event) => kindsWith(event.papers, {}, digest));
  return [
    ...now.map((kind) => ({ kind, replaced: false })),
    ...[...new Set(before)].filter((kind) => !now.includes(kind)).map((kind) => ({ kind, replaced: true })),
  ];
}

function kindsWith(
  papers: Papers | undefined,
  document: Readonly<Record<string, unknown>>,
  digest: string,
): PaperKind[] {
  const digests: Readonly<Record<PaperKind, unknown>> = {
    basisText: papers?.basisText,
    commitment: papers?.commitment,
    assessment: document['assessment'],
  };
  return (['basisText', 'commitment', 'assessment'] as const).filter((kind) => digests[kind] === digest);
}
