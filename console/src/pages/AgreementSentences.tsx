import type { ReactNode } from 'react';
import { lastDayBefore } from '../../../terms/civilDate.ts';
import { agreementWords } from '../../../terms/requestForm/agreementWords.ts';
import {
  datasetsNamedIn,
  agreementRows,
  type NameOf,
  type FormRow,
} from '../../../terms/requestForm/saidAgreement.ts';
import { isWord } from '../parts/State.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { WithDatasets } from '../parts/WithDatasets.tsx';
import { useNames } from '../requests/ApprovalForm.tsx';
import { usePurposes } from '../requests/usePurposes.ts';
import { consumerOf, isMasked, type Wanted } from '../requests/wanted.ts';
import { useWords } from '../words/words.ts';

/** Members that the sentence has; a reason is part of the request. */
const inSentence = ['kind', 'title', 'provider', 'consumer', 'purposes', 'basis', 'valid', 'grants'];
const inSentenceOfGrant = ['schema', 'reasons'];

/**
 * An agreement in sentences: who gives whom what, for which purpose, how much of it is masked and until when; then everything else that it
 * grants or demands.
 */
export function AgreementSentences(props: { readonly wanted: Wanted }): ReactNode {
  const { wanted } = props;
  const { say, day } = useWords();
  const { name } = useDepartments();
  const purposes = usePurposes();
  const { basis, valid } = wanted;
  const law = [basis.reference, basis.clause].filter((one) => one !== undefined).join('');
  const kind = `bt_${basis.type}`;
  const nameOf = useNames(datasetsNamedIn(wanted), purposes.name);
  /** The sentence names no departments below the consumer, and no kind of a basis that has a text. */
  const isWholeInSentence = (member: string): boolean =>
    member === 'consumer' ? typeof wanted['consumer'] === 'string' : member !== 'basis' || law === '';
  return (
    <section className="card" aria-label={say('agSays')}>
      <h2>{say('agSays')}</h2>
      {wanted.grants.map((grant, at) => {
        const rules = Object.values(grant.fields);
        return (
          <div key={at}>
            <p className="sentence">
              <WithDatasets
                ids={[grant.dataset]}
                text={(dataset) =>
                  say('agSentence', {
                    provider: name(wanted.provider),
                    consumer: name(consumerOf(wanted)),
                    basis: law !== '' ? law : isWord(kind) ? say(kind) : basis.type,
                    dataset,
                    count: rules.length,
                    masked: rules.filter(isMasked).length,
                    purpose: wanted.purposes.map(purposes.name).join(say('pointList')),
                    from: day(valid.from),
                    until: day(lastDayBefore(valid.until)),
                  })
                }
              />
            </p>
            <ul>
              <ListedRows rows={conditionsOf(grant, nameOf)} />
              {'limits' in grant ? null : <li>{say('agNoLimits')}</li>}
            </ul>
          </div>
        );
      })}
      <ul>
        <ListedRows rows={agreementRows(without(wanted, inSentence.filter(isWholeInSentence)), nameOf)} />
      </ul>
    </section>
  );
}

/** What a grant says besides its dataset, by the names of its fields. */
const conditionsOf = (grant: Wanted['grants'][number], nameOf: NameOf): readonly FormRow[] =>
  agreementRows({ grants: [without(grant, inSentenceOfGrant)] }, nameOf).filter(
    ({ title }) => title !== agreementWords['grants[].dataset'],
  );

const without = (of: Readonly<Record<string, unknown>>, members: readonly string[]): object =>
  Object.fromEntries(Object.entries(of).filter(([member]) => !members.includes(member)));

function ListedRows({ rows }: { readonly rows: readonly FormRow[] }): ReactNode {
  const { say, pick } = useWords();
  return rows.map(({ title, lines }) => (
    <li key={title.en}>
      {pick(title)}
      {say('pointColon')}
      {lines.map(pick).join(say('pointSemicolon'))}
    </li>
  ));
}
