import { Fragment, type ReactNode } from 'react';
import { ask, type Schemas } from './ask.ts';
import { GiveConsent } from './GiveConsent.tsx';
import { isAbout } from './isAbout.ts';
import { Sure } from './Sure.tsx';
import { useIsSelf, useTexts } from './reader.ts';
import { filled, type Language } from './texts.ts';
import { period, when } from './written.ts';

/** Consents that the person gave, each with a button to withdraw it, or to give a withdrawn one again. */
export function Consents(props: {
  readonly view: Schemas['SubjectView'];
  readonly language: Language;
  /** what the person can consent to now */
  readonly offers: readonly Schemas['ConsentOffer'][];
  readonly nameOf: (code: string) => string;
  readonly done: (sentence: string) => void;
  readonly failed: (why: unknown) => void;
}): ReactNode {
  const { view, language, offers, nameOf, done, failed } = props;
  const text = useTexts(language);
  const again = { language, nameOf, done, failed };
  return (
    <section aria-labelledby="consents">
      <h2 id="consents">{text.consents}</h2>
      {view.consents.length === 0 ? <p>{text.consentsNone}</p> : null}
      <ul className="cards">
        {view.consents.map((one) => (
          <li key={one.id}>
            <h3>
              {nameOf(one.recipient)} <span className={`outcome ${one.state}`}>{text[one.state]}</span>
            </h3>
            <p>
              {filled(text.gets, {
                recipient: nameOf(one.recipient),
                fields: one.fields.map(nameOf).join(text.list),
              })}
            </p>
            <p className="small">
              {filled(text.from, { provider: nameOf(one.provider) })} · {text.until}{' '}
              {when(one.expires, language)}
            </p>
            {one.retention === undefined ? null : (
              <p className="small">{filled(text.retention, { period: period(one.retention, language) })}</p>
            )}
            {one.assurance === undefined ? null : <p className="small">{text[one.assurance]}</p>}
            {one.state === 'given' ? (
              <Sure
                label={text.withdraw}
                about={nameOf(one.recipient)}
                question={<p>{filled(text.withdrawAsk, { recipient: nameOf(one.recipient) })}</p>}
                yes={text.withdrawSure}
                no={text.no}
                act={() =>
                  ask(`/v1/own/consents/${encodeURIComponent(one.id)}/withdrawal`, {}).then(
                    () => done(text.doneWithdraw),
                    failed,
                  )
                }
              />
            ) : null}
            {one.state === 'withdrawn' && !isGivenAgain(one, view) ? (
              <Again
                consent={one}
                offers={offers.filter(
                  ({ recipient, dataset, purpose }) =>
                    isAbout(one, { recipient: recipient.code, dataset, purpose }) &&
                    !isCovered(one, purpose, view),
                )}
                {...again}
              />
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  );
}

type Consent = Schemas['SubjectView']['consents'][number];

/** Whether a consent in force, or a newer withdrawn one, is about the same purpose. */
const isCovered = (one: Consent, purpose: string, { consents }: Schemas['SubjectView']): boolean =>
  consents.some(
    (other) =>
      other !== one &&
      isAbout(other, { ...one, purpose }) &&
      (other.state === 'given' ||
        (other.state === 'withdrawn' && consents.indexOf(other) < consents.indexOf(one))),
  );

const isGivenAgain = (one: Consent, view: Schemas['SubjectView']): boolean =>
  one.purposes.every((purpose) => isCovered(one, purpose, view));

/** A withdrawn consent is given again here for each purpose that is offered here, else where it was given before. */
function Again(props: {
  readonly consent: Consent;
  readonly offers: readonly Schemas['ConsentOffer'][];
  readonly language: Language;
  readonly nameOf: (code: string) => string;
  readonly done: (sentence: string) => void;
  readonly failed: (why: unknown) => void;
}): ReactNode {
  const { consent, offers, language, nameOf, done, failed } = props;
  const text = useTexts(language);
  const isSelf = useIsSelf();
  if (offers.length === 0)
    return <p className="small">{filled(text.elsewhere, { recipient: nameOf(consent.recipient) })}</p>;
  if (!isSelf) return <p className="small">{text.self}</p>;
  return offers.map((one) => (
    <Fragment key={`${one.agreement} ${one.purpose}`}>
      {offers.length === 1 ? null : <h4>{one.title[language]}</h4>}
      <GiveConsent offer={one} language={language} isAgain done={done} failed={failed} />
    </Fragment>
  ));
}
