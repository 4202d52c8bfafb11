import type { ReactNode } from 'react';
import type { Schemas } from './ask.ts';
import { GiveConsent } from './GiveConsent.tsx';
import { useTexts } from './reader.ts';
import { filled, type Language } from './texts.ts';
import { named, period } from './written.ts';

/** Consents that the person can be asked for, each with its whole notice. Giving one takes as many steps as withdrawing it. */
export function Offers(props: {
  readonly offers: readonly Schemas['ConsentOffer'][];
  readonly language: Language;
  /** true where the person acts for themselves, without a representative */
  readonly self: boolean;
  readonly done: (sentence: string) => void;
  readonly failed: (why: unknown) => void;
}): ReactNode {
  const { offers, language, self, done, failed } = props;
  const text = useTexts(language);
  if (offers.length === 0) return null;
  return (
    <section aria-labelledby="offers">
      <h2 id="offers">{text.offers}</h2>
      {self ? null : <p>{text.self}</p>}
      <ul className="cards">
        {offers.map((one) => {
          const { agreement, dataset, purpose, retention } = one;
          const recipient = named(one.recipient, language);
          const fields = one.fields.map((field) => named(field, language)).join(text.list);
          return (
            <li key={`${agreement} ${dataset} ${purpose}`}>
              <h3>{one.title[language]}</h3>
              <p>{filled(text.gets, { recipient, fields })}</p>
              <p className="small">{filled(text.from, { provider: named(one.provider, language) })}</p>
              <p className="small">
                {retention === undefined
                  ? text.keptOpen
                  : filled(text.kept, { period: period(retention, language) })}
              </p>
              {self ? <GiveConsent offer={one} language={language} done={done} failed={failed} /> : null}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
