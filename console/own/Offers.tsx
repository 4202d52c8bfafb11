import type { ReactNode } from 'react';
import type { Schemas } from './ask.ts';
import { GiveConsent } from './GiveConsent.tsx';
import { OfferedData } from './OfferedData.tsx';
import { useIsSelf, useTexts } from './reader.ts';
import type { Language } from './texts.ts';

/** Consents that the person can be asked for, each with its whole notice. Giving one takes as many steps as withdrawing it. */
export function Offers(props: {
  readonly offers: readonly Schemas['ConsentOffer'][];
  readonly language: Language;
  readonly done: (sentence: string) => void;
  readonly failed: (why: unknown) => void;
}): ReactNode {
  const { offers, language, done, failed } = props;
  const text = useTexts(language);
  const isSelf = useIsSelf();
  if (offers.length === 0) return null;
  return (
    <section aria-labelledby="offers">
      <h2 id="offers">{text.offers}</h2>
      {isSelf ? null : <p>{text.self}</p>}
      <ul className="cards">
        {offers.map((one) => {
          const { agreement, dataset, purpose } = one;
          return (
            <li key={`${agreement} ${dataset} ${purpose}`}>
              <h3>{one.title[language]}</h3>
              <OfferedData offer={one} language={language} />
              {isSelf ? <GiveConsent offer={one} language={language} done={done} failed={failed} /> : null}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
