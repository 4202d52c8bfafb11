import { translated } from '../reportedValues.ts';
import type { Command } from 'commander';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { bodyOf } from '../approve/waiting.ts';
import type { StaffClient } from '../apply/staffCall.ts';
import { withStaff } from './schemaLife.ts';
import type { Touched } from '../../sdk/types.ts';
import { touchedLines } from '../touchedLines.ts';
import { data, dataLines, say } from '../verb.ts';
import { pathSegment } from '../values.ts';
import { personText } from '../printedText.ts';
import { counted } from '../../../terms/counted.ts';

/** `SchemaImpact` of openapi.yaml. */
export interface SchemaImpact {
  readonly schema: string;
  readonly state: string;
  readonly compatibility: string;
  readonly digest: string;
  readonly needsOfficer: boolean;
  readonly against?: string;
  readonly author?: string;
  readonly authorName?: string;
  readonly changes: readonly {
    readonly pointer: string;
    readonly code: string;
    readonly backward: boolean;
    readonly officer?: boolean;
    readonly message: Bilingual;
    readonly touches: Touched;
  }[];
  readonly touches: Touched;
  readonly witnesses?: readonly { readonly against: string; readonly witness: string }[];
  readonly waiver?: {
    readonly reason: string;
    readonly restores?: string;
    readonly evidence: readonly RowsExamined[];
  };
}

/** `RowsExamined` of openapi.yaml. */
export interface RowsExamined {
  readonly dataset: string;
  readonly rows: number;
  readonly whole: boolean;
  readonly failing: number;
  readonly problems: readonly { readonly pointer: string; readonly rule: string; readonly rows: number }[];
}

/** Findings of a version about the rows of a dataset. */
export const examinedLines = ({
  dataset,
  rows,
  whole,
  failing,
  problems,
}: RowsExamined): readonly string[] => [
  say({
    zh: `${dataset}  核验 ${rows} 行${whole ? '' : '（未及全部）'}，不符合 ${failing} 行`,
    en: `${dataset}  ${counted(rows, 'row')} examined${whole ? '' : ' (not all)'}, ${failing} not valid`,
  }),
  ...problems.map((one) => `  ${one.pointer}  ${one.rule}  ${one.rows}`),
];

/** @throws DatongRefusal */
export const impactOf = async (client: StaffClient, urn: string): Promise<SchemaImpact> =>
  bodyOf(await client.get(`/v1/schemas/${pathSegment(urn)}/impact`)) as unknown as SchemaImpact;

/** Changes of a version, one by one, with those affected by each. */
export function impactLines(impact: SchemaImpact): readonly string[] {
  const { schema, state, compatibility, against, author, needsOfficer, changes, touches, digest } = impact;
  const { waiver } = impact;
  return [
    `${translated('kind', 'Schema')} ${schema}  ${translated('state', state)}  ${compatibility}`,
    ...(against === undefined ? [] : [`${say({ zh: '对照', en: 'against' })}  ${against}`]),
    ...(author === undefined
      ? []
      : [`${say({ zh: '提交人', en: 'submitted by' })}  ${personText(author, impact.authorName)}`]),
    ...(needsOfficer
      ? [say({ zh: '须安全管理员一并同意', en: 'the security officer has to agree too' })]
      : []),
    ...(waiver === undefined
      ? []
      : [
          `${say({ zh: '豁免', en: 'waiver' })}  ${[waiver.restores ?? '', waiver.reason].join('  ').trim()}`,
          ...waiver.evidence.flatMap(examinedLines).map((line) => `    ${line}`),
          ...(impact.witnesses ?? []).map(
            (one) => `    ${say({ zh: '反例', en: 'counter-example' })} ${one.against}  ${one.witness}`,
          ),
        ]),
    ...changes.flatMap(({ pointer, code, backward, officer, message, touches: reached }) => [
      `${officer === true ? '!' : backward ? '✓' : '✗'} ${pointer}  ${code}  ${say(message)}`,
      ...touchedLines(reached, say).map((line) => `    ${line}`),
    ]),
    ...(changes.length === 0 ? touchedLines(touches, say) : []),
    `${say({ zh: '摘要', en: 'digest' })} ${digest}`,
  ];
}

export function register(schema: Command): void {
  withStaff(
    schema
      .command('impact')
      .description('该版本改动了什么，涉及谁 / what a version changes, and whom that reaches')
      .argument('<urn>', 'version of a schema at the hub'),
    'datong schema impact urn:datong:household:1.1',
    async (client, urn, { json }) => {
      const impact = await impactOf(client, urn);
      if (json === true) data(JSON.stringify(impact));
      else dataLines(impactLines(impact));
    },
  );
}
