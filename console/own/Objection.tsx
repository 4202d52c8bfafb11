import { useId, useState, type ReactNode } from 'react';
import { ask, type Schemas } from './ask.ts';
import { storeClaim, storedClaim } from './claims.ts';
import { Sure } from './Sure.tsx';
import { useTexts } from './reader.ts';
import type { Language } from './texts.ts';

/** The person states in their own words what is wrong, or what they ask for; then they confirm it. */
export function Objection(props: {
  /** what it is about, for screen readers */
  readonly about: string;
  readonly of: Omit<Schemas['OwnTicketAsked'], 'claim'>;
  readonly language: Language;
  readonly done: (sentence: string) => void;
  readonly failed: (why: unknown) => void;
}): ReactNode {
  const { about, of, language, done, failed } = props;
  const subject = [of.exchange ?? of.dataset ?? '', of.wish ?? ''].join(' ');
  const [claim, setClaim] = useState(() => storedClaim(subject));
  const [restored] = useState(claim !== '');
  const type = (typed: string): void => {
    storeClaim(subject, typed);
    setClaim(typed);
  };
  const place = useId();
  const text = useTexts(language);
  const wishes = of.wish !== undefined;
  const send = async (): Promise<void> => {
    await ask<Schemas['OwnTicket']>('/v1/own/tickets', { ...of, claim }).then(() => {
      type('');
      done(wishes ? text.doneWish : text.doneObject);
    }, failed);
  };
  return (
    <Sure
      label={wishes ? text.wishMake : text.object}
      about={about}
      question={
        <p>
          <label htmlFor={place}>{wishes ? text.wishAsk : text.objectAsk}</label>
          <textarea
            id={place}
            rows={3}
            maxLength={2000}
            value={claim}
            onChange={({ target }) => type(target.value)}
          />
        </p>
      }
      yes={text.objectSure}
      no={text.no}
      begun={restored}
      ready={claim.trim().length >= 2}
      act={send}
    />
  );
}
