import type { ReactNode } from 'react';
import { ask, type Schemas } from './ask.ts';
import { OfferedData } from './OfferedData.tsx';
import { useTexts } from './reader.ts';
import { Sure } from './Sure.tsx';
import type { Language } from './texts.ts';
import { named } from './written.ts';

/** Consents to an offer, with its whole notice in view. */
export function GiveConsent(props: {
  readonly offer: Schemas['ConsentOffer'];
  readonly language: Language;
  /** true where the person had consented to this before and withdrew it */
  readonly isAgain?: boolean;
  readonly done: (sentence: string) => void;
  readonly failed: (why: unknown) => void;
}): ReactNode {
  const { offer, language, isAgain = false, done, failed } = props;
  const { agreement, dataset, purpose, notice, digest, title, recipient } = offer;
  const text = useTexts(language);
  return (
    <Sure
      label={isAgain ? text.giveAgain : text.give}
      about={`${title[language]} ${named(recipient, language)}`}
      question={
        <>
          {/* the withdrawn consent above may have had other fields, another provider or another retention */}
          {isAgain ? <OfferedData offer={offer} language={language} /> : null}
          <h4>{text.notice}</h4>
          <p className="notice">{notice.text}</p>
          <p>{text.giveAsk}</p>
        </>
      }
      yes={text.giveSure}
      no={text.no}
      act={() =>
        ask('/v1/own/consents', {
          agreement,
          dataset,
          purpose,
          notice: notice.digest,
          language,
          offer: digest,
        }).then(() => done(text.doneGive), failed)
      }
    />
  );
}
