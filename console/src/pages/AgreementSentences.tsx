import type { ReactNode } from 'react';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { lastDayBefore } from '../../../terms/civilDate.ts';
import { saidAgreement, type NameOf } from '../../../terms/requestForm/saidAgreement.ts';
import { isWord } from '../parts/State.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { WithDatasets } from '../parts/WithDatasets.tsx';
import { usePurposes } from '../requests/usePurposes.ts';
import { isMasked, type Wanted } from '../requests/wanted.ts';
import { useWords } from '../words/words.ts';

/** Members of a grant that say who gets which rows, how often and on which conditions; the fields follow as a sample. */
const conditions = ['rows', 'filterBy', 'lookupBy', 'requires', 'consent', 'deliveries', 'limits'] as const;

/** An agreement in sentences: who gives whom what, for which purpose, how much of it is masked and until when; then its conditions. */
export function AgreementSentences(props: { readonly wanted: Wanted }): ReactNode {
  const { wanted } = props;
  const { say, pick, day } = useWords();
  const { name } = useDepartments();
  const purposes = usePurposes();
  const { basis, valid } = wanted;
  const law = [basis.reference, basis.clause].filter((one) => one !== undefined).join('');
  const kind = `bt_${basis.type}`;
  const nameOf: NameOf = (what, code) =>
    what === 'department' ? name(code) : what === 'purpose' ? purposes.name(code) : undefined;
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
              {conditionsOf(grant, nameOf).map(({ title, lines }) => (
                <li key={title.en}>
                  {pick(title)}
                  {say('pointColon')}
                  {lines.map(pick).join(say('pointSemicolon'))}
                </li>
              ))}
              {'limits' in grant ? null : <li>{say('agNoLimits')}</li>}
            </ul>
          </div>
        );
      })}
    </section>
  );
}

function consumerOf({ consumer }: Wanted): string {
  const department =
    typeof consumer === 'string' ? consumer : (consumer as { readonly department?: unknown }).department;
  return typeof department === 'string' ? department : '';
}

function conditionsOf(
  grant: Wanted['grants'][number],
  nameOf: NameOf,
): readonly { readonly title: Bilingual; readonly lines: readonly Bilingual[] }[] {
  const named = conditions.filter((word) => word in grant);
  const shown = Object.fromEntries(named.map((word) => [word, grant[word]]));
  return saidAgreement({ grants: [shown] }, nameOf);
}
